"""Reminders, and what came after them (DSH-3). Figures, not causes: who is reminded differs from who need not be.

Counted are assignments that fell due in the last three months, this one included, and that count (`facts.assignments`).
Reminded: at least one reminder of it was sent to its learner before it was completed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, true

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import REMINDED_MONTHS, assignments, fell_due, followed, in_time, last_reminder
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
    """One statement."""
    statement, reminder = reminded(asking)
    was = reminder.c.last_at.is_not(None)
    row = db.session.execute(
        statement.with_only_columns(
            func.coalesce(func.sum(reminder.c.n).filter(was), 0),
            func.count().filter(was),
            func.count().filter(was, in_time()),
            func.count().filter(~was),
            func.count().filter(~was, in_time()),
            *(func.count().filter(was, followed(reminder.c.last_at, days)) for days in WITHIN),
        )
    ).one()
    return Followed(
        span=window(asking),
        sent=int(row[0]),
        reminded=row[1],
        within=dict(zip(WITHIN, row[5:], strict=True)),
        kept=row[2],
        alone=row[3],
        alone_kept=row[4],
    )


def window(asking: Asking) -> Span:
    """The last three months, to today."""
    months = months_back(asking.today, REMINDED_MONTHS)
    return Span(months[0].first, months[-1].last)


def reminded(asking: Asking, *columns: Any) -> tuple[Any, Any]:
    """The assignments with their last reminder beside them."""
    reminder = last_reminder(asking.now)
    statement = assignments(asking, *(columns or (TrainingAssignment.id,))).where(
        TrainingAssignment.due_on >= window(asking).first, fell_due(asking.now)
    )
    return statement.join(reminder, true()), reminder
