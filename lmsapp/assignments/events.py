"""What others may hear of assignments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class TrainingAssigned(Event):
    """A new assignment, its employee and course loaded."""

    assignment: Any


@dataclass(frozen=True, slots=True)
class PathAssigned(Event):
    """A learning path was assigned to `employees`. `due_on` and `rows` (ids of path enrollments) by employee's id;
    `courses`: how many it has."""

    path: Any
    employees: Sequence[Any]
    due_on: Mapping[int, dt.date]
    rows: Mapping[int, int]
    courses: int
    source: str
    note: str


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
