"""How it went with one person and one course: decided by their names alone, so that every load tells the same story."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from lmsapp.demo.people import Person
from lmsapp.demo.waves import BEGUN, CLOSINGS, DONE, EXTENSIONS, FAILED, LEAVER

# Share of people still late, by days since the due date; older lateness has been chased.
STILL_LATE: Final = ((10, 0.15), (30, 0.09), (60, 0.05), (130, 0.02))
YESTERDAY: Final = -1


@dataclass(frozen=True, slots=True)
class Fate:
    """`last_day` they were active, None: never. `attempts` 0: stopped after `lessons`. `fails`: every attempt did."""

    last_day: int | None
    attempts: int = 0
    lessons: int = 0
    fails: bool = False


def fate_of(person: Person, course: str, on: int, due: int) -> Fate:
    """Assigned on day `on`, due on day `due` (from today, negative is past)."""
    rng = Random(f"fate/{person.name}/{course}")
    key = (person.name, course)
    if key in DONE:
        return Fate(DONE[key], attempts=2 if course == "live-demo-certification" else 1)
    if key in BEGUN:
        return Fate(YESTERDAY - (len(person.name) % 3) * 3, lessons=BEGUN[key]) if BEGUN[key] else Fate(None)
    if key in FAILED:
        return Fate(min(due - 2, YESTERDAY), attempts=3, fails=True)
    if any(one.name == person.name and one.course == course for one in CLOSINGS) or not person.email:
        return Fate(None)
    moved = next((one for one in EXTENSIONS if (one.name, one.course) == key), None)
    if moved:
        return Fate(moved.to - 2, attempts=1) if moved.to < 0 else Fate(moved.on - 1, lessons=rng.randint(1, 3))
    return _open(rng, on, due) if due >= 0 else _past(rng, person, on, due)


def _past(rng: Random, person: Person, on: int, due: int) -> Fate:
    late = next((share for days, share in STILL_LATE if -due <= days), 0.0)
    if rng.random() < late:
        return _unfinished(rng, on, due)
    finished_late = rng.random() < 0.12
    before = int((due - on - 3) * rng.random() ** 1.6)
    day = max(on + 1, min(due + rng.randint(1, 9) if finished_late else due - before, YESTERDAY))
    if person.name == LEAVER[0] and day >= LEAVER[1]:
        return Fate(None)
    return Fate(day, attempts=_attempts(rng) if day - on > 4 else 1)


def _open(rng: Random, on: int, due: int) -> Fate:
    """The nearer the due date, the more have finished."""
    over = min(1.0, max(0.0, -on / (due - on)))
    drawn = rng.random()
    if drawn < 0.75 * over:
        return Fate(min(YESTERDAY, on + 2 + int((-on - 3) * rng.random() ** 0.7)), attempts=1)
    return _unfinished(rng, on, YESTERDAY) if drawn < 0.5 + 0.5 * over else Fate(None)


def _unfinished(rng: Random, on: int, until: int) -> Fate:
    """Begun and left lying, or never begun."""
    if rng.random() < 0.45:
        return Fate(None)
    return Fate(max(on + 1, min(YESTERDAY, until - rng.randrange(0, 12))), lessons=rng.randint(1, 6))


def _attempts(rng: Random) -> int:
    return rng.choices((1, 2, 3), weights=(80, 16, 4))[0]
