"""What others may hear of evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class EvaluationDecided(Event):
    """A verdict was given; enrollment with course and employee loaded."""

    evaluation: Any
    by: Any
