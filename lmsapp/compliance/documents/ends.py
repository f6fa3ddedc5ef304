"""Documents that end: the list for HR, and the letters 30 days before and on the last day (HRD-1, HRD-5).

Documents that are the evidence of a compliance type are told of by that type. The others by us: to the employee where
their kind lets them see it, and to HR as one letter a day about all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.documents.reading import readable_by
from lmsapp.compliance.documents.rules import STILL_TOLD_DAYS, WARNED_DAYS, notice_moment
from lmsapp.compliance.ledger.models import EmployeeCompliance
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.promising import promise_many, promise_row
from lmsapp.outreach.notices.recipient import recipient_for, recipient_of
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer

PAGE = 25
WITHIN = ("ended", "30", "60", "90", "365", "any")
TO_EMPLOYEE = "document_ends"
TO_HR = "documents_end"


@dataclass(frozen=True, slots=True)
class EndFilters:
    """`within`: one of WITHIN; ended or so many days from today on."""

    search: str = ""
    within: str = "90"
    departments: tuple[int, ...] = ()
    types: tuple[int, ...] = ()
    page: int = 1


@dataclass(frozen=True, slots=True)
class EndRow:
    """A document with a last day, and whose it is."""

    id: int
    title: str
    type: str
    expires_on: dt.date
    employee_id: int
    employee: str
    number: str
    department: str | None


@dataclass(frozen=True, slots=True)
class EndPage:
    rows: Sequence[EndRow]
    total: int
    number: int
    size: int = PAGE


def ending(viewer: Viewer, filters: EndFilters, today: dt.date) -> EndPage:
    """One page, soonest first. Two statements."""
    wanted = _wanted(viewer, filters, today)
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = min(max(filters.page, 1), max(-(-total // PAGE), 1))
    rows = db.session.execute(wanted.limit(PAGE).offset((number - 1) * PAGE))
    return EndPage([EndRow(**row) for row in rows.mappings()], total, number)


def every_ending(viewer: Viewer, filters: EndFilters, today: dt.date) -> Iterator[EndRow]:
    """All of them, for a sheet."""
    for row in db.session.execute(_wanted(viewer, filters, today)).mappings():
        yield EndRow(**row)


def tell_of_ends(date: dt.date) -> None:
    """Promise the letters of the organisation's `date`. Once more tells nobody once more."""
    near = EmployeeDocument.expires_on.between(
        date - dt.timedelta(days=STILL_TOLD_DAYS + 1), date + dt.timedelta(days=WARNED_DAYS + 1)
    )
    rows = db.session.execute(
        select(EmployeeDocument, DocumentType.visible_to, Employee)
        .join(DocumentType, DocumentType.id == EmployeeDocument.type_id)
        .join(Employee, Employee.id == EmployeeDocument.employee_id)
        .where(near, *_present(), ~_is_evidence(), Employee.left_on.is_(None))
        .order_by(EmployeeDocument.id)
    ).all()
    told: list[dict[str, Any]] = []
    for document, visible_to, employee in rows:
        moment = notice_moment(document.expires_on or date, clock.today(employee.time_zone))
        if moment is not None and visible_to == "employee":
            told += _to_employee(document, employee, moment)
    turns = (date, date + dt.timedelta(days=WARNED_DAYS))
    promise_many(told + _to_hr(sum(document.expires_on in turns for document, _v, _e in rows), date))


def words_for_employee(notice: Notice) -> Mapping[str, Any] | None:
    """What the letter says when it goes out; None: the document was renewed, replaced or taken out meanwhile."""
    document = db.session.scalar(select(EmployeeDocument).where(EmployeeDocument.id == notice.about_id, *_present()))
    if document is None or str(document.expires_on) != notice.reason.get("expires_on"):
        return None
    assert document.expires_on is not None
    zone = db.session.scalar(select(Employee.time_zone).where(Employee.id == document.employee_id)) or "UTC"
    left = (document.expires_on - clock.today(zone)).days
    return {"title": document.title, "expires_on": document.expires_on, "days_left": left}


def words_for_hr(notice: Notice) -> Mapping[str, Any] | None:
    """How many there are now; None: none any more. No names: letters are read over shoulders."""
    today = clock.now().date()
    soon, ended = db.session.execute(
        select(
            func.count().filter(EmployeeDocument.expires_on >= today),
            func.count().filter(EmployeeDocument.expires_on < today),
        )
        .join(Employee, Employee.id == EmployeeDocument.employee_id)
        .where(
            EmployeeDocument.expires_on.between(
                today - dt.timedelta(days=STILL_TOLD_DAYS), today + dt.timedelta(days=WARNED_DAYS)
            ),
            *_present(),
            ~_is_evidence(),
            Employee.left_on.is_(None),
        )
    ).one()
    new = int(notice.reason.get("new", 0))
    return {"soon": soon, "ended": ended, "new": new, "days": WARNED_DAYS} if soon or ended else None


def _to_employee(document: EmployeeDocument, employee: Employee, moment: str) -> list[dict[str, Any]]:
    return [
        promise_row(
            key=f"document/{document.id}/{document.expires_on}/{moment}/{channel}",
            channel=channel,
            template=TO_EMPLOYEE,
            to=recipient_of(employee),
            about=("employee_document", document.id),
            reason={"policy": "document ends", "moment": moment, "expires_on": str(document.expires_on)},
            link="/account/documents",
        )
        for channel in (("in_app", "email") if employee.user_id else ("email",))
    ]


def _to_hr(new: int, date: dt.date) -> list[dict[str, Any]]:
    """One letter to each who keeps records, on days on which a document comes to its 30 days or to its end."""
    return [
        promise_row(
            key=f"documents-end/{date}/{user.id}/{channel}",
            channel=channel,
            template=TO_HR,
            to=recipient_for(user),
            about=("user", user.id),
            reason={"policy": "document ends", "new": new},
            link="/hr/documents/ending?within=30",
        )
        for user in (holders_of(Role.HR_MANAGER) if new else ())
        for channel in ("in_app", "email")
    ]


def _wanted(viewer: Viewer, filters: EndFilters, today: dt.date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            EmployeeDocument.id,
            EmployeeDocument.title,
            DocumentType.name.label("type"),
            EmployeeDocument.expires_on,
            EmployeeDocument.employee_id,
            Employee.name.label("employee"),
            Employee.number,
            Department.name.label("department"),
        )
        .join(DocumentType, DocumentType.id == EmployeeDocument.type_id)
        .join(Employee, Employee.id == EmployeeDocument.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(*_present(), Employee.left_on.is_(None), readable_by(viewer, "hr"), *_conditions(filters, today))
        .order_by(EmployeeDocument.expires_on, EmployeeDocument.id)
    )


def _conditions(filters: EndFilters, today: dt.date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.within == "ended":
        conditions.append(EmployeeDocument.expires_on < today)
    elif filters.within.isdecimal():
        last = today + dt.timedelta(days=int(filters.within))
        conditions.append(EmployeeDocument.expires_on <= last)
    if filters.search:
        conditions.append(
            Employee.name.icontains(filters.search, autoescape=True)
            | (Employee.number == filters.search)
            | EmployeeDocument.title.icontains(filters.search, autoescape=True)
        )
    if filters.departments:
        conditions.append(Employee.department_id.in_(departments_below(filters.departments)))
    if filters.types:
        conditions.append(EmployeeDocument.type_id.in_(filters.types))
    return conditions


def _present() -> tuple[ColumnElement[bool], ...]:
    return (
        EmployeeDocument.archived_at.is_(None),
        EmployeeDocument.replaced_at.is_(None),
        EmployeeDocument.expires_on.is_not(None),
    )


def _is_evidence() -> ColumnElement[bool]:
    return (
        select(EmployeeCompliance.id)
        .where(EmployeeCompliance.evidence_id == EmployeeDocument.id, EmployeeCompliance.replaced_at.is_(None))
        .exists()
    )
