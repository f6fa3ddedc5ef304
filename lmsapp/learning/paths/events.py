"""What others may hear of people on paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PathCompleted(Event):
    """Everything the path asks is completed, just now; `record` is the completion record."""

    enrollment: Any
    record: Any


@dataclass(frozen=True, slots=True)
class PathWithdrawn(Event):
    """Somebody was taken off a path; path and employee are loaded."""

    enrollment: Any
    by: Viewer | None
    reason: str
