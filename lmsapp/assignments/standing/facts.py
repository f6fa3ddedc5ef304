"""How people stand to a training rule: one statement for many, the same for preview, worker and the few at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, null, select, true
from sqlalchemy.orm import aliased, contains_eager

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing.models import RuleException, TrainingRule
from lmsapp.assignments.standing.path_facts import never_closed, open_path, path_taken
from lmsapp.assignments.standing.rules import Days, Due, Stand, Verdict, judge
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.audiences.models import AudienceMember
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.employees.models import Employee

CLOSED_BY_STAFF = ("cancelled", "exempt")


@dataclass(frozen=True, slots=True)
class Terms:
    """A training rule, kept or still being written (`rule_id` None), as far as judging asks."""

    rule_id: int | None
    audience_id: int | None
    course_id: int | None
    due: Due
    starts_on: dt.date
    joined_from: dt.date | None = None
    path_id: int | None = None


def terms_of(rule: Any) -> Terms:
    """Of a kept rule."""
    due = Due.from_json(rule.due)
    return Terms(rule.id, rule.audience_id, rule.course_id, due, rule.starts_on, rule.joined_from, rule.path_id)


def with_target() -> Select[TrainingRule]:
    """Rules, each with its course or path."""
    return (
        select(TrainingRule)
        .outerjoin(TrainingRule.course)
        .outerjoin(TrainingRule.path)
        .options(contains_eager(TrainingRule.course), contains_eager(TrainingRule.path))
    )


def same_target(other: Any, rule: Any) -> ColumnElement[bool]:
    """Whether the rule `other` leads to what `rule` leads to."""
    if rule.path_id is not None:
        return cast("ColumnElement[bool]", other.path_id == rule.path_id)
    return cast("ColumnElement[bool]", other.course_id == rule.course_id)


def other_rule(rule: TrainingRule, employee_id: Any) -> ScalarSelect[int]:
    """Another active rule that asks the same of somebody."""
    other = aliased(TrainingRule)
    there = select(AudienceMember.id).where(
        AudienceMember.audience_id == other.audience_id, AudienceMember.employee_id == employee_id, _present()
    )
    return (
        select(other.id)
        .where(same_target(other, rule), other.id != rule.id, other.status == "active", there.exists())
        .order_by(other.id)
        .limit(1)
        .scalar_subquery()
    )


def judged(terms: Terms, stands: Iterable[Stand]) -> Iterator[tuple[Stand, Verdict]]:
    """What follows for each."""
    closed = holidays()
    for one in stands:
        yield one, judge(terms.due, one, closed, starts_on=terms.starts_on, joined_from=terms.joined_from)


class Look:
    """Everybody who works here beside what is known of them; narrowed by `still_to_judge`, `wanted`.

    Each part is looked up person by person (LATERAL): right after thousands of rows were written the planner knows
    nothing of them yet, and would walk all of them for each person.
    """

    def __init__(self, terms: Terms):
        self.member = _one(AudienceMember, AudienceMember.audience_id == terms.audience_id, _present())
        if terms.path_id is not None:
            opened, taken, closed = open_path(terms.path_id), path_taken(terms.path_id), never_closed()
            self.open = opened.lateral("path_of")
        else:
            self.open = _one(TrainingAssignment, TrainingAssignment.course_id == terms.course_id, is_open())
            taken, closed = _enrollment(terms), _closed_by_staff(terms)
        self.enrollment = taken.lateral("enrollment_of")
        self.closed = closed.lateral("closed_of")
        self.answers = _answers(terms).lateral("answers_of")
        self.terms = terms

    @property
    def is_member(self) -> ColumnElement[bool]:
        """Whether they belong to the audience."""
        return self.member.c.id.is_not(None)

    @property
    def has_it(self) -> ColumnElement[bool]:
        """Whether an assignment is open, or a path has a due date, whoever made it so."""
        return self.open.c.id.is_not(None)

    @property
    def done(self) -> ColumnElement[bool]:
        """Completed while they belonged, and not being taken again. Never null."""
        return func.coalesce(self.enrollment.c.completed_at >= self.member.c.since, False)

    def ids(self) -> Select[int]:
        """Of present members whom nothing has been assigned to and who have not completed it since they came."""
        statement = select(Employee.id).select_from(Employee).outerjoin(self.member, true())
        statement = statement.outerjoin(self.open, true()).outerjoin(self.enrollment, true())
        return statement.where(*self.still_to_judge())

    def still_to_judge(self) -> tuple[ColumnElement[bool], ...]:
        """The same, as conditions."""
        return Employee.status == "active", self.is_member, ~self.has_it, ~self.done

    def statement(self) -> Select[*tuple[Any, ...]]:
        """What `read` makes into `Stand`s."""
        parts = (self.member, self.open, self.enrollment, self.closed, self.answers)
        statement: Select[*tuple[Any, ...]] = select(
            Employee.id,
            Employee.time_zone,
            Employee.hire_date,
            func.coalesce(self.member.c.since, clock.now()).label("since"),
            self.open.c.id.label("open_id"),
            *self.enrollment.c,
            *self.closed.c,
            *self.answers.c,
        )
        statement = statement.select_from(Employee).where(Employee.status == "active")
        for part in parts:
            statement = statement.outerjoin(part, true())
        return statement


def _one(model: Any, *wanted: ColumnElement[bool]) -> Any:
    """The one row of a person that fits."""
    columns = (model.id, model.since) if model is AudienceMember else (model.id,)
    row = select(*columns).where(model.employee_id == Employee.id, *wanted).limit(1).correlate(Employee)
    return row.lateral(f"{model.__tablename__}_of")


def _present() -> ColumnElement[bool]:
    return AudienceMember.left_at.is_(None)


def _enrollment(terms: Terms) -> Select[*tuple[Any, ...]]:
    """Their completion, unless it is being taken again; and a withdrawal, unless a rule did it."""
    return (
        select(
            case((Enrollment.renewal_started_at.is_(None), Enrollment.completed_at)).label("completed_at"),
            Enrollment.valid_until,
            case((_by_a_rule(), null()), else_=Enrollment.withdrawn_at).label("withdrawn_at"),
        )
        .where(Enrollment.employee_id == Employee.id, Enrollment.course_id == terms.course_id)
        .limit(1)
        .correlate(Employee)
    )


def read(statement: Select[*tuple[Any, ...]]) -> list[Stand]:
    """The rows of `Look.statement`."""
    return [_stand(row) for row in db.session.execute(statement)]


def _by_a_rule() -> ColumnElement[bool]:
    """The enrollment was withdrawn together with the assignment of a rule: at the same instant."""
    with_it = select(TrainingAssignment.id).where(
        TrainingAssignment.enrollment_id == Enrollment.id,
        TrainingAssignment.closed_as == "withdrawn",
        TrainingAssignment.closed_at == Enrollment.withdrawn_at,
    )
    return with_it.exists()


def _closed_by_staff(terms: Terms) -> Select[*tuple[Any, ...]]:
    """The newest assignment of the course that staff closed."""
    return (
        select(TrainingAssignment.closed_as, TrainingAssignment.closed_at, TrainingAssignment.close_reason)
        .where(
            TrainingAssignment.employee_id == Employee.id,
            TrainingAssignment.course_id == terms.course_id,
            TrainingAssignment.closed_as.in_(CLOSED_BY_STAFF),
        )
        .order_by(TrainingAssignment.closed_at.desc())
        .limit(1)
        .correlate(Employee)
    )


def _answers(terms: Terms) -> Select[*tuple[Any, ...]]:
    """When somebody asked again, or exempted, by way of an exception of this rule."""
    return (
        select(
            func.max(RuleException.resolved_at)
            .filter(RuleException.resolved_as.in_(("asked again", "assigned")))
            .label("asked_again_at"),
            func.max(RuleException.resolved_at).filter(RuleException.resolved_as == "exempt").label("exempt_at"),
        )
        .where(RuleException.employee_id == Employee.id, RuleException.rule_id == terms.rule_id)
        .correlate(Employee)
    )


def _stand(row: Any) -> Stand:
    def there(instant: dt.datetime) -> dt.date:
        return instant.astimezone(clock.zone(row.time_zone)).date()

    completed_on = there(row.completed_at) if row.completed_at else None
    return Stand(
        employee_id=row.id,
        days=Days(row.hire_date, there(row.since), clock.today(row.time_zone)),
        since=row.since,
        open_assignment=row.open_id,
        completed_at=row.completed_at,
        completed_on=completed_on,
        valid_until=row.valid_until,
        withdrawn_at=row.withdrawn_at,
        closed_as=row.closed_as or "",
        closed_at=row.closed_at,
        close_reason=row.close_reason or "",
        asked_again_at=row.asked_again_at,
        exempt_at=row.exempt_at,
    )
