"""The worker's part: a chunk of lines at a time, each chunk a transaction (DSH-2). How far it is, the lines say.

Whatever stops the worker, the sweep rings again and the next one does the lines that still wait. Reminders and letters
have keys of their own, so that nothing is sent twice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from lmsapp.assignments.acts.actions import ACT_JOB, KIND
from lmsapp.assignments.acts.doing import do_act
from lmsapp.assignments.acts.events import ActDone
from lmsapp.assignments.acts.models import AssignmentAct, AssignmentActLine
from lmsapp.assignments.acts.queries import results_of
from lmsapp.assignments.acts.rules import NOT_YOURS, ActState, Came, Result, Terms
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.claims import LEASE, Claim, mark_failed, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.events import emit
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.queries import line_of, viewer_now
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

CHUNK = 200
LONGEST_S = 200.0  # in one go; the queue stops a job after 300 s
MOST_TRIES = 30
WORKER_LOST = N_("The worker stopped again and again. What was done stays; try again.")
OUR_ERROR = N_("Something went wrong on our side. What was done stays; try again, or tell your administrator.")
NOT_ANY_MORE = N_("Whoever asked for this leads nobody any more.")
Line = AssignmentActLine


def work_on_act(act_id: int) -> bool:
    """Do it, unless another worker does already. Never raises; a failure is noted on the row, and told."""
    return work(AssignmentAct, act_id, _lines, our_error=OUR_ERROR, note=_note)


def sweep_acts() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    for act in sweep(AssignmentAct, ACT_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST):
        act.finished_at = clock.now()
        emit(ActDone(act))


def _lines(claim: Claim[AssignmentAct]) -> None:
    until = time.monotonic() + LONGEST_S
    left = True
    while left:
        with unit_of_work():
            act = claim.run()  # locked, so that nobody takes it over or calls it off meanwhile
            left = _chunk(act)
            if not left:
                _finish(act)
            elif time.monotonic() > until:
                act.state, act.lease_until, left = ActState.WAITING, None, False
                ring(ACT_JOB, act.id, urgent=True)
            else:
                act.lease_until = clock.now() + LEASE


def _chunk(act: AssignmentAct) -> bool:
    """Whether there was anything to do."""
    waiting = select(Line.id, Line.assignment_id).where(Line.act_id == act.id, Line.result == Result.WAITING)
    lines = {row.assignment_id: row.id for row in db.session.execute(waiting.order_by(Line.id).limit(CHUNK))}
    if lines:
        by = _asker(act)
        came = do_act(Terms.read(act.asked, act.terms), _locked(by, list(lines)), by=by)
        _keep(lines, came)
    return bool(lines)


def _locked(by: Viewer, ids: Sequence[int]) -> Sequence[TrainingAssignment]:
    """Of those, what is of the asker's line still."""
    theirs = (TrainingAssignment.id.in_(ids), TrainingAssignment.employee_id.in_(line_of(by)))
    found = with_all_it_names().where(*theirs).order_by(TrainingAssignment.id)
    locked = found.with_for_update(of=TrainingAssignment).execution_options(populate_existing=True)
    return db.session.scalars(locked).all()


def _keep(lines: Mapping[int, int], came: Mapping[int, Came]) -> None:
    gone = Came(Result.REFUSED, NOT_YOURS)
    rows = [(line_id, came.get(assignment_id, gone)) for assignment_id, line_id in lines.items()]
    told = [
        {"id": line_id, "result": one.result.value, "message": one.message, "values": one.plain()}
        for line_id, one in rows
    ]
    db.session.execute(update(Line), told)  # by their ids


def _finish(act: AssignmentAct) -> None:
    act.state, act.lease_until, act.finished_at, act.error = ActState.READY, None, clock.now(), None
    record_change("act on many done", (KIND, act.id), by=None, after={"what": act.asked, **results_of(act.id)})
    emit(ActDone(act))


def _asker(act: AssignmentAct) -> Viewer:
    """Whoever asked, as they are now: who leads nobody any more reminds nobody."""
    viewer = viewer_now(act.asked_by_id)
    if viewer is None or not viewer.may(May.LEAD):
        raise RuleBroken(NOT_ANY_MORE)
    return viewer


def _note(act: AssignmentAct, broken: RuleBroken) -> None:
    mark_failed(act, broken)
    act.finished_at = clock.now()
    emit(ActDone(act))
