"""What of a person's messages is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageFilters:
    """Empty: all. `kinds` are templates; `course_id` the course of the training they are about."""

    statuses: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    course_id: int | None = None

    @property
    def active(self) -> int:
        """How many are set."""
        return len(self.statuses) + len(self.channels) + len(self.kinds) + (self.course_id is not None)
