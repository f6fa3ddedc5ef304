"""Payments for who keeps them, and one's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Text, case, cast, func, or_, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.payments.models import Payment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 25
NO_COST_CENTRE = "-"  # as a filter: none is named
HEAD = (
    "cost centre",
    "employee number",
    "name",
    "department",
    "course",
    "payment",
    "amount",
    "currency",
    "reference",
    "enrolled on",
    "since",
    "set by",
    "reason",
)


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """Empty filters nothing. `since` and `until` (both inclusive) speak of the day the status was set, in `zone`."""

    statuses: tuple[str, ...] = ()
    courses: tuple[int, ...] = ()
    cost_centres: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    search: str = ""
    enrollments: tuple[int, ...] = ()
    zone: str = "UTC"
    page: int = 1

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(map(bool, (self.statuses, self.courses, self.cost_centres, self.since or self.until)))


def list_payments(viewer: Viewer, filters: PaymentFilters) -> tuple[Sequence[Any], int]:
    """One page, latest change first, and how many match. Two statements.

    Columns: enrollment_id, name, number, department, course_id, title, status, amount, currency, cost_centre,
    reference, reason, changed_at, changed_by_name.
    """
    columns = select(
        Payment.enrollment_id,
        Employee.name,
        Employee.number,
        Department.name.label("department"),
        Enrollment.course_id,
        Course.title,
        Payment.status,
        Payment.amount,
        Payment.currency,
        Payment.cost_centre,
        Payment.reference,
        Payment.reason,
        Payment.changed_at,
        Payment.changed_by_name,
    )
    rows = db.session.execute(
        _filtered(columns, viewer, filters)
        .order_by(Payment.changed_at.desc(), Payment.enrollment_id.desc())
        .limit(max(PAGE, len(filters.enrollments)))
        .offset((max(1, filters.page) - 1) * PAGE)
    ).all()
    return rows, db.session.scalar(_filtered(select(func.count()), viewer, filters)) or 0


def sums(viewer: Viewer, filters: PaymentFilters) -> Sequence[Any]:
    """By cost centre and currency: how many, and what is pending, paid, waived and refunded. One statement."""

    def of(status: str) -> ColumnElement[Any]:
        return func.coalesce(func.sum(Payment.amount).filter(Payment.status == status), 0).label(status)

    statement = select(
        Payment.cost_centre,
        Payment.currency,
        func.count().label("payments"),
        of("pending"),
        of("paid"),
        of("waived"),
        of("refunded"),
    )
    return db.session.execute(
        _filtered(statement, viewer, filters)
        .group_by(Payment.cost_centre, Payment.currency)
        .order_by(Payment.cost_centre, Payment.currency)
    ).all()


def payment_sheet(viewer: Viewer, filters: PaymentFilters, labels: Mapping[str, str]) -> Select[*tuple[Any, ...]]:
    """Everything the filters show, in the order of HEAD, by cost centre and name. `labels`: the word per status."""
    return _filtered(
        select(
            Payment.cost_centre,
            Employee.number,
            Employee.name,
            func.coalesce(Department.name, ""),
            Course.title,
            case(dict(labels), value=Payment.status, else_=Payment.status),
            cast(Payment.amount, Text),
            Payment.currency,
            Payment.reference,
            cast(func.timezone(filters.zone, Enrollment.enrolled_at), Date),
            cast(func.timezone(filters.zone, Payment.changed_at), Date),
            Payment.changed_by_name,
            Payment.reason,
        ),
        viewer,
        filters,
    ).order_by(Payment.cost_centre, Employee.sort_name, Payment.enrollment_id)


def payments_for(viewer: Viewer, enrollment_ids: Collection[int]) -> list[Payment]:
    """As objects to change, those the viewer keeps."""
    if not viewer.may(May.MODERATE):
        return []
    return list(db.session.scalars(_with_enrollment().where(Payment.enrollment_id.in_(enrollment_ids))))


def own_payment(viewer: Viewer, course_id: int) -> Payment | None:
    """The viewer's own for that course, enrollment loaded; None where none was ever asked."""
    return db.session.scalar(
        _with_enrollment().where(
            Enrollment.course_id == course_id,
            Enrollment.employee_id == viewer.employee_id,
            Enrollment.withdrawn_at.is_(None),
        )
    )


def usual_cost_centre(viewer: Viewer) -> str:
    """What the viewer named last; '' where they never did."""
    return (
        db.session.scalar(
            select(Payment.cost_centre)
            .join(Enrollment, Enrollment.id == Payment.enrollment_id)
            .where(Enrollment.employee_id == viewer.employee_id, Payment.cost_centre != "")
            .order_by(Payment.asked_at.desc())
            .limit(1)
        )
        or ""
    )


def choices(viewer: Viewer) -> tuple[list[tuple[int, str]], list[str]]:
    """(courses with payments, cost centres in use) for the filters. Two statements."""
    if not viewer.may(May.MODERATE):
        return [], []
    titles = db.session.execute(
        select(Course.id, Course.title)
        .where(Course.id.in_(select(Enrollment.course_id).join(Payment, Payment.enrollment_id == Enrollment.id)))
        .order_by(Course.title)
    )
    centres = db.session.scalars(select(Payment.cost_centre).distinct().order_by(Payment.cost_centre))
    return [(row.id, row.title) for row in titles], list(centres)


def _with_enrollment() -> Select[Payment]:
    return select(Payment).join(Payment.enrollment).options(contains_eager(Payment.enrollment))


def _filtered(statement: Select[*tuple[Any, ...]], viewer: Viewer, filters: PaymentFilters) -> Select[*tuple[Any, ...]]:
    set_on = cast(func.timezone(filters.zone, Payment.changed_at), Date)
    centres = ["" if one == NO_COST_CENTRE else one for one in filters.cost_centres]
    like = filters.search.strip()
    wanted: list[ColumnElement[bool]] = []
    if not viewer.may(May.MODERATE):
        wanted.append(Employee.id == viewer.employee_id)
    for column, chosen in (
        (Payment.status, filters.statuses),
        (Enrollment.course_id, filters.courses),
        (Payment.cost_centre, centres),
        (Payment.enrollment_id, filters.enrollments),
    ):
        if chosen:
            wanted.append(column.in_(chosen))
    if filters.since:
        wanted.append(set_on >= filters.since)
    if filters.until:
        wanted.append(set_on <= filters.until)
    if like:
        named = Employee.name.icontains(like, autoescape=True)
        wanted.append(or_(named, Employee.number == like, Payment.reference == like))
    return (
        statement.select_from(Payment)
        .join(Enrollment, Enrollment.id == Payment.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(Course, Course.id == Enrollment.course_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(*wanted)
    )
