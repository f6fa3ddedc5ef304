"""What others may hear of assignments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class TrainingAssigned(Event):
    """A new assignment, its employee and course loaded."""

    assignment: Any


@dataclass(frozen=True, slots=True)
class AssignmentCompleted(Event):
    """The assignment was completed just now."""

    assignment: Any


@dataclass(frozen=True, slots=True)
class AssignmentClosed(Event):
    """Cancelled or exempt just now."""

    assignment: Any


@dataclass(frozen=True, slots=True)
class AssignmentOverdue(Event):
    """The due date has passed without completion; heard once per due date."""

    assignment: Any
