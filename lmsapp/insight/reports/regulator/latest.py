"""The latest certification of each person and course, with how it was trained for: what several rules have kept
(REP-2, 29 CFR 1910.178(l)(6), 1926.503(b))."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, func

from lmsapp.insight.reports.regulator.records import AS_DAY, Record, is_newest, record_ids, records, standing, word_or
from lmsapp.insight.reports.regulator.subject import Subject
from lmsapp.insight.reports.regulator.training import Join, Trained, joined, trained
from lmsapp.insight.reports.report import Asking
from lmsapp.people.employees.models import Employee

# Outer joins and labelled columns that a rule adds, given how it was trained for and `records.standing`.
More = Callable[[Asking, Trained, CTE], tuple[tuple[Join, ...], Sequence[Any]]]


def latest_of(asking: Asking, subject: Subject, more: More) -> Subquery:
    """Columns of `records.records`, `sessions`, `trainer`, and those of `more`."""
    courses = subject.courses(asking)
    counting = standing(asking, courses)
    how = trained(asking, counting)
    joins, columns = more(asking, how, counting)
    row = joined(records(asking, courses).where(is_newest(asking, courses)), (*how.joins, *joins))
    return row.add_columns(how.sessions.label("sessions"), how.trainer.label("trainer"), *columns).subquery()


def latest_ids(asking: Asking, subject: Subject) -> Select[int]:
    """Which completions those are, in the order of `by_name`."""
    courses = subject.courses(asking)
    order = (Employee.sort_name, Employee.id, Record.title, Record.id)
    return record_ids(asking, courses).where(is_newest(asking, courses)).order_by(*order)


def who_and_when(latest: Subquery) -> tuple[ColumnElement[Any], ...]:
    """Number, name, job title, department, course, days of the training, trainer: each rule begins with them."""
    return (
        latest.c.number,
        latest.c.name,
        word_or(latest.c.job_role),
        word_or(latest.c.department),
        latest.c.title,
        func.coalesce(latest.c.sessions, func.to_char(latest.c.completed_on, AS_DAY)),
        word_or(latest.c.trainer),
    )


def by_name(latest: Subquery) -> tuple[ColumnElement[Any], ...]:
    """The order: of a person course by course."""
    return (latest.c.sort_name, latest.c.employee_id, latest.c.title, latest.c.record_id)
