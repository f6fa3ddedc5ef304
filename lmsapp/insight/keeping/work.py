"""The worker's jobs of retention, told what only the areas above know."""

from __future__ import annotations

from lmsapp.courses.packages.queries import named_files
from lmsapp.evidence.retention.erasures.work import work_on_erasure
from lmsapp.evidence.retention.retrieval.work import work_on_test
from lmsapp.evidence.retention.reviews.actions import open_review
from lmsapp.evidence.retention.reviews.disposing import Ways
from lmsapp.evidence.retention.reviews.going import take_files_away
from lmsapp.evidence.retention.reviews.work import work_on_review
from lmsapp.infra import clock
from lmsapp.infra.db import unit_of_work
from lmsapp.insight.keeping.kinds import KINDS
from lmsapp.insight.keeping.letters import erasure_letter
from lmsapp.insight.keeping.personal import forget
from lmsapp.insight.testified import SOURCES

WAYS = Ways(SOURCES, forget)


def review(review_id: int) -> bool:
    """List, or dispose."""
    return work_on_review(review_id, WAYS)


def erase(erasure_id: int) -> bool:
    """Carry out a request to be erased."""
    return work_on_erasure(erasure_id, WAYS, erasure_letter)


def test_retrieval(run_id: int) -> bool:
    """Open a sample of what is kept."""
    return work_on_test(run_id, KINDS, SOURCES)


def review_monthly() -> None:
    """For the daily job: on the first of the month, a list of what became due."""
    if clock.now().day == 1:
        with unit_of_work():
            open_review("monthly", by=None)


def forget_files() -> None:
    """Bytes whose last row went."""
    take_files_away(named_files)
