"""The kinds of rows behind numbers: of people, assignments, enrollments, certificates, reminders, as statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, cast, func, literal, null, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.insight.enrollments.filters import local_day
from lmsapp.insight.statistics import facts
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.dropoff import at_lesson, days_seen, how_ended, stands_still
from lmsapp.insight.statistics.facts import Statement
from lmsapp.insight.statistics.reminders import reminded
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Department, Employee


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """Which number: `what` is a key of WHAT. `since`, `until`: days, both included; `course`: of one course; `lesson`:
    0 is none yet; `low`, `high`: days since the enrollment; `by` with `group`: of one group."""

    what: str
    since: dt.date | None = None
    until: dt.date | None = None
    course: int | None = None
    lesson: int | None = None
    low: int | None = None
    high: int | None = None
    by: str = ""
    group: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """`title` in words (N_), `heads` of first, second and value; '' is not shown."""

    title: str
    heads: tuple[str, str, str]
    rows: Callable[[Asking, RowsAsked], Statement]


def _columns(first: Any, second: Any, value: Any, enrollment_id: Any, course: Any = None) -> tuple[Any, ...]:
    return (
        Employee.id.label("employee_id"),
        Employee.number,
        Employee.name,
        Employee.sort_name,
        Employee.job_role,
        Department.name.label("department"),
        Employee.location,
        (Course.title if course is None else course).label("course"),
        enrollment_id.label("enrollment_id"),
        first.label("first"),
        second.label("second"),
        value.label("value"),
    )


def people_rows(
    *wanted: Callable[[Asking, RowsAsked], ColumnElement[bool]],
) -> Callable[[Asking, RowsAsked], Statement]:
    """People with mandatory training, and how many of theirs are overdue."""

    def rows(asking: Asking, of: RowsAsked) -> Statement:
        behind = (
            select(func.count())
            .where(
                TrainingAssignment.employee_id == Employee.id,
                TrainingAssignment.closed_as.is_(None),
                facts.overdue(asking.now),
                *facts.of_courses(TrainingAssignment.course_id, asking.mandatory),
            )
            .scalar_subquery()
        )
        columns = _columns(null(), null(), cast(behind, Float), null(), literal(""))
        conditions = [one(asking, of) for one in wanted]
        return select(*columns).select_from(Employee).where(*asking.people(), *conditions)

    return rows


def behind_then(asking: Asking, of: RowsAsked) -> ColumnElement[bool]:
    """At the end of `until`."""
    day = of.until or asking.today
    return (
        select(TrainingAssignment.id)
        .where(
            TrainingAssignment.employee_id == Employee.id,
            TrainingAssignment.closed_as.is_(None),
            facts.ever_late(asking.now),
            facts.behind_at([day], asking.now).op("&")(1) != 0,
            *facts.of_courses(TrainingAssignment.course_id, asking.mandatory),
        )
        .exists()
    )


def assignment_rows(
    *wanted: ColumnElement[bool], dated: Any = TrainingAssignment.due_on, due: bool = True, mandatory: bool = True
) -> Callable[[Asking, RowsAsked], Statement]:
    """Assignments; `dated`: the day that `since` and `until` speak of; `due`: only what fell due."""

    def rows(asking: Asking, of: RowsAsked) -> Statement:
        columns = _columns(
            TrainingAssignment.due_on, TrainingAssignment.completed_on, null(), TrainingAssignment.enrollment_id
        )
        statement = facts.assignments(asking, *columns, mandatory=mandatory).where(
            *wanted, *facts.between(dated, of.since, of.until)
        )
        if due:
            statement = statement.where(facts.fell_due(asking.now))
        return statement.join(Course, Course.id == TrainingAssignment.course_id)

    return rows


def enrollment_rows(
    *wanted: ColumnElement[bool],
    value: Callable[[Asking], Any],
    who_left: bool = False,
    more: Callable[[Asking, RowsAsked], list[ColumnElement[bool]]] = lambda _asking, _of: [],
) -> Callable[[Asking, RowsAsked], Statement]:
    """Enrollments; `value`: what stands in the last column."""

    def rows(asking: Asking, of: RowsAsked) -> Statement:
        columns = _columns(
            local_day(Enrollment.enrolled_at), local_day(Enrollment.completed_at), value(asking), Enrollment.id
        )
        statement = facts.enrollments(asking, *columns, who_left=who_left).where(*wanted, *more(asking, of))
        return statement.join(Course, Course.id == Enrollment.course_id)

    return rows


def ended_as(how: str) -> Callable[[Asking, RowsAsked], list[ColumnElement[bool]]]:
    """By how it ended, within days since the enrollment."""

    def wanted(asking: Asking, of: RowsAsked) -> list[ColumnElement[bool]]:
        day = days_seen(asking)
        within = [*([day >= of.low] if of.low else []), *([day <= of.high] if of.high is not None else [])]
        ended = {"": [], "still": [how_ended() != "completed"]}.get(how, [how_ended() == how])
        return [*within, *ended]

    return wanted


def certificate_rows(asking: Asking, of: RowsAsked) -> Statement:
    """Certificates issued between two days."""
    columns = _columns(
        Certificate.issued_on, Certificate.valid_until, null(), Certificate.enrollment_id, Certificate.title
    )
    return facts.certificates(asking, *columns).where(*facts.between(Certificate.issued_on, of.since, of.until))


def period_rows(asking: Asking, of: RowsAsked) -> Statement:
    """Certifications that end between two days."""
    until = CertificationPeriod.valid_until
    columns = _columns(CertificationPeriod.certified_on, until, null(), CertificationPeriod.enrollment_id)
    return (
        facts.periods(asking, *columns)
        .where(*facts.between(until, of.since, of.until), until.is_not(None))
        .join(Course, Course.id == CertificationPeriod.course_id)
    )


def reminded_rows(
    *, was: bool, within: int | None = None, kept: bool = False
) -> Callable[[Asking, RowsAsked], Statement]:
    """What fell due, with a reminder or without; completed so many days after it, or in time."""

    def rows(asking: Asking, of: RowsAsked) -> Statement:
        statement, reminder = reminded(asking)
        last = reminder.c.last_at
        wanted = [last.is_not(None) if was else last.is_(None)]
        if within is not None:
            wanted.append(facts.followed(last, within))
        if kept:
            wanted.append(facts.in_time())
        columns = _columns(
            local_day(last) if was else TrainingAssignment.due_on,
            TrainingAssignment.completed_on,
            cast(reminder.c.n, Float) if was else null(),
            TrainingAssignment.enrollment_id,
        )
        statement = statement.with_only_columns(*columns, maintain_column_froms=True).where(*wanted)
        return statement.join(Course, Course.id == TrainingAssignment.course_id)

    return rows


def took_days(_asking: Asking) -> Any:
    """Days from enrollment to the first completion."""
    return cast(facts.whole_days(facts.first_completed()), Float)


def best_score_of(_asking: Asking) -> Any:
    """The best score."""
    return cast(Enrollment.best_score, Float)


def days_seen_of(asking: Asking) -> Any:
    """Days from enrollment to completion, or for how long they were seen."""
    return cast(days_seen(asking), Float)


def at_this_lesson(asking: Asking, of: RowsAsked) -> list[ColumnElement[bool]]:
    """Who opened it last."""
    return [at_lesson(of.lesson)]


def still_at_this_lesson(asking: Asking, of: RowsAsked) -> list[ColumnElement[bool]]:
    """And did nothing since."""
    return [at_lesson(of.lesson), stands_still(asking)]
