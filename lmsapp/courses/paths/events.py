"""What others may hear of paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PathPublished(Event):
    """What the path asks is `version` from now on."""

    path: Any
    by: Viewer | None = None
