"""What a letter says of an assignment (DSH-1). Pure: `working_out` says it in SQL, and a test holds them together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from lmsapp.assignments.rules import AssignmentStatus as Status

EXPIRING_DAYS = 60
STILL = dt.timedelta(hours=48)
# Due within so many days from now, each window without the one before it; a due date lasts to the end of its day.
DAYS = (7, 14, 30)
WEEK, FORTNIGHT, MONTH, ELSEWHEN = range(4)
WINDOWS = {"7": (WEEK,), "14": (WEEK, FORTNIGHT), "30": (WEEK, FORTNIGHT, MONTH)}
FIRST = ord("0")


@dataclass(frozen=True, slots=True)
class Kind:
    """`still`: in progress and stands still. `ending`: completed, and its certificate ends soon. `begun` says nothing
    of what is completed."""

    status: Status
    begun: bool = False
    still: bool = False
    ending: bool = False


KINDS = (
    Kind(Status.PENDING),
    Kind(Status.IN_PROGRESS, begun=True),
    Kind(Status.IN_PROGRESS, begun=True, still=True),
    Kind(Status.OVERDUE),
    Kind(Status.OVERDUE, begun=True),
    Kind(Status.EXEMPT),
    Kind(Status.EXEMPT, begun=True),
    Kind(Status.CANCELLED),
    Kind(Status.CANCELLED, begun=True),
    Kind(Status.COMPLETED),
    Kind(Status.COMPLETED, ending=True),
)
PENDING, GOING, STANDING, OVERDUE, _, EXEMPT, _, CANCELLED, _, COMPLETED, ENDING = range(len(KINDS))
QUIET = 4 * COMPLETED + ELSEWHEN  # has no letter


@dataclass(frozen=True, slots=True)
class Letter:
    """`window`: see WINDOWS; of what is overdue always ELSEWHEN."""

    kind: Kind
    window: int

    def due(self, name: str) -> bool:
        """Whether that choice of due dates holds it: 'late', one of WINDOWS, or '' for all."""
        if name == "late":
            return self.kind.status is Status.OVERDUE
        return not name or self.window in WINDOWS[name]


LETTERS = {
    FIRST + 4 * place + window: Letter(kind, window) for place, kind in enumerate(KINDS) for window in range(4)
}  # of a byte


def those(wanted: Callable[[Letter], bool]) -> bytes:
    """All letters of which that is true."""
    return bytes(byte for byte, letter in LETTERS.items() if wanted(letter))
