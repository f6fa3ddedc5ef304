"""The worker's part of a look: claimed, done in one transaction, told to HR where it is the month's (HRD-6)."""

from __future__ import annotations

import logging
from typing import Any

from lmsapp.compliance.reconciling.actions import LOOK_JOB, look, note_result
from lmsapp.compliance.reconciling.models import ReconciliationRun
from lmsapp.infra.claims import LostError, sweep, take
from lmsapp.infra.db import unit_of_work
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.roles import Role

log = logging.getLogger(__name__)
MOST_TRIES = 3
TEMPLATE = "reconciliation"


def work_on_look(run_id: int) -> bool:
    """Look at everybody, unless another worker does already. Never raises; a failure is noted on the row."""
    with unit_of_work():
        claim = take(ReconciliationRun, run_id)
    if claim is None:
        return False
    try:
        with unit_of_work():
            look()
            run = claim.run()
            note_result(run)
            run.state, run.lease_until = "ready", None
            if run.month is not None:
                _tell_hr(run)
    except LostError:
        log.warning("reconciliation %s was taken by another worker", run_id)
    except Exception:
        log.exception("reconciliation %s failed", run_id)
        with unit_of_work():
            failed = claim.run()
            failed.state, failed.lease_until = "failed", None
    return True


def sweep_looks() -> None:
    """Free the claims of dead workers and ring again for what waits."""
    sweep(ReconciliationRun, LOOK_JOB, most_tries=MOST_TRIES)


def _tell_hr(run: ReconciliationRun) -> None:
    """Once a month: the key names it."""
    values: dict[str, Any] = {"month": run.month, "rows": sum(run.counts.values())}
    write_letters(
        [
            notice_row(
                key=f"reconciliation/{run.month}/{user.id}/{channel}",
                channel=channel,
                template=TEMPLATE,
                to=recipient_for(user),
                values=values,
                link="/hr/reconciliation",
            )
            for user in holders_of(Role.HR_MANAGER)
            for channel in ("email", "in_app")
        ]
    )
