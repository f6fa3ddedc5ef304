"""The worker's part: claim a file, try or apply it, say how far it is, keep what came of it (as the roster's)."""

from __future__ import annotations

import logging

from flask import current_app

from lmsapp.assignments.bulk.actions import BULK_JOB, apply_run, plan_run
from lmsapp.assignments.bulk.models import EnrollmentRun
from lmsapp.infra import tracing
from lmsapp.infra.claims import Claim, LostError, sweep, take
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts.models import User
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

log = logging.getLogger(__name__)

MOST_TRIES = 3
WORKER_LOST = N_("The worker stopped while working on this file. Nothing was changed. Try again.")
OUR_ERROR = N_("Something went wrong on our side. Nothing was changed. Try again, or tell your administrator.")


def work_on_file(run_id: int) -> bool:
    """Do what is asked, unless another worker does already. Never raises; a failure is noted on the row."""
    with unit_of_work():
        claim = take(EnrollmentRun, run_id)
    if claim is None:
        return False
    try:
        with unit_of_work(), tracing.coming_from(tracing.Origin.IMPORT):
            _step(claim)
    except LostError:
        log.warning("enrollment file %s was taken by another worker, or set aside", run_id)
    except RuleBroken as broken:
        _note(claim, broken)
    except Exception:
        log.exception("enrollment file %s: %s failed", run_id, claim.asked)
        _note(claim, RuleBroken(OUR_ERROR))
    return True


def sweep_files_of_enrollments() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    sweep(EnrollmentRun, BULK_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST)


def _step(claim: Claim[EnrollmentRun]) -> None:
    """Everything, or nothing: the row says 'ready' in the transaction that did the work."""
    run = db.session.get_one(EnrollmentRun, claim.run_id, populate_existing=True)
    with db.session.no_autoflush:
        if claim.asked == "apply":
            apply_run(run, _asker(run), claim)
        else:
            plan_run(run, claim)
    held = claim.run()
    held.state, held.lease_until, held.error = "ready", None, None


def _asker(run: EnrollmentRun) -> Viewer:
    """Whoever asked, as they are now: who lost the right meanwhile enrolls nobody."""
    user = db.session.get_one(User, run.asked_by_id)
    viewer = load_viewer(user.id, user.session_epoch, current_app.config["TIME_ZONE"])
    if viewer is None or not viewer.may(May.MODERATE):
        raise RuleBroken(N_("Whoever asked for this may not enroll people any more."))
    return viewer


def _note(claim: Claim[EnrollmentRun], broken: RuleBroken) -> None:
    """What stopped it, in words. A file that cannot be read is refused for good."""
    try:
        with unit_of_work():
            run = claim.run()
            run.error, run.lease_until = broken.message, None
            run.error_values = {name: str(value) for name, value in broken.values.items()}
            run.state = "failed"
            if claim.asked == "plan" and broken.field == "file":
                run.status, run.state = "refused", "ready"
    except LostError:
        log.warning("enrollment file %s was taken by another worker, or set aside", claim.run_id)
