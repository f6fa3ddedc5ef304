"""How often questions were asked: from the attempts, which keep what they asked."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from lmsapp.infra.db import db
from lmsapp.learning.quizzes.models import ASKED_IDS, QuizSubmission


def times_asked(version_ids: Collection[int]) -> int:
    """In how many attempts any of these versions stood, practice included."""
    holds = or_(*(literal_column(ASKED_IDS.text, JSONB).contains([one]) for one in version_ids))
    return db.session.scalar(select(func.count()).select_from(QuizSubmission).where(holds)) or 0
