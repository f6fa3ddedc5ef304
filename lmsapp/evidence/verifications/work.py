"""The worker's part: seal what is new, look at everything, keep what was seen; each a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence

from lmsapp.evidence.ledger.sources import Sources
from lmsapp.evidence.ledger.verification import Tell, Verdict, verify
from lmsapp.evidence.sealed_tables.actions import seal_tables
from lmsapp.evidence.sealed_tables.rules import Sealed
from lmsapp.evidence.verifications.actions import VERIFY_JOB, keep_verdict
from lmsapp.evidence.verifications.events import VerificationFailed
from lmsapp.evidence.verifications.models import LedgerVerification, VerificationRun
from lmsapp.infra import clock
from lmsapp.infra.claims import Claim, mark_failed, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken

MOST_TRIES = 3
WORKER_LOST = N_("The worker stopped while verifying. Nothing is known about the ledger from this try.")
OUR_ERROR = N_("The ledger could not be verified, because something went wrong on our side. Tell your administrator.")


def verify_now(
    sources: Sources,
    sealed: Sequence[Sealed],
    *,
    how: str,
    files: bool = True,
    by_id: int | None = None,
    by_name: str = "",
    tell: Tell | None = None,
    processes: int = 2,
) -> tuple[Verdict, LedgerVerification]:
    """Seal, verify, keep. Raises what `verify` does.

    `processes`: more than one only where no other thread runs, since they are forked.
    """
    began = clock.now()
    seal_all(sealed)
    verdict = verify(sources, sealed, files=files, tell=tell, processes=processes)
    with unit_of_work():
        return verdict, keep_verdict(verdict, how=how, began_at=began, by_id=by_id, by_name=by_name)


def seal_all(sealed: Sequence[Sealed]) -> None:
    """Stretch by stretch, each committed by itself."""
    more = 1
    while more:
        with unit_of_work():
            more = seal_tables(sealed)


def work_on_verification(run_id: int, sources: Sources, sealed: Sequence[Sealed]) -> bool:
    """Do what is asked, unless another worker does already. Never raises; a failure is noted on the row and told."""
    return work(VerificationRun, run_id, lambda claim: _verify(claim, sources, sealed), our_error=OUR_ERROR, note=_note)


def _verify(claim: Claim[VerificationRun], sources: Sources, sealed: Sequence[Sealed]) -> None:
    with unit_of_work():
        run = db.session.get_one(VerificationRun, claim.run_id, populate_existing=True)
        how, files, by_id, by_name = run.how, run.with_files, run.asked_by_id, run.asked_by_name
    # A worker has threads of its own, and a fork of it may wait for a lock that one of them held: alone it is slower by
    # half, and comes to its end.
    _verdict, kept = verify_now(
        sources, sealed, how=how, files=files, by_id=by_id, by_name=by_name, tell=claim, processes=1
    )
    with unit_of_work():
        run = claim.run()
        run.state, run.lease_until, run.verification_id = "ready", None, kept.id


def sweep_verifications() -> None:
    """Free the claims of dead workers and ring again for what waits."""
    for run in sweep(VerificationRun, VERIFY_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST, urgent=False):
        emit(VerificationFailed(run))


def _note(run: VerificationRun, broken: RuleBroken) -> None:
    mark_failed(run, broken)
    emit(VerificationFailed(run))
