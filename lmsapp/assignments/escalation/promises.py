"""What is promised to managers and HR when a step of a policy is reached (REM-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from lmsapp.assignments.escalation.queries import Told, told_for
from lmsapp.assignments.policies.rules import Step, Turn
from lmsapp.infra.words import N_
from lmsapp.outreach.notices.promising import promise_row
from lmsapp.outreach.notices.recipient import Recipient

TEMPLATE = "escalation"
GATHERED = frozenset({"email", "in_app"})
NO_EMAIL = N_("no e-mail address on file")
START = "/team?due=late"  # the digest and the words at sending say better


class Assigned(Protocol):
    """What of an assignment is asked for: the row itself or columns of it."""

    @property
    def id(self) -> int: ...
    @property
    def employee_id(self) -> int: ...
    @property
    def due_on(self) -> dt.date: ...


def rows_for(assignment: Assigned, turn: Turn) -> list[dict[str, Any]]:
    """As `rows_for_all`, for one."""
    return rows_for_all([(assignment, turn)])


def rows_for_all(asked: Sequence[tuple[Assigned, Turn]]) -> list[dict[str, Any]]:
    """For turns whose reader is not the learner: the rows to promise. At most six statements, however many."""
    told = told_for((one.employee_id, turn.step.to_whom) for one, turn in asked)
    return [row for one, turn in asked for row in _rows(one, turn, told[one.employee_id, turn.step.to_whom])]


def _rows(one: Assigned, turn: Turn, told: Told) -> list[dict[str, Any]]:
    why = {"policy": TEMPLATE, "moment": turn.step.moment.value, "days": turn.step.days, "nth": turn.nth}
    if turn.step.every:
        why["days"] = turn.step.days + turn.nth * turn.step.every
    key = f"escalation/assignment/{one.id}/{one.due_on}/{turn.offset}/{turn.step.to_whom}"
    return list(rows_to(told, turn.step, TEMPLATE, key, one, why))


def rows_to(
    told: Told, step: Step, template: str, key: str, one: Assigned, why: dict[str, Any]
) -> Iterable[dict[str, Any]]:
    """To every reader by every channel of the step. `key` without its channel; `why` says which step it is."""
    for reader in told.readers:
        for channel, because in ways(step.channels, reader):
            yield promise_row(
                key=f"{key}/{channel}" + (f"/{reader.user_id}" if len(told.readers) > 1 else ""),
                channel=channel,
                template=template,
                to=reader,
                about=("assignment", one.id),
                reason={
                    **why,
                    "to_whom": step.to_whom.value,
                    "via": told.via.value,
                    "because": because or told.because,
                    "due_on": one.due_on.isoformat(),
                },
                link=START,
                mandatory=step.mandatory,
                gathered=channel in GATHERED,
            )


def ways(channels: Sequence[str], reader: Recipient) -> list[tuple[str, str]]:
    """Channels with why it is not the one the step names: who has no e-mail address reads it in the product."""
    ways: dict[str, str] = {}
    for channel in channels:
        if channel == "email" and not reader.address and reader.user_id is not None:
            ways.setdefault("in_app", NO_EMAIL)
        elif channel != "in_app" or reader.user_id is not None:
            ways.setdefault(channel, "")
    return list(ways.items())
