"""Asking for it to be done to many, calling it off, asking again, forgetting what came of each (DSH-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import BigInteger, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from lmsapp.assignments.acts.models import AssignmentAct, AssignmentActLine
from lmsapp.assignments.acts.rules import KEPT_DAYS, MOST, OPEN, Act, ActState, Terms, digest_of
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

ACT_JOB = "assignment act"
KIND = "assignment_act"


def ask_act(terms: Terms, ids: Sequence[int], *, by: Viewer) -> AssignmentAct:
    """The worker does it. `ids`: of assignments `by` may act on. The same asked for while it is being done: the row
    that is there. Raises RuleBroken."""
    if not ids:
        raise RuleBroken(N_("There is nothing to do here."))
    if len(ids) > MOST:
        raise RuleBroken(N_("At most %(most)s at once. Narrow the filters."), most=MOST)
    if terms.act in (Act.EXTEND, Act.ESCALATE) and not terms.reason.strip():
        raise RuleBroken(N_("Say why."), field="reason")
    same, kept = digest_of(terms, ids), terms.kept()
    row = {"asked": terms.act.value, "terms": kept, "same": same, "asked_by_id": by.user_id, "asked_by_name": by.name}
    promise = insert(AssignmentAct).values(**row, lines=len(ids)).on_conflict_do_nothing().returning(AssignmentAct)
    act = db.session.scalars(promise).one_or_none()
    if act is None:
        mine = (AssignmentAct.asked_by_id == by.user_id, AssignmentAct.same == same, AssignmentAct.state.in_(OPEN))
        return db.session.scalars(select(AssignmentAct).where(*mine)).one()
    each = select(literal(act.id), func.unnest(cast(sorted(ids), ARRAY(BigInteger))))
    db.session.execute(insert(AssignmentActLine).from_select(["act_id", "assignment_id"], each, include_defaults=False))
    record_change("act on many asked", (KIND, act.id), by=by, after={"what": act.asked, "lines": len(ids), **kept})
    ring(ACT_JOB, act.id, urgent=True)
    return act


def cancel_act(act: AssignmentAct, *, by: Viewer) -> None:
    """Not any more; what was done stays done."""
    db.session.refresh(act, with_for_update=True)
    if act.state not in OPEN:
        return
    act.state, act.lease_until, act.finished_at = ActState.CANCELLED, None, clock.now()
    record_change("act on many called off", (KIND, act.id), by=by, after={"what": act.asked, "lines": act.lines})


def try_again(act: AssignmentAct, *, by: Viewer) -> None:
    """What failed on our side, or was called off, goes on where it stopped. Raises RuleBroken."""
    db.session.refresh(act, with_for_update=True)
    if act.state not in (ActState.FAILED, ActState.CANCELLED):
        raise RuleBroken(N_("There is nothing to go on with."))
    others = select(AssignmentAct.id).where(
        AssignmentAct.asked_by_id == act.asked_by_id, AssignmentAct.same == act.same, AssignmentAct.state.in_(OPEN)
    )
    if db.session.scalar(others) is not None:
        raise RuleBroken(N_("The same is being done already."))
    act.state, act.tries, act.error, act.finished_at = ActState.WAITING, 0, None, None
    record_change("act on many asked again", (KIND, act.id), by=by, after={"what": act.asked, "lines": act.lines})
    ring(ACT_JOB, act.id, urgent=True)


def forget_acts() -> None:
    """What came of each is kept for KEPT_DAYS; that it was done stays on the trail."""
    until = clock.now() - dt.timedelta(days=KEPT_DAYS)
    db.session.execute(delete(AssignmentAct).where(AssignmentAct.finished_at < until, AssignmentAct.state.not_in(OPEN)))
