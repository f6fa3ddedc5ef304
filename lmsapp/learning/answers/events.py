"""What others may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission


@dataclass(frozen=True, slots=True)
class AnswersReturned(Event):
    """Answers were given back for rework; `submission.returned` says which, and with what words."""

    submission: QuizSubmission
    enrollment: Enrollment
    grading: QuizGrading
