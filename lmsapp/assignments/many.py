"""The same for many assignments: each is judged by itself, and who cannot is named with the reason (ASG-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lmsapp.assignments.actions import change_due_date, close
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.moving import Move
from lmsapp.assignments.reopening import reopen
from lmsapp.evidence.audit.timeline import last_due_changes
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

# About five seconds of work in a request; what is more is a file's or a rule's business.
AT_ONCE = 2000


@dataclass(slots=True)
class Outcome:
    """`done` in order; `refused` with why not; `before`: the due dates that were, by id."""

    done: list[TrainingAssignment] = field(default_factory=list)
    refused: list[tuple[TrainingAssignment, RuleBroken]] = field(default_factory=list)
    before: dict[int, dt.date] = field(default_factory=dict)


def close_many(assignments: Sequence[TrainingAssignment], closed_as: str, *, by: Viewer, reason: str) -> Outcome:
    """Cancel or exempt. A line manager may cancel what they assigned themselves, and exempts nobody.

    Raises RuleBroken.
    """

    def do(one: TrainingAssignment) -> None:
        own = closed_as == "cancelled" and one.assigned_by_id == by.user_id
        if not (by.may(May.MODERATE) or own):
            raise RuleBroken(N_("Only a moderator can close what somebody else assigned."))
        close(one, closed_as, by=by, reason=reason)

    return _each(assignments, reason, do)


def move_due_many(assignments: Sequence[TrainingAssignment], move: Move, *, by: Viewer, reason: str) -> Outcome:
    """Another due date for each, by the organisation's holidays. Raises RuleBroken for what moves nothing."""
    move.check()
    free = holidays()

    def do(one: TrainingAssignment) -> None:
        change_due_date(one, move.of(one.due_on, free), by=by, reason=reason)

    return _each(assignments, reason, do)


def give_back_many(assignments: Sequence[TrainingAssignment], *, by: Viewer, reason: str) -> Outcome:
    """Undo one's own last move: each to the day it was due on before, as the trail has it, even one that is over.

    Raises RuleBroken.
    """
    moves = last_due_changes([one.id for one in assignments])

    def do(one: TrainingAssignment) -> None:
        move = moves.get(one.id)
        if move is None or move.actor_id != by.user_id or move.after["due_on"] != one.due_on.isoformat():
            raise RuleBroken(N_("Somebody has moved this due date since."))
        change_due_date(one, dt.date.fromisoformat(move.before["due_on"]), by=by, reason=reason, back=True)

    return _each(assignments, reason, do)


def reopen_many(assignments: Sequence[TrainingAssignment], *, by: Viewer, reason: str) -> Outcome:
    """Undo: open again what was cancelled or exempt."""
    return _each(assignments, reason, lambda one: reopen(one, by=by, reason=reason))


def _each(assignments: Sequence[TrainingAssignment], reason: str, do: Callable[[TrainingAssignment], None]) -> Outcome:
    """Every action checks before it changes anything, so that a refusal leaves nothing half done."""
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; the employee will read it."), field="reason")
    outcome = Outcome()
    for one in assignments:
        before = one.due_on
        try:
            do(one)
        except RuleBroken as broken:
            outcome.refused.append((one, broken))
        else:
            outcome.done.append(one)
            outcome.before[one.id] = before
    return outcome
