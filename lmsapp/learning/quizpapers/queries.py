"""PDFs that were asked for about a quiz."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.learning.quizpapers.actions import ANALYSIS
from lmsapp.learning.quizpapers.models import QuizPaper


def paper_of_quiz(quiz_id: int, paper_id: int) -> SealedFile | None:
    """The promise of an analysis of a quiz the viewer may write, its file loaded."""
    return db.session.scalar(
        select(SealedFile)
        .join(QuizPaper, QuizPaper.id == SealedFile.subject_id)
        .where(SealedFile.kind == ANALYSIS, QuizPaper.id == paper_id, QuizPaper.quiz_id == quiz_id)
        .options(joinedload(SealedFile.file))
    )
