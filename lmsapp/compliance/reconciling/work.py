"""The worker's part of a look: claimed, done in one transaction, told to HR where it is the month's (HRD-6)."""

from __future__ import annotations

from lmsapp.compliance.reconciling.actions import LOOK_JOB, look, note_result
from lmsapp.compliance.reconciling.models import ReconciliationRun
from lmsapp.infra.claims import Claim, sweep, work
from lmsapp.infra.db import unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.notices.staff import tell_each
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.roles import Role

MOST_TRIES = 3
TEMPLATE = "reconciliation"


def work_on_look(run_id: int) -> bool:
    """Look at everybody, unless another worker does already. Never raises; that it failed stands on the row."""
    return work(ReconciliationRun, run_id, _look, our_error="", note=_note)


def _look(claim: Claim[ReconciliationRun]) -> None:
    with unit_of_work():
        look()
        run = claim.run()
        note_result(run)
        run.state, run.lease_until = "ready", None
        if run.month is not None:
            _tell_hr(run)


def _note(run: ReconciliationRun, _broken: RuleBroken) -> None:
    run.state, run.lease_until = "failed", None


def sweep_looks() -> None:
    """Free the claims of dead workers and ring again for what waits."""
    sweep(ReconciliationRun, LOOK_JOB, most_tries=MOST_TRIES)


def _tell_hr(run: ReconciliationRun) -> None:
    """Once a month: the key names it."""
    values = {"month": run.month, "rows": sum(run.counts.values())}
    key = f"reconciliation/{run.month}"
    tell_each(holders_of(Role.HR_MANAGER), TEMPLATE, key, values, "/hr/reconciliation")
