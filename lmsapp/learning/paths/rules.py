"""What a person's facts mean on a path. Pure and dated (CRS-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.courses.paths.rules import Asked, Locked, Standing, expires_on, standing


class PathState(StrEnum):
    """A person on a path, in the words of enrollments."""

    NOT_STARTED = "Not Started"
    IN_PROGRESS = "In Progress"
    COMPLETED = "Completed"
    EXPIRED = "Expired"
    WITHDRAWN = "Withdrawn"


@dataclass(frozen=True, slots=True)
class CourseFact:
    """What is known of somebody in one course they are enrolled in. `withdrawn`: they cannot reach it now."""

    enrollment_id: int
    started_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None
    valid_until: dt.date | None = None
    withdrawn: bool = False
    progress: int = 0
    last_active_at: dt.datetime | None = None

    def counts(self, today: dt.date) -> bool:
        """A completion counts while it is valid, its last day included."""
        return self.completed_at is not None and (self.valid_until is None or today <= self.valid_until)

    @property
    def touched(self) -> bool:
        """Begun or completed: a path never locks it again."""
        return self.started_at is not None or self.completed_at is not None


Facts = Mapping[int, CourseFact]


@dataclass(frozen=True, slots=True)
class OnPath:
    """A path held against one person's facts: what it asks of them, and how far they are."""

    asked: Asked
    standing: Standing
    done: frozenset[int]

    @property
    def locked(self) -> Mapping[int, Locked]:
        """What is locked, by course."""
        return self.standing.locked


def on_path(asked: Asked, facts: Facts, closed: Collection[int], today: dt.date) -> OnPath:
    """`facts` by course; `closed`: courses that take no new learners, not asked of who is not enrolled in them."""
    mine = asked.without({one for one in closed if one not in facts})
    done = frozenset(key for key in mine.course_ids if key in facts and facts[key].counts(today))
    held = standing(mine, done)
    open_by_now = {key for key, fact in facts.items() if fact.touched}
    left = {key: why for key, why in held.locked.items() if key not in open_by_now}
    return OnPath(mine, Standing(held.have, held.need, left), done)


def valid_until(asked: Asked, facts: Facts) -> dt.date | None:
    """The last day on which all counted courses are valid; None: no expiry."""
    return expires_on(asked, {key: fact.valid_until for key, fact in facts.items() if fact.completed_at})


def state(*, withdrawn: bool, completed: bool, started: bool, valid_until: dt.date | None, today: dt.date) -> PathState:
    """The state on `today`, a date where the person is."""
    if withdrawn:
        return PathState.WITHDRAWN
    if completed:
        expired = valid_until is not None and today > valid_until
        return PathState.EXPIRED if expired else PathState.COMPLETED
    return PathState.IN_PROGRESS if started else PathState.NOT_STARTED
