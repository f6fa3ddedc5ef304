"""What others may hear of publishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class CoursePublished(Event):
    """The course is open to learners from now on, for the first time or again."""

    course: Any
    by: Viewer | None = None
