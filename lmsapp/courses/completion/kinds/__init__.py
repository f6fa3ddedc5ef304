"""Every kind of criterion, by name."""

from __future__ import annotations

from lmsapp.courses.completion.facts import KINDS
from lmsapp.courses.completion.kinds import assignments, attended, lessons, packages, quizzes, required, signed, time

__all__ = ["KINDS"]

ALL = (
    lessons.KIND,
    required.KIND,
    quizzes.KIND,
    signed.KIND,
    time.ACTIVE_MINUTES,
    time.LESSON_MINUTES,
    assignments.KIND,
    attended.KIND,
    packages.KIND,
)
KINDS.update({kind.name: kind for kind in ALL})
