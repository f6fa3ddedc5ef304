"""A change that the audit trail must name, told by areas that stand below the trail or beside it (EVD-3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Changed(Event):
    """`action` in words ('discarded'); `subject` is (kind, id). Never put a password, token or link into it."""

    action: str
    subject: tuple[str, int]
    by: Viewer | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
