"""What others may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizSubmission


@dataclass(frozen=True, slots=True)
class QuizSubmitted(Event):
    """An attempt was handed in, or ended by its deadline, and scored. `submission.passed` says how it went."""

    submission: QuizSubmission
    enrollment: Enrollment
    lesson_id: int
