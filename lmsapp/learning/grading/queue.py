"""The queue: what was handed in and what was answered in open words, one list (QIZ-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, Subquery, and_, case, func, literal, null, or_, select, union_all
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.infra.db import db
from lmsapp.learning.answers.models import QuizClaim
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.scope import answers_gradable_by, answers_wait, gradable_by, is_waiting
from lmsapp.learning.handins.models import Grading, HandIn, HandInClaim
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

PAGE = 50


class Show(StrEnum):
    """Which of them the list shows."""

    WAITING = "waiting"
    MINE = "mine"  # that I am on
    DECIDED = "decided"


class Kind(StrEnum):
    """What was handed in."""

    WORK = "work"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """`waiting_days`: handed in at least so many days ago. `kind` None: both."""

    show: Show = Show.WAITING
    kind: Kind | None = None
    course_id: int | None = None
    lesson_id: int | None = None
    waiting_days: int | None = None
    search: str = ""
    page: int = 1


def queue(viewer: Viewer, filters: QueueFilters, now: dt.datetime) -> tuple[list[Row[Any]], int]:
    """A page and how many there are; what waits oldest first, what is decided newest first. Two statements.

    Columns: kind, id, number, title, handed_in_at, lesson_id, course_id, course, name, job_role, department,
    open_answers, decision, graded_at, graded_by, claimed_by, claimed_by_id (of claims that hold at `now`).
    """
    found = _filtered(_both(viewer, filters, now), viewer, filters, now)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    columns = found.selected_columns
    order = (
        (columns.graded_at.desc(), columns.id.desc())
        if filters.show is Show.DECIDED
        else (columns.handed_in_at, columns.kind, columns.id)
    )
    paged = found.order_by(*order).limit(PAGE).offset((filters.page - 1) * PAGE)
    return list(db.session.execute(paged)), total


def count_waiting(viewer: Viewer) -> int:
    """How many wait for this grader."""
    work = _work_joined(select(func.count(HandIn.id))).where(is_waiting(), gradable_by(viewer))
    answers = _answers_joined(select(func.count(QuizSubmission.id))).where(answers_wait(), answers_gradable_by(viewer))
    return db.session.scalar(select(work.scalar_subquery() + answers.scalar_subquery())) or 0


def places_to_grade(viewer: Viewer) -> list[Row[Any]]:
    """(course_id, course, lesson_id, lesson) with something that is this grader's, by title. One statement."""
    named: Any = select(
        Course.id.label("course_id"), Course.title.label("course"), Lesson.id.label("lesson_id"),
        Lesson.title.label("lesson"),
    )  # fmt: skip
    work = _work_joined(named).join(Lesson, Lesson.id == HandIn.lesson_id).where(gradable_by(viewer))
    by_hand = QuizSubmission.graded_at.is_(None) | _by_hand(QuizSubmission.id).exists()
    answers = (
        _answers_joined(named)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .where(answers_gradable_by(viewer), QuizSubmission.submitted_at.is_not(None), by_hand)
    )
    both = work.union(answers).subquery()
    return list(db.session.execute(select(both).order_by(both.c.course, both.c.course_id, both.c.lesson)))


def _both(viewer: Viewer, filters: QueueFilters, now: dt.datetime) -> Subquery:
    kinds: Sequence[Select[Any]] = [
        statement
        for kind, statement in (
            (Kind.WORK, _work(viewer, filters, now)),
            (Kind.ANSWERS, _answers(viewer, filters, now)),
        )
        if filters.kind in (None, kind)
    ]
    return union_all(*kinds).subquery("handed_in")


def _work(viewer: Viewer, filters: QueueFilters, now: dt.datetime) -> Select[Any]:
    """Each hand-in once, with its newest grading."""
    later = select(func.max(Grading.number)).where(Grading.hand_in_id == HandIn.id).correlate(HandIn).scalar_subquery()
    statement = select(
        literal(Kind.WORK.value).label("kind"),
        HandIn.id.label("id"),
        HandIn.number.label("number"),
        HandIn.title.label("title"),
        HandIn.handed_in_at.label("handed_in_at"),
        HandIn.lesson_id.label("lesson_id"),
        *_whose(),
        null().label("open_answers"),
        Grading.decision.label("decision"),
        Grading.graded_at.label("graded_at"),
        Grading.graded_by_name.label("graded_by"),
        HandInClaim.name.label("claimed_by"),
        HandInClaim.user_id.label("claimed_by_id"),
    )
    joined = (
        _work_joined(statement)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(Grading, and_(Grading.hand_in_id == HandIn.id, Grading.number == later))
        .outerjoin(HandInClaim, and_(HandInClaim.hand_in_id == HandIn.id, HandInClaim.until > now))
        .where(gradable_by(viewer))
    )
    return joined.where(Grading.id.is_not(None) if filters.show is Show.DECIDED else is_waiting())


def _answers(viewer: Viewer, filters: QueueFilters, now: dt.datetime) -> Select[Any]:
    """Each attempt once; decided is what a person graded or gave back."""
    latest = aliased(QuizGrading)
    newest = _by_hand(QuizSubmission.id).with_only_columns(func.max(QuizGrading.number)).scalar_subquery()
    waits = func.jsonb_path_query_array(QuizSubmission.result, sql_cast("$[*] ? (@.waits == true)", JSONPATH))
    decision = case(
        (QuizSubmission.returned.is_not(None), "rework"),
        (QuizSubmission.passed.is_(True), "pass"),
        (QuizSubmission.passed.is_(False), "fail"),
        else_=null(),
    )
    statement = select(
        literal(Kind.ANSWERS.value).label("kind"),
        QuizSubmission.id.label("id"),
        QuizSubmission.number.label("number"),
        Lesson.title.label("title"),
        QuizSubmission.submitted_at.label("handed_in_at"),
        Quiz.lesson_id.label("lesson_id"),
        *_whose(),
        func.jsonb_array_length(waits).label("open_answers"),
        decision.label("decision"),
        latest.at.label("graded_at"),
        latest.by_name.label("graded_by"),
        QuizClaim.name.label("claimed_by"),
        QuizClaim.user_id.label("claimed_by_id"),
    )
    joined = (
        _answers_joined(statement)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(latest, and_(latest.submission_id == QuizSubmission.id, latest.number == newest))
        .outerjoin(QuizClaim, and_(QuizClaim.submission_id == QuizSubmission.id, QuizClaim.until > now))
        .where(answers_gradable_by(viewer))
    )
    decided = or_(
        QuizSubmission.returned.is_not(None), and_(latest.id.is_not(None), QuizSubmission.passed.is_not(None))
    )
    return joined.where(decided if filters.show is Show.DECIDED else answers_wait())


def _whose() -> tuple[Any, ...]:
    return (
        Course.id.label("course_id"),
        Course.title.label("course"),
        Employee.name.label("name"),
        Employee.job_role.label("job_role"),
        Department.name.label("department"),
    )


def _by_hand(submission_id: Any) -> Select[Any]:
    """Gradings by a person."""
    mine = (QuizGrading.submission_id == submission_id, QuizGrading.kind.in_(("graded", "returned")))
    return select(QuizGrading.id).where(*mine).correlate(QuizSubmission)


def _work_joined(statement: Any) -> Select[Any]:
    joined: Select[Any] = (
        statement.select_from(HandIn)
        .join(Enrollment, Enrollment.id == HandIn.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
    )
    return joined


def _answers_joined(statement: Any) -> Select[Any]:
    joined: Select[Any] = (
        statement.select_from(QuizSubmission)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
    )
    return joined


def _filtered(both: Subquery, viewer: Viewer, filters: QueueFilters, now: dt.datetime) -> Select[Any]:
    rows = both.c
    statement = select(both)
    if filters.show is Show.MINE:
        statement = statement.where(rows.claimed_by_id == viewer.user_id)
    if filters.course_id is not None:
        statement = statement.where(rows.course_id == filters.course_id)
    if filters.lesson_id is not None:
        statement = statement.where(rows.lesson_id == filters.lesson_id)
    if filters.waiting_days is not None:
        statement = statement.where(rows.handed_in_at <= now - dt.timedelta(days=filters.waiting_days))
    for word in filters.search.split()[:8]:
        hit = [column.icontains(word, autoescape=True) for column in (rows.name, rows.course, rows.title)]
        statement = statement.where(hit[0] | hit[1] | hit[2])
    return statement
