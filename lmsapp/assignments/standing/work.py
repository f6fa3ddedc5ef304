"""Audiences and their rules made true: in the transaction for few people, by the worker for many (CRS-5).

A run is a row. The worker claims it and does it a batch at a time, each batch a transaction that also says how far it
is and renews the lease; whatever stops the worker, the sweep rings again and the next one does what is missing.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Collection
from dataclasses import dataclass, fields

from sqlalchemy import func, select, update

from lmsapp.assignments.standing.applying import Counts, assign_batch, tidy_exceptions, withdraw_batch
from lmsapp.assignments.standing.facts import with_target
from lmsapp.assignments.standing.models import AudienceRun, TrainingRule
from lmsapp.assignments.standing.sizing import size_of
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.claims import run_out
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.infra.words import N_
from lmsapp.people.audiences.models import Audience, AudienceMember
from lmsapp.people.audiences.settling import join_batch, leave_batch, settle_people
from lmsapp.people.viewer import Viewer

log = logging.getLogger(__name__)

RUN_JOB = "audience_run"
LEASE = dt.timedelta(minutes=2)
MOST_TRIES = 30
LONGEST_S = 200.0  # in one go; the queue stops a job after 300 s
FEW = 50  # people whom one request may look at itself
WORKER_LOST = N_("The worker stopped again and again. What was done stays; try again.")
OUR_ERROR = N_("Something went wrong on our side. What was done stays; try again, or tell your administrator.")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to do: of an audience 'leave', 'join'; of a rule 'withdraw', 'withdraw all', 'tidy', 'assign'."""

    kind: str
    id: int


class LostError(Exception):
    """Another worker has the run."""


class LongEnoughError(Exception):
    """The run goes on as a job of its own."""


def ask_run(
    why: str,
    *,
    by: Viewer | None = None,
    audience_id: int | None = None,
    rule_id: int | None = None,
    withdraws: bool = False,
    at_once: bool = True,
) -> AudienceRun:
    """Make it true: at once where few people are concerned, else by the worker. One that waits for the same is it."""
    waits = (AudienceRun.audience_id.is_not_distinct_from(audience_id), AudienceRun.state == "waiting")
    same = (AudienceRun.rule_id.is_not_distinct_from(rule_id), AudienceRun.withdraws.is_(withdraws))
    # Locked, so that no worker begins it before what is being changed here can be seen.
    waiting = select(AudienceRun).where(*waits, *same).limit(1).with_for_update(skip_locked=True)
    there = db.session.scalars(waiting).first()
    if there is not None:
        ring(RUN_JOB, there.id, urgent=True)
        return there
    run = _new_run(why, by, audience_id, rule_id)
    run.withdraws = withdraws
    db.session.flush()
    run.total = size_of(run.audience_id, run.rule_id, withdraws=withdraws)
    if at_once and run.total <= FEW:
        _do_now(run)
    else:
        ring(RUN_JOB, run.id, urgent=True)
    return run


def settle_few(employee_ids: Collection[int], why: str, by: Viewer | None) -> Counts:
    """These people in every audience, and what follows, in this transaction. A run stays where anything changed."""
    moves = settle_people(employee_ids)
    counts = Counts(
        people_joined=sum(len(move.joined) for move in moves), people_left=sum(len(move.left) for move in moves)
    )
    rules = _rules_of(employee_ids, [move.audience_id for move in moves])
    for rule in rules:  # all of it first: a course that goes with a path may be asked for by another rule
        counts += withdraw_batch(rule, employee_ids) + tidy_exceptions(rule, employee_ids)
    for rule in rules:
        counts += assign_batch(rule, 0, employee_ids)[0]
    if counts:
        one = moves[0].audience_id if len(moves) == 1 else None
        run = _new_run(why, by, one, None)
        _add(run, counts)
        run.state, run.finished_at = "ready", clock.now()
    return counts


def work_on(run_id: int) -> bool:
    """Do a run, unless somebody does already. Never raises; a failure is noted on the row."""
    with unit_of_work():
        tries = _claim(run_id)
        parts = parts_of(db.session.get_one(AudienceRun, run_id)) if tries else []
    if not tries:
        return False
    until = time.monotonic() + LONGEST_S
    try:
        for part in parts:
            _work_through(run_id, tries, part, until)
        with unit_of_work():
            _finish(_mine(run_id, tries))
    except LostError:
        log.warning("audience run %s was taken by another worker", run_id)
    except LongEnoughError:
        _go_on_later(run_id, tries)
    except Exception:
        log.exception("audience run %s failed", run_id)
        _fail(run_id, tries)
    return True


def parts_of(run: AudienceRun) -> list[Part]:
    """In order: who leaves and joins, then for each rule what is withdrawn, tidied and assigned."""
    if run.withdraws and run.rule_id is not None:
        return [Part("withdraw all", run.rule_id), Part("tidy", run.rule_id)]
    parts = []
    if run.rule_id is None:
        audiences = select(Audience.id).order_by(Audience.id)
        one = Audience.id == run.audience_id if run.audience_id else Audience.archived_at.is_(None)
        parts = [Part(kind, key) for key in db.session.scalars(audiences.where(one)) for kind in ("leave", "join")]
    rules = select(TrainingRule.id).where(TrainingRule.status == "active").order_by(TrainingRule.id)
    if run.rule_id is not None:
        rules = rules.where(TrainingRule.id == run.rule_id)
    if run.audience_id is not None:
        rules = rules.where(TrainingRule.audience_id == run.audience_id)
    ids = db.session.scalars(rules).all()
    return parts + [Part(kind, key) for kind in ("withdraw", "tidy", "assign") for key in ids]


def sweep_runs() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    dead = select(AudienceRun).where(AudienceRun.state == "running", run_out(AudienceRun.lease_until, LEASE))
    for run in db.session.scalars(dead.with_for_update(skip_locked=True)):
        given_up = run.tries >= MOST_TRIES
        run.state, run.lease_until = ("failed", None) if given_up else ("waiting", None)
        run.error = WORKER_LOST if given_up else ""
    db.session.flush()
    if rings_wait():
        return
    for run_id in db.session.scalars(select(AudienceRun.id).where(AudienceRun.state == "waiting")):
        ring(RUN_JOB, run_id, urgent=True)


def run_daily() -> None:
    """What changed with the day alone: 'hired within', rules that begin today."""
    if db.session.scalar(select(func.count()).select_from(Audience).where(Audience.archived_at.is_(None))):
        ask_run(N_("Every day"), at_once=False)


def step(part: Part, after: int) -> tuple[Counts, int | None]:
    """One batch; and after which id to go on, None when the part is done."""
    if part.kind in ("leave", "join"):
        audience = db.session.get_one(Audience, part.id)
        move = leave_batch(audience) if part.kind == "leave" else join_batch(audience)
        moved = len(move.joined) + len(move.left)
        counts = Counts(moved, people_joined=len(move.joined), people_left=len(move.left))
        return counts, after if moved else None
    rule = _rule(part.id)
    match part.kind:
        case "withdraw" | "withdraw all":
            counts = withdraw_batch(rule, everything=part.kind == "withdraw all")
            return counts, after if counts.looked else None
        case "tidy":
            return tidy_exceptions(rule), None
        case _:
            return assign_batch(rule, after)


def _go_on_later(run_id: int, tries: int) -> None:
    with unit_of_work():
        run = _mine(run_id, tries)
        run.state, run.lease_until = "waiting", None
        ring(RUN_JOB, run_id, urgent=True)


def _work_through(run_id: int, tries: int, part: Part, until: float) -> None:
    after: int | None = 0
    while after is not None:
        if time.monotonic() > until:
            raise LongEnoughError
        with unit_of_work():
            run = _mine(run_id, tries)
            counts, after = step(part, after)
            _add(run, counts)
            run.lease_until = clock.now() + LEASE


def _do_now(run: AudienceRun) -> None:
    for part in parts_of(run):
        after: int | None = 0
        while after is not None:
            counts, after = step(part, after)
            _add(run, counts)
    _finish(run)


def _new_run(why: str, by: Viewer | None, audience_id: int | None, rule_id: int | None) -> AudienceRun:
    run = AudienceRun(why=why, audience_id=audience_id, rule_id=rule_id, state="waiting", withdraws=False)
    run.asked_by_id, run.asked_by_name, run.asked_at = by.user_id if by else None, by.name if by else "", clock.now()
    for name in ("done", "total", "tries", *_COUNTED):
        setattr(run, name, 0)
    db.session.add(run)
    return run


_COUNTED = tuple(one.name for one in fields(Counts) if one.name != "looked")


def _add(run: AudienceRun, counts: Counts) -> None:
    run.done += counts.looked
    for name in _COUNTED:
        setattr(run, name, getattr(run, name) + getattr(counts, name))


def _finish(run: AudienceRun) -> None:
    run.state, run.lease_until, run.finished_at, run.error = "ready", None, clock.now(), ""
    said = {name: getattr(run, name) for name in _COUNTED if getattr(run, name)}
    if said:
        record_change("audiences made true", ("audience_run", run.id), by=None, after={"why": run.why, **said})


def _claim(run_id: int) -> int:
    """How often it was tried, which tells whose claim it is; 0 when somebody else has it."""
    run = db.session.scalar(
        select(AudienceRun).where(AudienceRun.id == run_id, AudienceRun.state == "waiting").with_for_update()
    )
    if run is None:
        return 0
    run.state, run.tries, run.lease_until = "running", run.tries + 1, clock.now() + LEASE
    run.total = run.done + size_of(run.audience_id, run.rule_id, withdraws=run.withdraws)
    return run.tries


def _mine(run_id: int, tries: int) -> AudienceRun:
    mine = (AudienceRun.id == run_id, AudienceRun.state == "running", AudienceRun.tries == tries)
    statement = select(AudienceRun).where(*mine).with_for_update().execution_options(populate_existing=True)
    run = db.session.scalar(statement)
    if run is None:
        raise LostError
    return run


def _fail(run_id: int, tries: int) -> None:
    with unit_of_work():
        mine = (AudienceRun.id == run_id, AudienceRun.state == "running", AudienceRun.tries == tries)
        db.session.execute(update(AudienceRun).where(*mine).values(state="failed", lease_until=None, error=OUR_ERROR))


def _rule(rule_id: int) -> TrainingRule:
    """With what it leads to, as they are now."""
    chosen = with_target().where(TrainingRule.id == rule_id)
    return db.session.scalars(chosen.execution_options(populate_existing=True)).one()


def _rules_of(employee_ids: Collection[int], moved: Collection[int]) -> list[TrainingRule]:
    """Active rules of the audiences these people belong to, or just left."""
    present = select(AudienceMember.audience_id).where(
        AudienceMember.employee_id.in_(employee_ids), AudienceMember.left_at.is_(None)
    )
    rules = with_target().where(
        TrainingRule.status == "active",
        TrainingRule.audience_id.in_(present) | TrainingRule.audience_id.in_(moved),
    )
    return list(db.session.scalars(rules.order_by(TrainingRule.id)))
