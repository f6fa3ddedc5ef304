"""All learners of a lesson with a package, and what was reported about each (SCO-5). Lists by columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.courses.publishing.reading import version_of
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.scorm.models import ScormAttempt
from lmsapp.learning.scorm.seen.seeing import SCORM, Outcome, outcomes_of
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

PAGE = 25
SHEET_PIECE = 500
REPORTED = ("not started", "unknown", "incomplete", "browsed", "completed", "passed", "failed")
STATES = ("open", "done", "by hand")
SORTS = ("name", "reported", "score", "time", "last")


@dataclass(frozen=True, slots=True)
class ReportedFilters:
    """Empty filters nothing. `search`: in names, numbers and addresses."""

    search: str = ""
    reported: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    sort: str = "name"
    desc: bool = False
    page: int = 1

    @property
    def active(self) -> int:
        """How many filters are set."""
        return bool(self.reported) + bool(self.states)


@dataclass(frozen=True, slots=True)
class Line:
    """One learner. `row`: id (of the enrollment), number, name, department, job_role, reported, state, attempt_id,
    attempt, attempts, completion, success, score, seconds, last_at, done_at, hand. `outcome`: what it comes to."""

    row: Any
    terms: PackageTerms
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class ReportedPage:
    """`counts`: how many of each reported status the other filters leave; `states` the same for the lesson's state."""

    lines: Sequence[Line]
    total: int
    number: int
    counts: Mapping[str, int]
    states: Mapping[str, int]
    size: int = PAGE


def package_lesson_for(viewer: Viewer, lesson_id: int) -> Any:
    """(id, title, detail, course_id, course, content_version) of a lesson with a package whose course the viewer writes
    or looks after, or None."""
    return db.session.execute(
        select(
            Lesson.id, Lesson.title, Lesson.detail, Lesson.course_id, Course.title.label("course"),
            Course.content_version,
        )
        .join(Course, Course.id == Lesson.course_id)
        .where(Lesson.id == lesson_id, Lesson.kind == LessonKind.SCORM.value, written_by(viewer))
    ).one_or_none()  # fmt: skip


def reported_page(lesson: Any, filters: ReportedFilters) -> ReportedPage:
    """Five statements at any size, one more for each version of the course that was not met before."""
    counts, states = _counts(lesson, filters, "reported"), _counts(lesson, filters, "state")
    total = db.session.scalar(select(func.count()).select_from(_wanted(lesson, filters).subquery())) or 0
    number = min(max(filters.page, 1), max(1, -(-total // PAGE)))
    statement = _ordered(_wanted(lesson, filters), filters).limit(PAGE).offset((number - 1) * PAGE)
    return ReportedPage(_lines(lesson, db.session.execute(statement).all()), total, number, counts, states)


def reported_lines(lesson: Any, filters: ReportedFilters) -> Iterator[Line]:
    """Every line of the list in its order, a piece at a time, for a sheet."""
    rows = db.session.execute(_ordered(_wanted(lesson, filters), filters)).all()
    for at in range(0, len(rows), SHEET_PIECE):
        yield from _lines(lesson, rows[at : at + SHEET_PIECE])


def _lines(lesson: Any, rows: Sequence[Any]) -> list[Line]:
    terms = {row.id: _terms(lesson, row.content_version) for row in rows}
    begun = {row.attempt_id: (row.package_id, terms[row.id]) for row in rows if row.attempt_id is not None}
    outcomes = outcomes_of(begun)
    return [Line(row, terms[row.id], outcomes.get(row.attempt_id)) for row in rows]


def _terms(lesson: Any, content_version: int | None) -> PackageTerms:
    """Of the version that learner is in; versions are kept in memory."""
    there = version_of(lesson.course_id, content_version or lesson.content_version).lessons.get(lesson.id)
    return PackageTerms.from_json((there or lesson).detail.get(SCORM, {}))


def newest_attempts(lesson_id: int) -> Any:
    """The newest attempt of each learner in each time round, as a subquery; `attempts`: how many there are."""
    within = (ScormAttempt.enrollment_id, ScormAttempt.cycle)
    rank = func.row_number().over(partition_by=within, order_by=ScormAttempt.number.desc())
    ranked = select(ScormAttempt, rank.label("rank"), func.count().over(partition_by=within).label("attempts")).where(
        ScormAttempt.lesson_id == lesson_id
    )
    found = ranked.subquery()
    return select(found).where(found.c.rank == 1).subquery("newest")


def _from(lesson: Any) -> tuple[Select[Any], dict[str, ColumnElement[Any]]]:
    """Everybody who takes the course, with the columns that filters need by name."""
    newest = newest_attempts(lesson.id)
    progress = aliased(LessonProgress)
    reported = case(
        (newest.c.id.is_(None), "not started"),
        (newest.c.success != "unknown", newest.c.success),
        else_=newest.c.completion,
    )
    hand = progress.detail["by_hand"]["by"].astext
    state = case((hand.is_not(None), "by hand"), (progress.done_at.is_not(None), "done"), else_="open")
    columns: dict[str, ColumnElement[Any]] = {"reported": reported, "state": state}
    statement = (
        select(
            Enrollment.id, Enrollment.content_version, Employee.number, Employee.name, Employee.job_role,
            Department.name.label("department"), Employee.time_zone, reported.label("reported"), state.label("state"),
            newest.c.id.label("attempt_id"), newest.c.package_id, newest.c.number.label("attempt"), newest.c.attempts,
            newest.c.completion, newest.c.success, newest.c.score, newest.c.total_seconds.label("seconds"),
            newest.c.last_at, progress.done_at, hand.label("hand"),
        )
        .select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(newest, and_(newest.c.enrollment_id == Enrollment.id, newest.c.cycle == Enrollment.cycle))
        .outerjoin(
            progress,
            and_(
                progress.enrollment_id == Enrollment.id,
                progress.cycle == Enrollment.cycle,
                progress.lesson_id == lesson.id,
            ),
        )
        .where(Enrollment.course_id == lesson.course_id, Enrollment.withdrawn_at.is_(None))
    )  # fmt: skip
    return statement, columns


def _wanted(lesson: Any, filters: ReportedFilters, *, leave_out: str = "") -> Select[Any]:
    statement, columns = _from(lesson)
    for name, chosen in (("reported", filters.reported), ("state", filters.states)):
        if chosen and name != leave_out:
            statement = statement.where(columns[name].in_(chosen))
    for word in filters.search.split()[:8]:
        looked_in = (Employee.name, Employee.number, Employee.email)
        statement = statement.where(or_(*(one.icontains(word, autoescape=True) for one in looked_in)))
    return statement


def _counts(lesson: Any, filters: ReportedFilters, name: str) -> dict[str, int]:
    found = _wanted(lesson, filters, leave_out=name).subquery()
    rows = db.session.execute(select(found.c[name], func.count()).group_by(found.c[name]))
    return {row[0]: row[1] for row in rows}


def _ordered(statement: Select[Any], filters: ReportedFilters) -> Select[Any]:
    shown: Any = statement.selected_columns
    named: dict[str, Any] = {
        "reported": shown.reported,
        "score": shown.score,
        "time": shown.seconds,
        "last": shown.last_at,
    }
    by = named.get(filters.sort, Employee.sort_name.expression)
    way = by.desc() if filters.desc else by.asc()
    return statement.order_by(way.nulls_last(), Employee.sort_name.expression, Enrollment.id.expression)
