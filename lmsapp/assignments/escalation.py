"""Telling those above the learner (REM-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lmsapp.assignments.policies.rules import Turn


def rows_for(assignment: Any, turn: Turn) -> list[dict[str, Any]]:
    """What to promise when `turn`, which is not the learner's, has come: rows of `promising.promise_row`.

    `assignment` is a row of the daily job, see `reminders.looked_at`: id, course_id, due_on, source, employee_id, name.
    """
    return []


def rows_for_all(found: Sequence[tuple[Any, Turn]]) -> list[dict[str, Any]]:
    """The same for all of one batch of the daily job (thousands), so that readers are looked up together."""
    return [row for assignment, turn in found for row in rows_for(assignment, turn)]
