"""What others may hear of the organisation's shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class DepartmentChanged(Event):
    """`action` in words ('department created'); `before` and `after` hold what differs."""

    department_id: int
    action: str
    by: Viewer | None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueChanged(Event):
    """A word was added, retired, brought back or removed; `kind` is one of rules.Kind."""

    value_id: int
    kind: str
    action: str
    by: Viewer | None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueRenamed(Event):
    """The word `before` is now `after`, on `people` employees; `merged` when `after` was a word before.

    Who keeps such words elsewhere follows by this event.
    """

    value_id: int
    kind: str
    before: str
    after: str
    people: int
    by: Viewer | None
    merged: bool = False


@dataclass(frozen=True, slots=True)
class DepartmentMerged(Event):
    """Everything of `department_id`, which is gone or archived, is in `into_id`: who keeps such ids follows by this.

    It is told before the department goes, so that rows that name it can let go first.
    """

    department_id: int
    into_id: int
    by: Viewer | None
