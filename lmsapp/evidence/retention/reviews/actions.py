"""Opening a list, keeping some longer, approving the rest. What goes is the worker's (`work`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select, update

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.retention.policies.models import KeptLonger
from lmsapp.evidence.retention.policies.rules import check_reason
from lmsapp.evidence.retention.retained import TODAY
from lmsapp.evidence.retention.reviews.models import RetentionItem, RetentionReview
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

RETENTION_JOB = "retention"
SECOND_PERSON = "disposal_second_person"
ONE_LIST = 0x52455456  # advisory lock: two clicks open one list


def open_review(why: str, *, by: Viewer | None) -> RetentionReview:
    """Ask the worker to list what became due. One that is open already is answered instead."""
    db.session.execute(select(func.pg_advisory_xact_lock(ONE_LIST)))
    at_work = RetentionReview.state.in_(("waiting", "running", "failed"))
    undecided = RetentionReview.status.in_(("open", "reviewed")) | ((RetentionReview.status == "approved") & at_work)
    mine = (undecided, RetentionReview.why != "erasure")
    open_one = db.session.scalar(select(RetentionReview).where(*mine).order_by(RetentionReview.id).limit(1))
    if open_one is not None:
        if open_one.status == "open" and open_one.state in ("ready", "failed"):
            ask(open_one, "list")
        return open_one
    review = RetentionReview(why=why, opened_by_id=by.user_id if by else None)
    db.session.add(review)
    db.session.flush()
    record_change("review opened", ("retention_review", review.id), by=by, after={"why": why})
    ask(review, "list")
    return review


def keep_longer(review: RetentionReview, item_ids: Collection[int], until: dt.date, *, by: Viewer, reason: str) -> int:
    """These stay until `until`; how many. Raises RuleBroken."""
    _still_open(review)
    words = check_reason(reason)
    if until <= (db.session.scalar(select(TODAY)) or until):
        raise RuleBroken(N_("Give a day to come."), field="until")
    chosen = select(RetentionItem).where(RetentionItem.review_id == review.id, RetentionItem.id.in_(item_ids))
    items = db.session.scalars(chosen.where(RetentionItem.state == "open").with_for_update()).all()
    if not items:
        raise RuleBroken(N_("Choose the records first."))
    for item in items:
        item.state, item.words = "longer", words
        kept = {"kind": item.kind, "record_id": item.record_id, "until": until, "reason": words}
        db.session.add(KeptLonger(**kept, decided_by_id=by.user_id))
    kinds = sorted({item.kind for item in items})
    after = {"records": len(items), "kinds": kinds, "until": until}
    record_change("kept longer", ("retention_review", review.id), by=by, after=after, reason=words)
    db.session.flush()
    return len(items)


def finish_review(review: RetentionReview, *, by: Viewer, seen: int) -> None:
    """Whoever looked is done: what is still open may go. `seen`: how many that were. Raises RuleBroken."""
    _still_open(review)
    left = _count(review, "open")
    if left != seen:
        raise RuleBroken(N_("The list changed meanwhile: %(number)s are on it now. Look again."), number=left)
    review.reviewed_at, review.reviewed_by_id = clock.now(), by.user_id
    review.status = "reviewed"
    record_change("reviewed", ("retention_review", review.id), by=by, after={"records": left})
    if not setting(SECOND_PERSON) or not left:
        _approve(review, by)


def approve_review(review: RetentionReview, *, by: Viewer) -> None:
    """The second person agrees. Raises RuleBroken for whoever reviewed it."""
    db.session.refresh(review, with_for_update=True)
    if review.status != "reviewed":
        raise RuleBroken(N_("This list does not wait for approval."))
    if review.reviewed_by_id == by.user_id and setting(SECOND_PERSON):
        raise RuleBroken(N_("You reviewed this list yourself: a second person has to approve it."))
    _approve(review, by)


def send_back(review: RetentionReview, *, by: Viewer, reason: str) -> None:
    """The second person does not agree: the list is open again. Raises RuleBroken."""
    db.session.refresh(review, with_for_update=True)
    if review.status != "reviewed" or review.why == "erasure":
        raise RuleBroken(N_("This list does not wait for approval."))
    review.status, review.reviewed_at, review.reviewed_by_id = "open", None, None
    record_change("sent back", ("retention_review", review.id), by=by, reason=check_reason(reason))


def try_again(review: RetentionReview, *, by: Viewer) -> None:
    """Once more what failed. Raises RuleBroken when nothing did."""
    if review.state != "failed":
        raise RuleBroken(N_("This list is not waiting for another try."))
    record_change("tried again", ("retention_review", review.id), by=by)
    ask(review, review.asked)


def ask(review: RetentionReview, what: str) -> None:
    """Ask the worker, and ring."""
    review.asked, review.state, review.tries, review.error, review.lease_until = what, "waiting", 0, None, None
    review.done = review.total = 0
    db.session.flush()
    ring(RETENTION_JOB, review.id, urgent=True)


def _approve(review: RetentionReview, by: Viewer) -> None:
    review.status, review.approved_at, review.approved_by_id = "approved", clock.now(), by.user_id
    open_ones = (RetentionItem.review_id == review.id, RetentionItem.state == "open")
    db.session.execute(update(RetentionItem).where(*open_ones).values(state="approved"))
    record_change("approved", ("retention_review", review.id), by=by, after={"records": _count(review, "approved")})
    ask(review, "dispose")


def _count(review: RetentionReview, state: str) -> int:
    rows = select(func.count()).where(RetentionItem.review_id == review.id, RetentionItem.state == state)
    return db.session.scalar(rows) or 0


def _still_open(review: RetentionReview) -> None:
    db.session.refresh(review, with_for_update=True)
    if review.status != "open":
        raise RuleBroken(N_("This list was reviewed already."))
    if review.state in ("waiting", "running"):
        raise RuleBroken(N_("Wait until the list is made."))
