"""The worker's part: list what is due, then dispose of what was approved, a batch a transaction.

Whatever stops a worker, what went is gone with its disposal record and the rest is still approved: the sweep rings
again, and the next worker goes on.
"""

from __future__ import annotations

import logging

from sqlalchemy import func, select, text

from lmsapp.evidence.retention.reviews.actions import RETENTION_JOB
from lmsapp.evidence.retention.reviews.disposing import Ways, dispose, next_items
from lmsapp.evidence.retention.reviews.models import RetentionItem, RetentionReview
from lmsapp.infra import clock
from lmsapp.infra.claims import Claim, LostError, sweep, take
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_

log = logging.getLogger(__name__)

BATCH = 50
MOST_TRIES = 5
WORKER_LOST = N_("The worker stopped while working on this list. What went is noted; try again for the rest.")
OUR_ERROR = N_("Something went wrong on our side. What went is noted; try again, or tell your administrator.")
LIST = text(
    """
    INSERT INTO retention_item (review_id, kind, record_id, employee_id, made_on, due_on, policy_id, state, words)
    SELECT :review_id, d.kind, d.record_id, d.employee_id, d.made_on, d.ends_on, d.policy_id, :state, ''
    FROM retained_due d
    WHERE d.ends_on <= retention_today() AND (CAST(:employee_id AS int) IS NULL OR d.employee_id = :employee_id)
        AND retention_holds(d.kind, d.employee_id, d.course_id, d.type_ids, d.made_on) IS NULL
    ORDER BY d.kind = 'employee', d.kind, d.record_id
    ON CONFLICT (kind, record_id) WHERE state IN ('open', 'approved') DO NOTHING
    """
)


def work_on_review(review_id: int, ways: Ways) -> bool:
    """Do what is asked of the review, unless another worker does already. Never raises; a failure stands on the row."""
    with unit_of_work():
        claim = take(RetentionReview, review_id)
    if claim is None:
        return False
    try:
        if claim.asked == "list":
            _list(claim)
        else:
            dispose_all(claim, review_id, ways)
            _close(claim)
    except LostError:
        log.warning("retention review %s was taken by another worker", review_id)
    except Exception:
        log.exception("retention review %s: %s failed", review_id, claim.asked)
        with unit_of_work():
            review = db.session.get_one(RetentionReview, review_id, with_for_update=True)
            if review.tries == claim.tries:
                review.state, review.error, review.lease_until = "failed", OUR_ERROR, None
    return True


def sweep_reviews() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    sweep(RetentionReview, RETENTION_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST)


def list_due(review_id: int, *, employee_id: int | None = None, state: str = "open") -> int:
    """Put what may go today on the list; how many came."""
    asked = {"review_id": review_id, "employee_id": employee_id, "state": state}
    result = db.session.execute(LIST, asked)
    return int(result.rowcount)  # type: ignore[attr-defined]


def dispose_all(claim: Claim[RetentionReview], review_id: int, ways: Ways) -> int:
    """Batch after batch, each committed by itself; how many went."""
    with unit_of_work():
        approved = (RetentionItem.review_id == review_id, RetentionItem.state == "approved")
        total = db.session.scalar(select(func.count()).where(*approved)) or 0
    gone = seen = 0
    while True:
        with unit_of_work():
            items = next_items(review_id, BATCH)
            for item in items:
                gone += dispose(item, ways)
            seen += len(items)
            if items:
                claim.run()  # still ours, or everything of this batch is undone
        if not items:
            return gone
        claim(seen, total)


def _list(claim: Claim[RetentionReview]) -> None:
    with unit_of_work():
        list_due(claim.run_id)
        review = claim.run()
        review.state, review.lease_until = "ready", None


def _close(claim: Claim[RetentionReview]) -> None:
    with unit_of_work():
        review = claim.run()
        review.state, review.lease_until, review.status, review.closed_at = "ready", None, "closed", clock.now()
