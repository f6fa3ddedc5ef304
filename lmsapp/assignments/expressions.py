"""The SQL twin of `rules.status`, for filters and counts. A test holds both against each other over a grid of dates.

`due_at` is the first instant after the due date where the assignee is, so `due_at <= now` says the same as
`today > due_on` there.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BindParameter, ColumnElement, and_, case, false, literal

from lmsapp.assignments.models import TrainingAssignment as Assignment
from lmsapp.assignments.rules import CLOSED, AssignmentStatus

Instant = dt.datetime | BindParameter[dt.datetime]


def is_open() -> ColumnElement[bool]:
    """Pending, In Progress or Overdue. Spelled as the partial indexes are."""
    return and_(Assignment.completed_at.is_(None), Assignment.closed_as.is_(None))


def is_status(wanted: AssignmentStatus, now: Instant) -> ColumnElement[bool]:
    """Whether an assignment has that status at `now`."""
    match wanted:
        case AssignmentStatus.COMPLETED:
            return Assignment.completed_at.is_not(None)
        case AssignmentStatus.OVERDUE:
            return and_(is_open(), Assignment.due_at <= now)
        case AssignmentStatus.IN_PROGRESS:
            return and_(is_open(), Assignment.due_at > now, Assignment.started_at.is_not(None))
        case AssignmentStatus.PENDING:
            return and_(is_open(), Assignment.due_at > now, Assignment.started_at.is_(None))
    words = [closed_as for closed_as, status in CLOSED.items() if status is wanted]
    return and_(Assignment.completed_at.is_(None), Assignment.closed_as.in_(words)) if words else false()


def status_at(now: Instant) -> ColumnElement[str]:
    """The status at `now` as a text column."""
    return case(
        *((is_status(status, now), literal(status.value)) for status in AssignmentStatus),
        else_=literal(AssignmentStatus.PENDING.value),
    )
