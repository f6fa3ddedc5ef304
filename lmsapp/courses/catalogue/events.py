"""What others may hear of a course's settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PriceChanged(Event):
    """The course has a price, another one, or none any more. Its row is held until commit."""

    course: Any
    by: Viewer | None
