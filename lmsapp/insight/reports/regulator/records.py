"""One row per completion that counts, with what it was then: the ground of every report of this package.

Name, number, job title and department are those of the record; location, leaving and the line somebody is on are of
the day the report is of. Filters of people go by that day too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CTE, ColumnElement, Date, Select, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.infra.words import N_
from lmsapp.insight.completion import EVERYBODY
from lmsapp.insight.reports.reading import flag, numbers, texts
from lmsapp.insight.reports.report import Asking, Said
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.expressions import status_at
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to, line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

Record = CompletionRecord
NOT_RECORDED = N_("not recorded")
DAY = "YYYY-MM-DD"
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2900, 1, 1)  # what is asked beyond is as good as everything
AS_THEN: Said = (
    N_(
        "Name, job title and department are those on the day of the training. Filters go by where people are on the day"
        " of the report."
    ),
    {},
)
# The day of the completion where the learner was.
COMPLETED_ON = cast(func.timezone(Record.time_zone, Record.occurred_at), Date)


def may_ask(viewer: Viewer, line_only: bool) -> bool:
    """Of the own line whoever leads; of everybody HR and auditors."""
    return viewer.may(May.LEAD) if line_only else viewer.may(May.KEEP_RECORDS, May.AUDIT)


def records(asking: Asking, courses: Select[int]) -> Select[*tuple[Any, ...]]:
    """Completions of these courses, of people the viewer may see and the filters leave.

    Columns: record_id, employee_id, number, name, sort_name, job_role, department, location, course_id, title,
    completed_on, occurred_at, score, how, status (today's), valid_until, certificate. Enrollment, period and
    certificate are joined.
    """
    return (
        select(
            Record.id.label("record_id"),
            Employee.id.label("employee_id"),
            Record.employee_number.label("number"),
            Record.employee_name.label("name"),
            Employee.sort_name,
            Record.job_role,
            Record.department,
            Employee.location,
            Record.subject_id.label("course_id"),
            Record.title,
            COMPLETED_ON.label("completed_on"),
            Record.occurred_at,
            Record.score,
            Record.how,
            status_at(asking.now).label("status"),
            CertificationPeriod.valid_until,
            Certificate.number.label("certificate"),
        )
        .select_from(Record)
        .join(Employee, Employee.id == Record.employee_id)
        .outerjoin(Enrollment, (Enrollment.employee_id == Employee.id) & (Enrollment.course_id == Record.subject_id))
        .outerjoin(CertificationPeriod, _in_force(CertificationPeriod))
        .outerjoin(Certificate, _in_force(Certificate))
        .where(Record.subject_kind == "course", Record.subject_id.in_(courses), counts(), *_wanted(asking))
    )


def completed_between(since: dt.date | None, until: dt.date | None) -> list[ColumnElement[bool]]:
    """Both inclusive, where the learner was. The instants around them come first: an index knows those."""
    wanted: list[ColumnElement[bool]] = []
    day = dt.timedelta(days=1)
    if since:
        since = max(since, FIRST)
        wanted += [Record.occurred_at >= _midnight(since - day), since <= COMPLETED_ON]
    if until:
        until = min(until, LAST)
        wanted += [Record.occurred_at < _midnight(until + 2 * day), until >= COMPLETED_ON]
    return wanted


def day_or_word(day: ColumnElement[Any], word: str | None = None) -> ColumnElement[str]:
    """A day as 2026-03-31, or what stands where there is none."""
    return func.coalesce(func.to_char(day, DAY), literal(word or _(NOT_RECORDED)))


def word_or(words: ColumnElement[Any] | InstrumentedAttribute[Any], word: str | None = None) -> ColumnElement[str]:
    """Words, or what stands where there are none."""
    return func.coalesce(func.nullif(words, ""), literal(word or _(NOT_RECORDED)))


def standing(courses: Select[int]) -> CTE:
    """Every completion of these courses that counts, whoever's. Columns: id, employee_id, subject_id, occurred_at, `on`
    the day, `before`: when the same person completed the same course the last time before, and `newest`: 1 for the
    latest of the two.
    """
    same = (Record.employee_id, Record.subject_id)
    before = func.lag(Record.occurred_at).over(partition_by=same, order_by=(Record.occurred_at, Record.id))
    newest = func.row_number().over(partition_by=same, order_by=(Record.occurred_at.desc(), Record.id.desc()))
    facts = (Record.occurred_at, COMPLETED_ON.label("on"), before.label("before"), newest.label("newest"))
    return (
        select(Record.id, *same, *facts)
        .where(Record.subject_kind == "course", Record.subject_id.in_(courses), counts())
        .cte("standing")
    )


def is_newest(standing: CTE) -> ColumnElement[bool]:
    """Whether a completion is the latest of its person and course: rules ask for the latest certification."""
    return Record.id.in_(select(standing.c.id).where(standing.c.newest == 1))


def _in_force(model: type[CertificationPeriod | Certificate]) -> ColumnElement[bool]:
    return (model.record_id == Record.id) & model.replaced_at.is_(None) & model.revoked_at.is_(None)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _wanted(asking: Asking) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asking.line_only:
        wanted.append(Employee.id.in_(line_of(asking.viewer)))
    elif not asking.viewer.may(*EVERYBODY):
        wanted.append(Employee.id.in_(employee_ids_visible_to(asking.viewer)))
    if flag(asking.terms, "here"):
        wanted.append(Employee.status == "active")
    for column, chosen in (
        (Employee.department_id, departments_below(numbers(asking.terms, "department"))),
        (Employee.job_role, texts(asking.terms, "role")),
        (Employee.location, texts(asking.terms, "location")),
    ):
        if chosen:
            wanted.append(column.in_(chosen))
    return wanted
