"""What others may hear of the validity of a course."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ValidityChanged(Event):
    """The course has another policy. `held_too`: certifications held now are to follow it, for that `reason`."""

    course: Course
    by: Viewer | None
    held_too: bool
    reason: str
