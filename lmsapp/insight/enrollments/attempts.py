"""Attempts at the quizzes of an enrollment for staff: as each stands, every score, the PDFs (QIZ-4, QIZ-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.insight.enrollments.filters import Scope, within
from lmsapp.learning.answers.queries import gradings_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizpapers.actions import COURSE, REGRADED, REPORT
from lmsapp.learning.quizpapers.models import QuizPaper
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class AttemptSeen:
    """One attempt, enrollment with employee and course loaded, and every score, oldest first."""

    submission: QuizSubmission
    enrollment: Enrollment
    lesson_id: int
    title: str
    gradings: Sequence[QuizGrading]

    @property
    def last(self) -> QuizGrading | None:
        """What counts now; None for an attempt from before scores were kept."""
        return self.gradings[-1] if self.gradings else None


def enrollment_seen(viewer: Viewer, scope: Scope, enrollment_id: int) -> Enrollment | None:
    """One the viewer may see, employee and course loaded."""
    return db.session.scalars(_enrollments(viewer, scope).where(Enrollment.id == enrollment_id)).one_or_none()


def attempt_seen(viewer: Viewer, scope: Scope, submission_id: int) -> AttemptSeen | None:
    """An attempt that was handed in, of an enrollment the viewer may see."""
    row = db.session.execute(
        select(QuizSubmission, Quiz.lesson_id, Lesson.title)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .where(QuizSubmission.id == submission_id, QuizSubmission.submitted_at.is_not(None))
    ).one_or_none()
    enrollment = enrollment_seen(viewer, scope, row[0].enrollment_id) if row else None
    if row is None or enrollment is None:
        return None
    return AttemptSeen(row[0], enrollment, row[1], row[2], gradings_of(submission_id))


def attempts_of(enrollment_id: int) -> Sequence[Any]:
    """Of an enrollment the viewer may see, newest first, in one statement.

    Columns: id, title, number, cycle, practice, started_at, submitted_at, points, max_points, percent, passed,
    returned (a bool), scores (how many).
    """
    scores = select(func.count()).where(QuizGrading.submission_id == QuizSubmission.id).scalar_subquery()
    return db.session.execute(
        select(
            QuizSubmission.id,
            Lesson.title,
            QuizSubmission.number,
            QuizSubmission.cycle,
            QuizSubmission.practice,
            QuizSubmission.started_at,
            QuizSubmission.submitted_at,
            QuizSubmission.points,
            QuizSubmission.max_points,
            QuizSubmission.percent,
            QuizSubmission.passed,
            QuizSubmission.returned.is_not(None).label("returned"),
            scores.label("scores"),
        )
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .where(QuizSubmission.enrollment_id == enrollment_id)
        .order_by(QuizSubmission.id.desc())
        .limit(400)
    ).all()


def papers_of(enrollment_id: int) -> Sequence[SealedFile]:
    """Every PDF about the attempts of an enrollment the viewer may see, newest first, files loaded."""
    return db.session.scalars(
        select(SealedFile)
        .where(_about(enrollment_id))
        .options(joinedload(SealedFile.file))
        .order_by(SealedFile.id.desc())
        .limit(200)
    ).all()


def paper_of(enrollment_id: int, sealed_id: int) -> SealedFile | None:
    """One of them."""
    wanted = (_about(enrollment_id), SealedFile.id == sealed_id)
    return db.session.scalar(select(SealedFile).where(*wanted).options(joinedload(SealedFile.file)))


def _about(enrollment_id: int) -> Any:
    mine = select(QuizSubmission.id).where(QuizSubmission.enrollment_id == enrollment_id)
    scores = select(QuizGrading.id).where(QuizGrading.submission_id.in_(mine))
    asked = select(QuizPaper.id).where(QuizPaper.enrollment_id == enrollment_id)
    kinds = {REPORT: mine, REGRADED: scores, COURSE: asked}
    return or_(false(), *(and_(SealedFile.kind == kind, SealedFile.subject_id.in_(ids)) for kind, ids in kinds.items()))


def _enrollments(viewer: Viewer, scope: Scope) -> Any:
    return (
        select(Enrollment)
        .join(Enrollment.employee)
        .join(Enrollment.course)
        .options(contains_eager(Enrollment.employee), contains_eager(Enrollment.course))
        .where(within(viewer, scope))
    )
