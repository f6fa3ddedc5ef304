"""The worker's part: claim a file, read or apply it, say how far it is, keep what came of it (as the roster's)."""

from __future__ import annotations

from functools import partial

from lmsapp.courses.exchange.actions import IMPORT_JOB, apply_run, read_run
from lmsapp.courses.exchange.models import QuestionImport
from lmsapp.courses.exchange.queries import target_of
from lmsapp.infra import tracing
from lmsapp.infra.claims import Claim, refuse_file, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

MOST_TRIES = 3
WORKER_LOST = N_("The worker stopped while working on this file. Nothing was changed. Try again.")
OUR_ERROR = N_("Something went wrong on our side. Nothing was changed. Try again, or tell your administrator.")


def work_on_questions(run_id: int) -> bool:
    """Do what is asked, unless another worker does already. Never raises; a failure is noted on the row."""
    return work(QuestionImport, run_id, _step, our_error=OUR_ERROR, note=partial(refuse_file, first="read"))


def sweep_question_files() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    sweep(QuestionImport, IMPORT_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST)


def _step(claim: Claim[QuestionImport]) -> None:
    """Everything, or nothing: the row says 'ready' in the transaction that did the work."""
    with unit_of_work(), tracing.coming_from(tracing.Origin.IMPORT):
        run = db.session.get_one(QuestionImport, claim.run_id, populate_existing=True)
        with db.session.no_autoflush:
            if claim.asked == "apply":
                apply_run(run, _asker(run), claim)
            else:
                read_run(run, claim)
        held = claim.run()
        held.state, held.lease_until, held.error = "ready", None, None


def _asker(run: QuestionImport) -> Viewer:
    """Whoever asked, as they are now: who lost the right meanwhile adds nothing."""
    viewer = viewer_now(run.asked_by_id)
    allowed = viewer is not None and viewer.may(May.AUTHOR, May.MODERATE) and target_of(viewer, run) is not None
    if viewer is None or not allowed:
        raise RuleBroken(N_("Whoever asked for this may not put questions there any more."))
    return viewer
