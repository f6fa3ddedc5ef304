"""What a beat of the page is worth. Pure and dated (CRS-1, CRS-3).

A beat says what the visit came to so far, never what was added: sent twice, late or in another order it adds nothing.
What it claims is paid from the wall clock of the enrollment, and each second there can be spent once: two tabs on two
lessons earn no more than one. Seconds nobody claimed within a minute are gone, so that a night of waiting buys nothing.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lmsapp.learning.enrollments.rules import FASTEST_PLAY, LONGEST_BEAT, merge_intervals, seen_seconds

LEAST_PAGE_SECONDS = 1  # nobody sees more pages than that in a second
MOST_VISITS = 40  # rows kept for one lesson; later visits are summed in the last of them
MOST_SECONDS = 10_000_000.0  # what a browser may claim before it is nonsense


@dataclass(frozen=True, slots=True)
class Beat:
    """What the page says: the visit's `number`-th beat, active `seconds` in the visit so far, and what was seen in it.

    `seen`: [from, to] seconds of a video, or page numbers of a PDF.
    """

    number: int
    seconds: float
    seen: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Before:
    """What is known before the beat. `last_number`, `credited`, `spent` (seconds of the wall clock) are of the visit;
    `seen` is of the lesson; `counted_until` of the enrollment: the wall clock before it is spent."""

    opened_at: dt.datetime
    counted_until: dt.datetime
    last_number: int = 0
    credited: int = 0
    spent: float = 0
    seen: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Credit:
    """What the beat adds. `seen` is the lesson's from now on, `gained` what of it is new (seconds or pages)."""

    seconds: int
    spent: float
    counted_until: dt.datetime
    seen: list[Any]
    gained: float


def credit_beat(kind: str, length: float, beat: Beat, before: Before, now: dt.datetime) -> Credit:
    """Judge a beat of a lesson of that kind and length (seconds of a video, pages of a PDF)."""
    start = max(before.counted_until, now - dt.timedelta(seconds=LONGEST_BEAT))
    free = (now - start).total_seconds()
    own = (now - before.opened_at).total_seconds() - before.spent
    allowed = max(0.0, min(free, own))
    if beat.number <= before.last_number:
        allowed = 0.0
    seconds = int(max(0.0, min(sane(beat.seconds) - before.credited, allowed)))
    seen, gained, cost = _see(kind, length, beat, before, allowed)
    spent = max(float(seconds), cost)
    return Credit(seconds, spent, start + dt.timedelta(seconds=spent) if spent else before.counted_until, seen, gained)


def sane(seconds: float) -> float:
    """Nothing that is no number, nothing negative, nothing without end."""
    return min(max(0.0, seconds), MOST_SECONDS) if math.isfinite(seconds) else 0.0


def _see(kind: str, length: float, beat: Beat, before: Before, allowed: float) -> tuple[list[Any], float, float]:
    """(seen from now on, how much is new, what it cost of the wall clock)."""
    if kind == "video":
        known = seen_seconds(before.seen)
        seen: list[Any] = merge_intervals(before.seen, beat.seen, length=length, allowed=allowed * FASTEST_PLAY)
        gained = max(0.0, seen_seconds(seen) - known)
        return seen, gained, min(allowed, gained / FASTEST_PLAY)
    if kind == "pdf":
        had = {int(page) for page in before.seen}
        new = sorted({int(page) for page in beat.seen if 1 <= page <= length} - had)[
            : int(allowed / LEAST_PAGE_SECONDS)
        ]
        return sorted(had | set(new)), len(new), float(len(new) * LEAST_PAGE_SECONDS)
    return list(before.seen), 0, 0.0
