"""One row per completion that counts, with what it was then: the ground of every report of this package.

Name, number, job title and department are those of the record; location, leaving and the line somebody is on are of
the day the report is of. Filters of people go by that day too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CTE, ColumnElement, Date, Select, and_, cast, func, literal, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import all_that_count
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.completion import EVERYBODY
from lmsapp.insight.completion_dates import DAY, around, on_days
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
AS_DAY = "YYYY-MM-DD"
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


def record_ids(asking: Asking, courses: Sequence[int]) -> Select[int]:
    """Which completions of these courses there are, of people the viewer may see and the filters leave."""
    found = select(Record.id).join(Employee, Employee.id == Record.employee_id)
    return found.where(*_of(courses), *_wanted(asking))


def earliest(ids: Select[int], most: int) -> Select[int]:
    """The same, without those that cannot be among the first so many by day: by their instants, which an index has in
    order, before anything else of them is read."""
    moments = ids.with_only_columns(Record.occurred_at, maintain_column_froms=True).order_by(None)
    last = db.session.scalars(moments.order_by(Record.occurred_at).limit(most)).all()[-1:]
    # The day of the last one may be the next of UTC, and others may be of it.
    return ids.where(*(early for one in last for early in around(None, one.date() + DAY, Record.occurred_at)))


def records(asking: Asking, courses: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The same with all that is known of them; of `Asking.ids` only, where there are any.

    Columns: record_id, employee_id, number, name, sort_name, job_role, department, location, course_id, title,
    completed_on, occurred_at, score, how, status (today's), valid_until, certificate. Enrollment, period and
    certificate are joined.
    """
    among = () if asking.ids is None else (Record.id.in_(asking.ids),)
    return (
        record_ids(asking, courses)
        .with_only_columns(
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
            maintain_column_froms=True,
        )
        .outerjoin(Enrollment, (Enrollment.employee_id == Employee.id) & (Enrollment.course_id == Record.subject_id))
        .outerjoin(CertificationPeriod, _in_force(CertificationPeriod))
        .outerjoin(Certificate, _in_force(Certificate))
        .where(*among)
    )


def completed_between(since: dt.date | None, until: dt.date | None) -> list[ColumnElement[bool]]:
    """Both inclusive, where the learner was."""
    return on_days(since, until, Record.occurred_at, COMPLETED_ON)


def day_or_word(day: ColumnElement[Any], word: str | None = None) -> ColumnElement[str]:
    """A day as 2026-03-31, or what stands where there is none."""
    return func.coalesce(func.to_char(day, AS_DAY), literal(word or _(NOT_RECORDED)))


def word_or(words: ColumnElement[Any] | InstrumentedAttribute[Any], word: str | None = None) -> ColumnElement[str]:
    """Words, or what stands where there are none."""
    return func.coalesce(func.nullif(words, ""), literal(word or _(NOT_RECORDED)))


def standing(asking: Asking, courses: Sequence[int]) -> CTE:
    """Every completion of these courses that counts, whoever's; only of the people of `Asking.ids`, where there are
    any. Columns: id, employee_id, subject_id, occurred_at, `on` the day, and `before`: when the same person completed
    the same course the last time before.
    """
    same = (Record.employee_id, Record.subject_id)
    before = func.lag(Record.occurred_at).over(partition_by=same, order_by=(Record.occurred_at, Record.id))
    facts = (Record.occurred_at, COMPLETED_ON.label("on"), before.label("before"))
    found = select(Record.id, *same, *facts)
    if asking.ids is not None:
        listed = aliased(Record)
        found = found.where(Record.employee_id.in_(select(listed.employee_id).where(listed.id.in_(asking.ids))))
    return found.where(*_of(courses)).cte("standing")


def is_newest(asking: Asking, courses: Sequence[int]) -> ColumnElement[bool]:
    """Whether a completion that counts is the latest of its person and course: rules ask for the latest certification.
    Those of `Asking.ids` are."""
    if asking.ids is not None:
        return true()
    later = aliased(Record, name="later")
    same = and_(later.employee_id == Record.employee_id, later.subject_id == Record.subject_id)
    after = tuple_(later.occurred_at, later.id) > tuple_(Record.occurred_at, Record.id)
    # That it is of these courses follows, and spares PostgreSQL a look at all the others.
    return ~select(later.id).where(same, after, *_of(courses, later)).exists()


def _of(courses: Sequence[int], record: type[CompletionRecord] = Record) -> tuple[ColumnElement[bool], ...]:
    """A completion of one of these that counts."""
    return record.subject_kind == "course", record.subject_id.in_(courses), all_that_count(record)


def _in_force(model: type[CertificationPeriod | Certificate]) -> ColumnElement[bool]:
    return (model.record_id == Record.id) & model.replaced_at.is_(None) & model.revoked_at.is_(None)


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
