"""The worker's part: claim a run, read, plan or apply it, say how far it is, keep what came of it.

Each step is a transaction of its own. Progress is written beside the one that does the work, so that it shows while
all of it may still be undone. Whatever stops a worker, the lease runs out and the sweep rings again.
"""

from __future__ import annotations

from flask import current_app

from lmsapp.infra.claims import Claim, refuse_file, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May
from lmsapp.people.roster.actions import ROSTER_JOB, apply_run, keep_plan, plan_run, read_run
from lmsapp.people.roster.events import RosterWaits
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.roster.plan import Plan
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

MOST_TRIES = 3
WORKER_LOST = N_("The worker stopped while working on this file. Nothing was changed. Try again.")
OUR_ERROR = N_("Something went wrong on our side. Nothing was changed. Try again, or tell your administrator.")
NEW_FORMAT = N_("These columns are new. Say once which column holds what; later files are then applied by themselves.")
LINES_TO_MEND = N_("%(number)s lines need correcting.")
BY_HAND = N_("Files from the folder are applied by a person, as the settings say.")


def work_on(run_id: int) -> bool:
    """Do what is asked of the run, unless another worker does already. Never raises; a failure is noted on the row."""
    return work(RosterRun, run_id, _step, our_error=OUR_ERROR, note=_note)


def sweep_rosters() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    for run in sweep(RosterRun, ROSTER_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST):
        if run.source == "folder":
            emit(RosterWaits(run))


def _step(claim: Claim[RosterRun]) -> None:
    with unit_of_work():
        STEPS[claim.asked](claim)


def _read(claim: Claim[RosterRun]) -> None:
    """Read; where the columns are known from before, plan at once; from the folder, apply where that is safe."""
    run = db.session.get_one(RosterRun, claim.run_id, populate_existing=True)
    with db.session.no_autoflush:
        table = read_run(run, claim)
        known = run.columns_of_id is not None
        plan = plan_run(run, claim, table) if known else None
    if plan is not None:
        keep_plan(run, plan)
    _finish(claim)
    if run.source == "folder":
        _from_folder(run, plan)


def _plan(claim: Claim[RosterRun]) -> None:
    run = db.session.get_one(RosterRun, claim.run_id, populate_existing=True)
    keep_plan(run, plan_run(run, claim))
    _finish(claim)


def _apply(claim: Claim[RosterRun]) -> None:
    run = db.session.get_one(RosterRun, claim.run_id, populate_existing=True)
    terms, by = run.terms, _asker(run)
    apply_run(run, by, zone=terms["zone"], seen=terms["seen"], leavers_typed=terms["typed"], tell=claim)
    _finish(claim)


STEPS = {"read": _read, "plan": _plan, "apply": _apply}


def _from_folder(run: RosterRun, plan: Plan | None) -> None:
    """Apply by itself what nobody needs to look at; else say why it waits (ORG-5)."""
    if plan is None:
        _wait(run, NEW_FORMAT)
    elif plan.problems:
        _wait(run, LINES_TO_MEND, number=plan.counts["problems"])
    elif plan.doubts:
        first = plan.doubts[0]
        _wait(run, first.message, number=first.number, total=first.total)
    elif plan.changes_something and not setting("roster_apply_by_itself"):
        _wait(run, BY_HAND)
    else:
        apply_run(run, None, zone=current_app.config["TIME_ZONE"], seen=run.fingerprint)


def _wait(run: RosterRun, words: str, **values: int) -> None:
    run.error, run.error_values = words, values
    emit(RosterWaits(run))


def _finish(claim: Claim[RosterRun]) -> None:
    """Raises LostError, and so undoes everything, when the run is another worker's by now."""
    db.session.flush()
    run = claim.run()
    run.state, run.lease_until = "ready", None


def _asker(run: RosterRun) -> Viewer:
    """Whoever asked, as they are now: who lost the right meanwhile changes nobody."""
    viewer = viewer_now(run.asked_by_id) if run.asked_by_id else None
    if viewer is None or not viewer.may(May.KEEP_RECORDS):
        raise RuleBroken(N_("Whoever asked for this may not apply rosters any more."))
    return viewer


def _note(run: RosterRun, broken: RuleBroken) -> None:
    """What stopped it, in words; a plan that aged is made again."""
    refuse_file(run, broken, first="read")
    if run.source == "folder" and run.asked == "read":
        emit(RosterWaits(run))
    elif run.asked == "apply" and broken.message != OUR_ERROR:
        run.state = "ready"
        keep_plan(run, plan_run(run))
