"""What others may hear of settings."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.people.settings.rules import Value
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class SettingsChanged(Event):
    """`before` and `after` hold the settings that differ, by name."""

    before: dict[str, Value]
    after: dict[str, Value]
    by: Viewer | None
    reason: str = ""
