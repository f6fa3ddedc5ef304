"""The worker's part: list what is due, then dispose of what was approved, a batch a transaction.

Whatever stops a worker, what went is gone with its disposal record and the rest is still approved: the sweep rings
again, and the next worker goes on.
"""

from __future__ import annotations

from sqlalchemy import func, select, text

from lmsapp.evidence.retention.reviews.actions import RETENTION_JOB
from lmsapp.evidence.retention.reviews.disposing import Ways, dispose, next_items
from lmsapp.evidence.retention.reviews.models import RetentionItem, RetentionReview
from lmsapp.infra import clock
from lmsapp.infra.claims import Claim, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_

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
    return work(RetentionReview, review_id, lambda claim: _step(claim, ways), our_error=OUR_ERROR)


def _step(claim: Claim[RetentionReview], ways: Ways) -> None:
    if claim.asked == "list":
        _list(claim)
    else:
        dispose_all(claim, claim.run_id, ways)
        _close(claim)


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
