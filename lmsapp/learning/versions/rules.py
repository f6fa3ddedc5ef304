"""What a new version would change for one learner. Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken


class Change(StrEnum):
    """For somebody who goes on in the new version."""

    COMPLETES = "completes"  # what they have done is all the new rule asks
    FURTHER = "further"  # nearer to the end than before
    BACK = "back"  # more left to do than before
    SAME = "same"


def change(before: int, after: int, *, complete: bool) -> Change:
    """From progress to progress, in per cent; `complete`: the new rule would be met."""
    if complete:
        return Change.COMPLETES
    if after == before:
        return Change.SAME
    return Change.FURTHER if after > before else Change.BACK


def check_asked(*, asks_again: bool, due_on: dt.date | None, reason: str, today: dt.date) -> None:
    """Asking people again needs a date that lies ahead, and a reason they will read."""
    if not asks_again:
        return
    if due_on is None or not today < due_on <= today + dt.timedelta(days=3660):
        raise RuleBroken(N_("Choose the date by which it is to be taken again, from tomorrow on."), field="due_on")
    if not reason.strip():
        raise RuleBroken(N_("Say why it is to be taken again; they will read it."), field="reason")
