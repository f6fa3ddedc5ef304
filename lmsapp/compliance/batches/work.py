"""Doing a batch: in the request where it is small, by the worker a chunk at a time (HRD-2, HRD-4).

Each chunk is a transaction that also says how far it is and renews the lease; whatever stops the worker, the sweep
rings again and the next one does the lines that still wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from lmsapp.compliance.batches.actions import BATCH_JOB, ring_for
from lmsapp.compliance.batches.lines import do_line
from lmsapp.compliance.batches.models import ComplianceBatch, ComplianceBatchLine
from lmsapp.compliance.ledger.duties import BATCH, Moves, live_rules, settle_type
from lmsapp.compliance.ledger.following import note_moves
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.claims import LEASE, Claim, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

AT_ONCE = 50  # lines a request does itself: about a second
CHUNK = 25
LONGEST_S = 200.0  # in one go; the queue stops a job after 300 s
MOST_TRIES = 30
WORKER_LOST = N_("The worker stopped again and again. What was done stays; try again.")
OUR_ERROR = N_("Something went wrong on our side. What was done stays; try again, or tell your administrator.")
NOT_ANY_MORE = N_("Whoever asked for this may not keep records any more.")


def begin(batch: ComplianceBatch, by: Viewer) -> ComplianceBatch:
    """Do it now, or ring for the worker."""
    if batch.total > AT_ONCE:
        ring_for(batch)
        return batch
    for line in _waiting(batch.id, AT_ONCE):
        do_line(batch, line, by)
    _finish(batch)
    return batch


def try_again(batch: ComplianceBatch, by: Viewer) -> None:
    """What failed for a reason of ours is asked for once more; done lines stay done. Raises RuleBroken."""
    if batch.state != "failed":
        raise RuleBroken(N_("This has not failed."))
    batch.state, batch.error, batch.tries = "waiting", None, 0
    record_change("batch asked", ("compliance_batch", batch.id), by=by, after={"what": batch.asked, "again": True})
    ring_for(batch)


def work_on(batch_id: int) -> bool:
    """Do a batch, unless another worker does already. Never raises; a failure is noted on the row."""
    return work(ComplianceBatch, batch_id, _do, our_error=OUR_ERROR)


def _do(claim: Claim[ComplianceBatch]) -> None:
    if claim.asked == "settle":
        _settle(claim)
    else:
        _lines(claim)


def sweep_batches() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    sweep(ComplianceBatch, BATCH_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST)


def _lines(claim: Claim[ComplianceBatch]) -> None:
    until = time.monotonic() + LONGEST_S
    left = True
    while left:
        with _chunk(claim) as batch:
            by = _asker(batch)
            lines = _waiting(batch.id, CHUNK)
            for line in lines:
                do_line(batch, line, by)
            left = bool(lines)
            batch.total, batch.done = _counted(batch.id)  # a claim begins with nothing
            if not left:
                _finish(batch)
            elif time.monotonic() > until:
                batch.state, batch.lease_until, left = "waiting", None, False
                ring(BATCH_JOB, batch.id, urgent=True)


def _settle(claim: Claim[ComplianceBatch]) -> None:
    with _chunk(claim) as batch:
        types = [batch.type_id] if batch.type_id is not None else list(live_rules())
        batch.total = len(types)
    for place, type_id in enumerate(types, start=1):
        total, moves = Moves(), Moves(1)
        while moves:
            with _chunk(claim) as batch:
                moves = settle_type(type_id, BATCH)
                total += moves
                batch.done = place - 1
                if not moves:
                    note_moves(type_id, total, batch.terms["why"], None)
    with _chunk(claim) as batch:
        _finish(batch)


@contextmanager
def _chunk(claim: Claim[ComplianceBatch]) -> Iterator[ComplianceBatch]:
    """A transaction of ours: the row is locked, so that nobody takes it over meanwhile. Raises LostError."""
    with unit_of_work():
        batch = claim.run()
        yield batch
        if batch.state == "running":
            batch.lease_until = clock.now() + LEASE


def _finish(batch: ComplianceBatch) -> None:
    batch.state, batch.lease_until, batch.finished_at, batch.done = "ready", None, clock.now(), batch.total
    db.session.flush()
    if batch.asked == "settle":
        return
    lines = ComplianceBatchLine
    rows = select(lines.state, func.count()).where(lines.batch_id == batch.id).group_by(lines.state)
    after: dict[str, object] = {row[0]: row[1] for row in db.session.execute(rows)}
    record_change("batch done", ("compliance_batch", batch.id), by=None, after={"what": batch.asked, **after})


def _waiting(batch_id: int, most: int) -> list[ComplianceBatchLine]:
    lines = ComplianceBatchLine
    found = select(lines).where(lines.batch_id == batch_id, lines.state == "waiting").order_by(lines.id).limit(most)
    return list(db.session.scalars(found))


def _counted(batch_id: int) -> tuple[int, int]:
    """How many lines, and how many of them have their result."""
    lines = ComplianceBatchLine
    db.session.flush()
    done = func.count().filter(lines.state != "waiting")
    row = db.session.execute(select(func.count(), done).where(lines.batch_id == batch_id)).one()
    return row[0], row[1]


def _asker(batch: ComplianceBatch) -> Viewer:
    """Whoever asked, as they are now: who lost the right meanwhile files nothing more."""
    viewer = viewer_now(batch.asked_by_id) if batch.asked_by_id else None
    if viewer is None or not viewer.may(May.KEEP_RECORDS):
        raise RuleBroken(NOT_ANY_MORE)
    return viewer
