"""Reminders, and what came after them (DSH-3). Figures, not causes: who is reminded differs from who need not be.

Counted are assignments that fell due in the last three months, this one included, and that count (`facts.assignments`).
Reminded: at least one reminder of it was sent to its learner before it was completed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.insight.figures.reading import added, counted, together
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import (
    REMINDED_MONTHS,
    Statement,
    assignments,
    fell_due,
    followed,
    in_time,
    last_reminders,
)
from lmsapp.insight.statistics.rules import Span, months_back

WITHIN = (3, 7, 14)


@dataclass(frozen=True, slots=True)
class Followed:
    """`sent` reminders of `reminded` assignments. `within[d]`: completed within d days after the last; `kept`:
    completed in time. `alone` fell due without a reminder, `alone_kept` of them completed in time."""

    span: Span
    sent: int
    reminded: int
    within: dict[int, int]
    kept: int
    alone: int
    alone_kept: int


def what_followed(asking: Asking) -> Followed:
    """One statement from what is kept, and two from the facts."""
    counts = together(asking, lambda a: counted(a, "reminders"), _followed, added)
    due, in_time_, sent, reminded_, kept, *within = counts
    return Followed(
        span=window(asking),
        sent=sent,
        reminded=reminded_,
        within=dict(zip(WITHIN, within, strict=True)),
        kept=kept,
        alone=due - reminded_,
        alone_kept=in_time_ - kept,
    )


def window(asking: Asking) -> Span:
    """The last three months, to today."""
    months = months_back(asking.today, REMINDED_MONTHS)
    return Span(months[0].first, months[-1].last)


def reminded(asking: Asking, *, only: bool = False) -> tuple[Any, Any]:
    """The assignments with their last reminder beside them; `only` those that have one."""
    reminder = last_reminders(asking.now)
    of_it = (reminder.c.about_id == TrainingAssignment.id) & (reminder.c.employee_id == TrainingAssignment.employee_id)
    return _fell_due(asking, TrainingAssignment.id).join(reminder, of_it, isouter=not only), reminder


def _followed(asking: Asking) -> list[int]:
    """All that fell due, and of it what was reminded of: as `cells.FOLLOWED`."""
    due = db.session.execute(_fell_due(asking, func.count(), func.count().filter(in_time()))).one()
    statement, reminder = reminded(asking, only=True)
    row = db.session.execute(
        statement.with_only_columns(
            func.coalesce(func.sum(reminder.c.n), 0),
            func.count(),
            func.count().filter(in_time()),
            *(func.count().filter(followed(reminder.c.last_at, days)) for days in WITHIN),
        )
    ).one()
    return [*due, int(row[0]), *row[1:]]


def _fell_due(asking: Asking, *columns: Any) -> Statement:
    return assignments(asking, *columns).where(TrainingAssignment.due_on >= window(asking).first, fell_due(asking.now))
