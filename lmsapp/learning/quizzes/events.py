"""What others may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission


@dataclass(frozen=True, slots=True)
class QuizSubmitted(Event):
    """An attempt was handed in, or ended by its deadline. `submission.passed` None: answers wait to be graded."""

    submission: QuizSubmission
    enrollment: Enrollment
    lesson_id: int


@dataclass(frozen=True, slots=True)
class QuizGraded(Event):
    """A result stands: at once, after grading by hand, or anew. `first`: there was none before."""

    submission: QuizSubmission
    enrollment: Enrollment
    lesson_id: int
    grading: QuizGrading
    first: bool
