"""What the page of a lesson sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.learning.engagement.actions import note_activity, open_page
from lmsapp.learning.engagement.rules import Beat
from lmsapp.learning.enrollments.models import Enrollment


@dataclass
class Visit:
    """An open page of a lesson; `send` says what the visit came to so far."""

    enrollment: Enrollment
    lesson: LessonLine
    number: int = field(init=False)
    beats: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.number = open_page(self.enrollment, self.lesson)

    def send(self, seconds: float, seen: Sequence[Any] = ()) -> bool:
        return note_activity(self.enrollment, self.lesson, self.number, Beat(next(self.beats), seconds, seen))
