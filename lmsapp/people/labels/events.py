"""What others may hear of labels."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class StatusWordsChanged(Event):
    """`before` and `after` hold what differs, by 'Completed (en)'; an absent label is the standard word."""

    subject: tuple[str, int]
    before: dict[str, str]
    after: dict[str, str]
    by: Viewer | None
    reason: str = ""
