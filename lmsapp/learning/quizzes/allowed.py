"""How many attempts a learner has: what the quiz allows, and what staff granted on top (QIZ-2, ENR-7)."""

from __future__ import annotations

from sqlalchemy import func, select

from lmsapp.infra.db import db
from lmsapp.learning.quizzes.models import QuizAttemptGrant


def attempts_allowed(max_attempts: int | None, *, enrollment_id: int, cycle: int, quiz_id: int) -> int | None:
    """None where there is no limit. Grants count in their own time round only."""
    if max_attempts is None:
        return None
    granted = db.session.scalar(
        select(func.count()).where(
            QuizAttemptGrant.enrollment_id == enrollment_id,
            QuizAttemptGrant.quiz_id == quiz_id,
            QuizAttemptGrant.cycle == cycle,
        )
    )
    return max_attempts + (granted or 0)
