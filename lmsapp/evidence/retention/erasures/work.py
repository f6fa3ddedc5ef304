"""The worker's part of an erasure: records first, then what lies elsewhere, then what is said about it.

Each step can be done again: what went is noted, what is gone is not found, the letter is written anew.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.retention.erasures.actions import ERASURE_JOB
from lmsapp.evidence.retention.erasures.models import Erasure
from lmsapp.evidence.retention.erasures.queries import Outlook, outlook
from lmsapp.evidence.retention.reviews.disposing import Ways, dispose, next_items
from lmsapp.evidence.retention.reviews.models import RetentionItem, RetentionReview
from lmsapp.evidence.retention.reviews.work import BATCH, list_due
from lmsapp.infra import clock
from lmsapp.infra.claims import Claim, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_

MOST_TRIES = 5
ROUNDS = 3  # records, then the person once nothing of theirs is left
WORKER_LOST = N_("The worker stopped while working on this request. It can be carried on.")
OUR_ERROR = N_("Something went wrong on our side. What went is noted; carry it on, or tell your administrator.")
Letter = Callable[[Erasure, Outlook, dict[str, int]], str]


def work_on_erasure(erasure_id: int, ways: Ways, letter: Letter) -> bool:
    """Carry it out, unless another worker does already. Never raises; a failure stands on the row."""
    return work(Erasure, erasure_id, lambda claim: _carry_out(claim, ways, letter), our_error=OUR_ERROR)


def sweep_erasures() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    sweep(Erasure, ERASURE_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST)


def _carry_out(claim: Claim[Erasure], ways: Ways, letter: Letter) -> None:
    with unit_of_work():
        erasure = claim.run()
        employee_id, review_id = erasure.employee_id, _review(erasure)
    for _round in range(ROUNDS):
        with unit_of_work():
            found = list_due(review_id, employee_id=employee_id, state="approved")
            left = _approved(review_id)
        if not found and not left:
            break
        _dispose(claim, review_id, left, ways)
    with unit_of_work():
        taken = {} if _held(employee_id) else ways.forget(employee_id)
        _finish(claim, letter, taken)
    with unit_of_work():  # the name itself, where nothing else is left
        list_due(review_id, employee_id=employee_id, state="approved")
        for item in next_items(review_id, BATCH):
            dispose(item, ways)
        review = db.session.get_one(RetentionReview, review_id)
        review.status, review.closed_at = "closed", clock.now()
        _done(claim)


def _dispose(claim: Claim[Erasure], review_id: int, total: int, ways: Ways) -> None:
    done = 0
    while True:
        with unit_of_work():
            items = next_items(review_id, BATCH)
            for item in items:
                dispose(item, ways)
            if items:
                claim.run()
        if not items:
            return
        done += len(items)
        claim(done, total)


def _finish(claim: Claim[Erasure], letter: Letter, taken: dict[str, int]) -> None:
    erasure = claim.run()
    after = outlook(erasure.employee_id)
    erasure.counts = _counts(erasure, taken)
    erasure.kept = [
        {"kind": one.kind, "count": one.count, "until": one.until.isoformat() if one.until else None, "law": one.law,
         "holds": len(one.holds)}
        for one in after.stays
    ]  # fmt: skip
    erasure.letter = letter(erasure, after, erasure.counts)
    erasure.finished_at = clock.now()
    counted = {"records removed": sum(erasure.counts.values()), "records kept": sum(one.count for one in after.stays)}
    record_change("erased", ("erasure", erasure.id), by=None, after=counted)


def _counts(erasure: Erasure, taken: dict[str, int]) -> dict[str, int]:
    gone = select(RetentionItem.kind, func.count()).join(RetentionReview, RetentionReview.id == RetentionItem.review_id)
    gone = gone.where(RetentionReview.erasure_id == erasure.id, RetentionItem.state == "done")
    counts = dict(db.session.execute(gone.group_by(RetentionItem.kind)).all())
    before = {name: number for name, number in erasure.counts.items() if name not in counts}
    for name, number in taken.items():
        before[name] = max(before.get(name, 0), number)
    return {**before, **counts}


def _done(claim: Claim[Erasure]) -> None:
    erasure = claim.run()
    erasure.state, erasure.lease_until = "ready", None


def _review(erasure: Erasure) -> int:
    """Its list, open for work again where it was closed."""
    review = db.session.scalars(
        select(RetentionReview)
        .where(RetentionReview.erasure_id == erasure.id, RetentionReview.approved_at.is_not(None))
        .order_by(RetentionReview.id)
        .limit(1)
    ).one()
    review.status, review.closed_at = "approved", None
    return review.id


def _approved(review_id: int) -> int:
    rows = select(func.count()).where(RetentionItem.review_id == review_id, RetentionItem.state == "approved")
    return db.session.scalar(rows) or 0


def _held(employee_id: int) -> bool:
    return db.session.scalar(select(func.retention_holds("employee", employee_id, None, None, None))) is not None
