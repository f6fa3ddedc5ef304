"""Promising a PDF, claiming the work, keeping the result (EVD-7)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.seals.events import FileGivenUp, FileSealed
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.seals.rules import SealStatus
from lmsapp.evidence.seals.testimony import SEALED_FILES
from lmsapp.infra import clock, files
from lmsapp.infra.backoff import LEASE, WAITS, wait_after
from lmsapp.infra.claims import run_out, too_far
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SEAL_JOB = "seal"
WORKER_LOST = N_("The worker stopped while making this PDF.")
RINGS_A_SWEEP = 500


def promise_file(
    kind: str, subject_id: int, *, employee_id: int | None, title: str, language: str = "en"
) -> SealedFile:
    """Promise the PDF of (kind, subject), once: asked again, the row that is there is answered."""
    promise = insert(SealedFile).values(
        kind=kind, subject_id=subject_id, employee_id=employee_id, title=title, language=language
    )
    new = db.session.scalars(
        promise.on_conflict_do_nothing(index_elements=["kind", "subject_id"]).returning(SealedFile)
    ).one_or_none()
    if new is not None:
        ring(SEAL_JOB, new.id, urgent=True)
        return new
    return db.session.scalars(
        select(SealedFile)
        .where(SealedFile.kind == kind, SealedFile.subject_id == subject_id)
        .options(joinedload(SealedFile.file))
    ).one()


def claim_file() -> SealedFile | None:
    """Take the newest promise that is due: whoever just finished a course waits seconds, whatever backlog there is."""
    due = (
        select(SealedFile.id)
        .where(SealedFile.status == SealStatus.WAITING, SealedFile.next_try_at <= clock.now())
        .order_by(SealedFile.id.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(SealedFile)
        .where(SealedFile.id == due.scalar_subquery())
        .values(status=SealStatus.RUNNING, lease_until=clock.now() + LEASE, tries=SealedFile.tries + 1)
        .returning(SealedFile)
    )
    return db.session.scalars(taken, execution_options={"populate_existing": True}).one_or_none()


def mark_sealed(sealed_id: int, pdf: bytes, *, tries: int) -> SealedFile | None:
    """Keep the signed PDF. None when the claim (its `tries` at the time) was lost to another worker meanwhile."""
    sealed = _claimed(sealed_id, tries)
    if sealed is None:
        return None
    sealed.file = files.store(pdf, name=f"{sealed.kind}-{sealed.subject_id}.pdf", media_type="application/pdf")
    sealed.status, sealed.ready_at = SealStatus.READY, clock.now()
    sealed.lease_until = sealed.error = None
    db.session.flush()
    attest(SEALED_FILES, sealed, "sealed", evidence=[sealed.file.sha256])
    emit(FileSealed(sealed))
    return sealed


def mark_failed(sealed_id: int, words: str, *, tries: int) -> None:
    """Note what went wrong; try again later, or after the last try leave it to a person."""
    sealed = _claimed(sealed_id, tries)
    if sealed is not None:
        _put_back(sealed, words)


def retry_file(sealed_id: int, by: Viewer) -> SealedFile | None:
    """Begin again with a PDF that failed; None when there is none. Raises RuleBroken when it is not in that state."""
    if not by.may(May.CONFIGURE, May.MODERATE, May.KEEP_RECORDS):
        raise NotAllowed(N_("Only staff can ask for this PDF again."))
    sealed = db.session.scalar(select(SealedFile).where(SealedFile.id == sealed_id).with_for_update())
    if sealed is None:
        return None
    if sealed.status != SealStatus.FAILED:
        raise RuleBroken(N_("This PDF is not waiting for another try."))
    sealed.status, sealed.tries, sealed.next_try_at = SealStatus.WAITING, 0, clock.now()
    before, after = {"status": SealStatus.FAILED.value}, {"status": SealStatus.WAITING.value, "title": sealed.title}
    record_change("made again", (sealed.kind, sealed.subject_id), by=by, before=before, after=after)
    ring(SEAL_JOB, sealed.id)
    return sealed


def sweep_files() -> None:
    """Free the claims of dead workers and ring again for everything that is due."""
    dead = select(SealedFile).where(SealedFile.status == SealStatus.RUNNING, run_out(SealedFile.lease_until, LEASE))
    for sealed in db.session.scalars(dead.with_for_update(skip_locked=True)):
        _put_back(sealed, WORKER_LOST, now=True)
    waits = SealedFile.status == SealStatus.WAITING, too_far(SealedFile.next_try_at, WAITS[-1])
    db.session.execute(update(SealedFile).where(*waits).values(next_try_at=clock.now()))
    db.session.flush()
    if rings_wait():
        return
    due = select(SealedFile.id).where(SealedFile.status == SealStatus.WAITING, SealedFile.next_try_at <= clock.now())
    for sealed_id in db.session.scalars(due.order_by(SealedFile.id.desc()).limit(RINGS_A_SWEEP)):
        ring(SEAL_JOB, sealed_id)


def _claimed(sealed_id: int, tries: int) -> SealedFile | None:
    return db.session.scalar(
        select(SealedFile)
        .where(SealedFile.id == sealed_id, SealedFile.status == SealStatus.RUNNING, SealedFile.tries == tries)
        .with_for_update()
    )


def _put_back(sealed: SealedFile, words: str, *, now: bool = False) -> None:
    wait = wait_after(sealed.tries)
    sealed.error, sealed.lease_until = words, None
    sealed.status = SealStatus.WAITING if wait else SealStatus.FAILED
    sealed.next_try_at = clock.now() + (dt.timedelta() if now or wait is None else wait)
    if wait is None:
        emit(FileGivenUp(sealed))
