"""Telling the next level of somebody's training by hand: it stands in their letter of the day, once (DSH-2, REM-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lmsapp.assignments.escalation.promises import GATHERED, TEMPLATE, ways
from lmsapp.assignments.escalation.queries import Told, told_for
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.rules import ToWhom
from lmsapp.evidence.audit.actions import record_changes
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.outreach.notices.promising import promise_new, promise_row
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.people.viewer import Viewer

CHANNELS = ("email",)  # who has no e-mail address reads it in the product
Came = tuple[str, ...] | RuleBroken  # whose letter it will stand in, () when it does already, or why it does not


def escalate_all(
    assignments: Sequence[TrainingAssignment], to_whom: ToWhom, *, by: Viewer, reason: str
) -> dict[int, Came]:
    """Tell the line manager, the one above or HR of each open one; by id what came of it. Employees are loaded.

    Raises RuleBroken without a reason. Ten statements at most, one more a thousand.
    """
    if not reason.strip():
        raise RuleBroken(N_("Say why; whoever is told will read it."), field="reason")
    told = told_for((one.employee_id, to_whom) for one in assignments)
    came: dict[int, Came] = {}
    rows: dict[int, list[dict[str, Any]]] = {}
    for one in assignments:
        try:
            readers = _readers(one, told.get((one.employee_id, to_whom)), by)
        except RuleBroken as broken:
            came[one.id] = broken
        else:
            rows[one.id] = _rows(one, readers, told[one.employee_id, to_whom], to_whom, by, reason.strip())
    new = set(promise_new([row for of_one in rows.values() for row in of_one]))
    for key, of_one in rows.items():
        came[key] = tuple(dict.fromkeys(row["to_name"] for row in of_one if row["key"] in new))
    done = [("assignment", key) for key, names in came.items() if isinstance(names, tuple) and names]
    record_changes("escalated", [(one, {"to_whom": to_whom.value}) for one in done], by=by, reason=reason.strip())
    return came


def _readers(one: TrainingAssignment, told: Told | None, by: Viewer) -> Sequence[Recipient]:
    """Raises RuleBroken where nobody would hear what they do not know."""
    if one.completed_at is not None or one.closed_as is not None:
        raise RuleBroken(N_("This is not open any more."))
    readers = told.readers if told is not None else ()
    if not readers:
        raise RuleBroken(N_("There is nobody to tell."))
    others = [reader for reader in readers if reader.user_id != by.user_id]
    if not others:
        raise RuleBroken(N_("That would be you. Choose the level above."))
    return others


def _rows(
    one: TrainingAssignment, readers: Sequence[Recipient], told: Told, to_whom: ToWhom, by: Viewer, reason: str
) -> list[dict[str, Any]]:
    key = f"escalation/assignment/{one.id}/by-hand/{clock.today(by.zone)}/{to_whom}"
    why = {
        "policy": "by hand",
        "by": by.name,
        "words": reason,
        "to_whom": to_whom.value,
        "via": told.via.value,
        "because": told.because,
        "due_on": one.due_on.isoformat(),
    }
    return [
        promise_row(
            key=f"{key}/{channel}/{reader.employee_id or 0}-{reader.user_id or 0}",
            channel=channel,
            template=TEMPLATE,
            to=reader,
            about=("assignment", one.id),
            reason=why | ({"because": because} if because else {}),
            link="/team?due=late",
            mandatory=True,
            gathered=channel in GATHERED,
        )
        for reader in readers
        for channel, because in ways(CHANNELS, reader)
    ]
