"""How handing a message over can end, whichever way it goes (REM-4). No exception: it was taken.

The texts are for staff: fixed words, then perhaps ': ' and what the other side said, so that the fixed part can be
translated where it is shown.
"""

from __future__ import annotations

import datetime as dt

LONGEST_DETAIL = 300
LONGEST_WAIT = dt.timedelta(days=1)  # whatever a Retry-After says


class Refused(Exception):
    """It will never be taken: a bad address, a message the other side does not want."""


class NotNow(Exception):
    """It was not taken, and may work later. `whole`: nothing gets through at present, whoever it is for; `after`: not
    before so long, where the other side said so."""

    def __init__(self, words: str, *, whole: bool = False, after: dt.timedelta | None = None):
        self.whole = whole
        self.after = min(after, LONGEST_WAIT) if after is not None else None
        super().__init__(words)


class Uncertain(Exception):
    """The connection was lost while the message was on its way: nobody knows."""


def told(words: str, detail: object) -> str:
    """Fixed words and what the other side said, on one line and not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(detail)).split())
    return f"{words}: {line[:LONGEST_DETAIL]}" if line else words
