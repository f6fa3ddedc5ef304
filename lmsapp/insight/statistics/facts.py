"""The SQL twin of `rules.py`, and what every figure is counted from. A test holds both against each other.

Conditions and columns stand here once: what counts a number also lists its rows (`rows.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import LateralFromClause

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.insight.statistics.asking import GROUPINGS, Asking
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee

# Spelled as the index `ix_notice_reminder` is, without parameters, so that every plan finds it.
REMINDERS = text(
    "notice.about_kind = 'assignment' AND notice.template = 'training_reminder'"
    " AND notice.status IN ('sent', 'carried')"
)
REMINDED_MONTHS = 3
Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Statement = Select[*tuple[Any, ...]]


def assignments(asking: Asking, *columns: Any, mandatory: bool = False) -> Statement:
    """Assignments that count: of people who are here, neither cancelled nor exempted."""
    return (
        select(*columns)
        .select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .where(
            TrainingAssignment.closed_as.is_(None),
            *asking.people(),
            *of_courses(TrainingAssignment.course_id, asking.mandatory if mandatory else asking.courses),
        )
    )


def enrollments(asking: Asking, *columns: Any, who_left: bool = False) -> Statement:
    """Enrollments of people who are here."""
    return (
        select(*columns)
        .select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(*asking.people(who_left=who_left), *of_courses(Enrollment.course_id, asking.courses))
    )


def certificates(asking: Asking, *columns: Any) -> Statement:
    """Certificates that stand: neither revoked nor replaced."""
    return (
        select(*columns)
        .select_from(Certificate)
        .join(Employee, Employee.id == Certificate.employee_id)
        .where(*standing(), *asking.people(), *of_courses(Certificate.course_id, asking.courses))
    )


def standing() -> tuple[ColumnElement[bool], ...]:
    """Of a certificate: neither revoked nor replaced."""
    return Certificate.revoked_at.is_(None), Certificate.replaced_at.is_(None)


def periods(asking: Asking, *columns: Any) -> Statement:
    """What people are certified in now, as the page 'Expiring' lists it."""
    return (
        select(*columns)
        .select_from(CertificationPeriod)
        .join(Employee, Employee.id == CertificationPeriod.employee_id)
        .where(*in_force(), *asking.people(), *of_courses(CertificationPeriod.course_id, asking.courses))
    )


def in_force() -> tuple[Column, ...]:
    """Of a period: the present one, of an enrollment that was not withdrawn."""
    withdrawn = select(Enrollment.id).where(Enrollment.withdrawn_at.is_not(None))
    return CertificationPeriod.is_current, CertificationPeriod.enrollment_id.not_in(withdrawn)


def of_courses(column: Column, ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """() is every course."""
    return [column.in_(ids)] if ids else []


def fell_due(now: dt.datetime) -> ColumnElement[bool]:
    """The due date is over where the assignee is."""
    return TrainingAssignment.due_at <= now


def in_time() -> ColumnElement[bool]:
    """Completed on the due date or before."""
    return TrainingAssignment.completed_on <= TrainingAssignment.due_on


def late() -> ColumnElement[bool]:
    """Completed after the due date."""
    return TrainingAssignment.completed_on > TrainingAssignment.due_on


def overdue(now: dt.datetime) -> ColumnElement[bool]:
    """Of what counts: not completed, and the due date is over, as `AssignmentStatus.OVERDUE`. Asked of columns that the
    indexes hold; that it was not closed is asked once, where the rows come from."""
    return and_(TrainingAssignment.completed_on.is_(None), fell_due(now))


def ever_late(now: dt.datetime) -> ColumnElement[bool]:
    """Overdue, or was until it was completed. Spelled as the index `ix_training_assignment_late` is."""
    return and_(
        fell_due(now),
        or_(TrainingAssignment.completed_on.is_(None), TrainingAssignment.completed_on > TrainingAssignment.due_on),
    )


def behind_at(days: Sequence[dt.date], now: dt.datetime) -> ColumnElement[int]:
    """A bit for each of `days` at whose end the assignment was overdue (`rules.was_behind`), the first day the lowest;
    one bit more: overdue now."""
    marks = literal(list(days), ARRAY(Date))
    first = func.width_bucket(TrainingAssignment.due_on, marks)
    last = case(
        (TrainingAssignment.completed_on.is_(None), len(days)),
        else_=func.width_bucket(TrainingAssignment.completed_on - 1, marks),
    )
    past = case((last > first, _bit(last) - _bit(first)), else_=0)
    return past + case((overdue(now), 1 << len(days)), else_=0)


def between(column: Column, first: dt.date | None, last: dt.date | None) -> list[ColumnElement[bool]]:
    """Both days included; None is open."""
    return [*([column >= first] if first else []), *([column <= last] if last else [])]


def first_completed() -> ColumnElement[dt.datetime | None]:
    """When the course was completed for the first time: renewals take as long as they are set, not as it takes."""
    earliest = (
        select(func.min(CompletionRecord.occurred_at))
        .where(
            CompletionRecord.employee_id == Enrollment.employee_id,
            CompletionRecord.subject_kind == "course",
            CompletionRecord.subject_id == Enrollment.course_id,
            CompletionRecord.how != "taken back",
        )
        .correlate(Enrollment)
        .scalar_subquery()
    )
    return case(
        (Enrollment.cycle == 1, Enrollment.completed_at),
        else_=func.coalesce(earliest, Enrollment.completed_at, type_=DateTime(timezone=True)),
    )


def whole_days(until: ColumnElement[Any]) -> ColumnElement[int]:
    """Whole days since the enrollment, 0 on the first; never less."""
    passed = cast(func.date_part("day", until - Enrollment.enrolled_at), Integer)
    return func.greatest(passed, 0, type_=Integer)


def completed_by_learning() -> ColumnElement[bool]:
    """By the learner's own work: what was set by hand says nothing about how long it takes."""
    return and_(Enrollment.completed_at.is_not(None), ~Enrollment.completed_by_hand, Enrollment.withdrawn_at.is_(None))


def has_score() -> tuple[ColumnElement[bool], ...]:
    """Somebody was assessed, and still counts."""
    return Enrollment.best_score.is_not(None), Enrollment.withdrawn_at.is_(None)


def asked_to_complete() -> tuple[ColumnElement[bool], ...]:
    """Neither withdrawn nor exempted."""
    return Enrollment.withdrawn_at.is_(None), Enrollment.exempted_at.is_(None)


def last_seen(now: dt.datetime) -> ColumnElement[dt.datetime]:
    """Up to when somebody who has not completed was seen learning: withdrawn, exempted or gone then, else now."""
    gone = cast(Employee.left_on + 1, DateTime(timezone=True))
    return func.least(
        Enrollment.withdrawn_at, Enrollment.exempted_at, gone, literal(now), type_=DateTime(timezone=True)
    )


def completed_once() -> ColumnElement[bool]:
    """Completed at least once, before anything else happened."""
    return and_(Enrollment.completed_at.is_not(None), Enrollment.exempted_at.is_(None))


def last_reminders(now: dt.datetime) -> Subquery:
    """The last reminder sent to its learner, of each assignment that was reminded of: about_id, employee_id, `last_at`,
    and `n` how many there were. Nobody is reminded of what is completed, so that the last came before it."""
    sent_at = func.coalesce(Notice.sent_at, Notice.queued_at)  # one that a digest carries goes out the same day
    return (
        select(Notice.about_id, Notice.employee_id, func.max(sent_at).label("last_at"), func.count().label("n"))
        .where(REMINDERS, sent_at <= now)
        .group_by(Notice.about_id, Notice.employee_id)
        .subquery("reminded")
    )


def reminded_of(now: dt.datetime, *wanted: ColumnElement[bool]) -> LateralFromClause:
    """The same of the assignment beside it, if it is `wanted`: `last_at`, and `n`, 0 where there was none."""
    sent_at = func.coalesce(Notice.sent_at, Notice.queued_at)
    mine = (Notice.about_id == TrainingAssignment.id, Notice.employee_id == TrainingAssignment.employee_id)
    return (
        select(func.max(sent_at).label("last_at"), func.count().label("n"))
        .where(REMINDERS, sent_at <= now, *mine, *wanted)
        .correlate(TrainingAssignment)
        .lateral("reminded")
    )


def followed(last_at: Column, days: int) -> ColumnElement[bool]:
    """Completed within so many days after the last reminder."""
    return TrainingAssignment.completed_at.between(last_at, last_at + dt.timedelta(days=days))


def in_group(by: str, value: str) -> list[ColumnElement[bool]]:
    """Exactly this group, as `GROUPINGS` tells people apart; departments without those beneath them."""
    if by not in GROUPINGS:
        return []
    column = GROUPINGS[by]
    if by != "department":
        return [column == value]
    return [column == int(value)] if value.isdecimal() and len(value) < 10 else [column.is_(None)]


def _bit(place: ColumnElement[int]) -> ColumnElement[int]:
    return literal(1, Integer).op("<<")(place)
