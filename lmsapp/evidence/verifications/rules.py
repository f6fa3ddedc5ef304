"""How the ledger is, in one word. Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

OVERDUE = dt.timedelta(hours=36)  # one is made every day
LATE = dt.timedelta(minutes=15)  # places are given every second


class Health(StrEnum):
    """From bad to good: what is shown is the first that holds."""

    BROKEN = "broken"  # something does not fit, and nobody has answered for it
    ANSWERED = "answered"  # something does not fit; somebody said why
    STUCK = "stuck"  # events wait for their places
    UNKNOWN = "unknown"  # never verified
    OVERDUE = "overdue"  # not verified for long
    WELL = "well"


def health_of(
    findings: int, unanswered: int, verified_at: dt.datetime | None, waiting_since: dt.datetime | None, now: dt.datetime
) -> Health:
    """`findings` that last, `unanswered` among them; `waiting_since`: of the event that has waited longest."""
    if findings:
        return Health.BROKEN if unanswered else Health.ANSWERED
    if waiting_since is not None and now - waiting_since > LATE:
        return Health.STUCK
    if verified_at is None:
        return Health.UNKNOWN
    return Health.OVERDUE if now - verified_at > OVERDUE else Health.WELL
