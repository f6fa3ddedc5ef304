"""What others may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.assignments.extensions.models import ExtensionRequest
from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class ExtensionAsked(Event):
    """A learner asks for more time. The assignment has its employee and course loaded."""

    request: ExtensionRequest


@dataclass(frozen=True, slots=True)
class ExtensionAnswered(Event):
    """It was granted or declined."""

    request: ExtensionRequest
