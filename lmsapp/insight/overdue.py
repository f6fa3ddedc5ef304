"""Who is late, with what, since when, who is above them, and what was sent when (REM-6, REP-1).

One row an overdue assignment, as one statement. What was sent is read from the outbox: a message that went with a
digest has the digest's fate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, cast, func, literal, literal_column, select, true
from sqlalchemy.orm import aliased

from lmsapp.assignments.expressions import is_status
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.words import N_
from lmsapp.insight.sheets import in_words
from lmsapp.insight.team_order import progress
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to, line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

Supervisor, Above, Digest = aliased(Employee), aliased(Employee), aliased(Notice)
HEAD = (
    N_("supervisor"), N_("next level"), N_("employee number"), N_("name"), N_("department"), N_("course"),
    N_("due date"), N_("days late"), N_("progress"), N_("last activity"), N_("reminders"), N_("last reminder"),
    N_("escalations"), N_("last escalation"), N_("told"), N_("delivery"), N_("late ones of this supervisor"),
)  # fmt: skip
REMINDERS, ESCALATIONS = ("training_reminder", "training_overdue"), ("escalation", "stalled")
NOBODY = N_("nobody")
EVERYBODY = (May.KEEP_RECORDS, May.MODERATE, May.AUDIT)


@dataclass(frozen=True, slots=True)
class OverdueFilters:
    """Empty filters nothing. `supervisor`: whoever reports to them directly. `days`: late for at least so many."""

    supervisor: int | None = None
    courses: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    days: int = 0

    @property
    def active(self) -> int:
        """How many are set."""
        return sum(map(bool, (self.supervisor, self.courses, self.departments, self.days)))


def overdue_rows(
    viewer: Viewer,
    filters: OverdueFilters,
    now: dt.datetime,
    words: dict[str, str],
    *,
    line_only: bool,
    ids: Sequence[int] | None = None,
) -> Select[*tuple[Any, ...]]:
    """In the order of HEAD: by supervisor, whoever has none last; then by name, the longest late first.

    `words`: what a delivery is called, and 'nobody'. `ids`: of these assignments only.
    """
    late = overdue_ids(viewer, filters, now, line_only=line_only)
    reminded, told, of_supervisor = _reminded(now), _escalated(now), _of_supervisors(late)
    none = words.get(NOBODY, NOBODY)
    return (
        late.with_only_columns(
            func.coalesce(Supervisor.name, none).label("supervisor"),
            Above.name.label("above"),
            Employee.number,
            Employee.name,
            Department.name.label("department"),
            Course.title,
            TrainingAssignment.due_on,
            (_today(now) - TrainingAssignment.due_on).label("days"),
            progress().label("progress"),
            _day(Enrollment.last_active_at),
            reminded.c.n.label("reminders"),
            _day(reminded.c.at),
            told.c.n.label("escalations"),
            _day(told.c.at),
            told.c.to_name,
            in_words(told.c.status, literal(0), words, {}) if words else told.c.status,
            of_supervisor.c.n.label("of_supervisor"),
            maintain_column_froms=True,
        )
        .join(Course, Course.id == TrainingAssignment.course_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .join(of_supervisor, of_supervisor.c.manager_id == _supervisor())
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(Above, Above.id == Supervisor.manager_id)
        .outerjoin(reminded, true())
        .outerjoin(told, true())
        .where(true() if ids is None else TrainingAssignment.id.in_(ids))
    )


def overdue_ids(viewer: Viewer, filters: OverdueFilters, now: dt.datetime, *, line_only: bool) -> Select[int]:
    """The assignments of these rows in the same order."""
    return (
        select(TrainingAssignment.id)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .outerjoin(Supervisor, Supervisor.id == Employee.manager_id)
        .where(*_wanted(viewer, filters, now, line_only=line_only))
        .order_by(
            Supervisor.sort_name.nulls_last(),
            Supervisor.id,
            Employee.sort_name,
            TrainingAssignment.due_on,
            TrainingAssignment.id,
        )
    )


def _of_supervisors(late: Select[int]) -> Subquery:
    """How many of all the rows each supervisor has; those of whoever has none are counted together."""
    each = (_supervisor().label("manager_id"), func.count().label("n"))
    found = late.order_by(None).with_only_columns(*each, maintain_column_froms=True)
    return found.group_by(_supervisor()).subquery("of_supervisor")


def _supervisor() -> ColumnElement[int]:
    """0 without: equal values are joined quickly, nulls are not equal."""
    return func.coalesce(Employee.manager_id, literal_column("0"))


def _wanted(viewer: Viewer, filters: OverdueFilters, now: dt.datetime, *, line_only: bool) -> list[ColumnElement[bool]]:
    wanted = [is_status(AssignmentStatus.OVERDUE, now), Employee.status == "active"]
    if line_only:
        wanted.append(Employee.id.in_(line_of(viewer)))
    elif not viewer.may(*EVERYBODY):
        wanted.append(Employee.id.in_(employee_ids_visible_to(viewer)))
    if filters.supervisor:
        wanted.append(Employee.manager_id == filters.supervisor)
    if filters.courses:
        wanted.append(TrainingAssignment.course_id.in_(filters.courses))
    if filters.departments:
        wanted.append(Employee.department_id.in_(departments_below(filters.departments)))
    if filters.days:
        wanted.append(_today(now) - TrainingAssignment.due_on >= filters.days)
    return wanted


def _about(now: dt.datetime) -> list[ColumnElement[bool]]:
    """Messages about the assignment of the row, promised by then."""
    return [Notice.about_kind == "assignment", Notice.about_id == TrainingAssignment.id, Notice.queued_at <= now]


def _fate() -> tuple[Any, Any]:
    """What became of a message, and when it was sent: its own, or that of the digest that carried it."""
    return func.coalesce(Digest.status, Notice.status), func.coalesce(Digest.sent_at, Notice.sent_at)


def _reminded(now: dt.datetime) -> Any:
    """How many reminders reached the learner, the last one when."""
    status, sent_at = _fate()
    return (
        select(func.count().label("n"), func.max(sent_at).label("at"))
        .select_from(Notice)
        .outerjoin(Digest, Digest.id == Notice.carried_by_id)
        .where(*_about(now), Notice.template.in_(REMINDERS), status == "sent", sent_at <= now)
        .correlate(TrainingAssignment)
        .lateral("reminded")
    )


def _escalated(now: dt.datetime) -> Any:
    """The last message to somebody above, with its fate; `n` of them in all."""
    status, sent_at = _fate()
    return (
        select(
            func.count().over().label("n"),
            func.coalesce(sent_at, Notice.queued_at).label("at"),
            Notice.to_name,
            status.label("status"),
        )
        .select_from(Notice)
        .outerjoin(Digest, Digest.id == Notice.carried_by_id)
        .where(*_about(now), Notice.template.in_(ESCALATIONS))
        .order_by(Notice.id.desc())
        .limit(1)
        .correlate(TrainingAssignment)
        .lateral("told")
    )


def _today(now: dt.datetime) -> ColumnElement[dt.date]:
    """The date where the learner is at that moment."""
    return _day(now)


def _day(at: Any) -> ColumnElement[dt.date]:
    """The date where the learner is."""
    return cast(func.timezone(Employee.time_zone, at), Date)
