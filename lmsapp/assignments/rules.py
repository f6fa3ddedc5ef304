"""What an assignment's status is, and its dates. Pure and dated (ASG-1, ASG-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

MOST_DAYS_BEFORE = 365


class AssignmentStatus(StrEnum):
    """ASG-2, as spelled in code, database, screen and export."""

    PENDING = "Pending"
    IN_PROGRESS = "In Progress"
    COMPLETED = "Completed"
    OVERDUE = "Overdue"
    CANCELLED = "Cancelled"
    EXEMPT = "Exempt"


CLOSED = {
    "cancelled": AssignmentStatus.CANCELLED,
    "left": AssignmentStatus.CANCELLED,
    "withdrawn": AssignmentStatus.CANCELLED,
    "exempt": AssignmentStatus.EXEMPT,
}
OPEN = (AssignmentStatus.PENDING, AssignmentStatus.IN_PROGRESS, AssignmentStatus.OVERDUE)


def status(
    *, started: bool, completed_on: dt.date | None, closed_as: str | None, due_on: dt.date, today: dt.date
) -> AssignmentStatus:
    """The status on `today`, a date where the assignee is: a due date lasts to the end of that day."""
    if completed_on is not None:
        return AssignmentStatus.COMPLETED
    if closed_as is not None:
        return CLOSED[closed_as]
    if today > due_on:
        return AssignmentStatus.OVERDUE
    return AssignmentStatus.IN_PROGRESS if started else AssignmentStatus.PENDING


def display_number(assignment_id: int) -> str:
    """'TA-0012'."""
    return f"TA-{assignment_id:04d}"


def check_due(due_on: dt.date, today: dt.date) -> None:
    """A due date lies in the future, and within ten years."""
    if due_on <= today:
        raise RuleBroken(N_("Choose a due date from tomorrow on."), field="due_on")
    if due_on > today + dt.timedelta(days=3660):
        raise RuleBroken(N_("Choose a due date within the next ten years."), field="due_on")


def checked_days(days_before: Iterable[int]) -> tuple[int, ...]:
    """Reminder days, most first, without doubles. Raises RuleBroken outside 0 to 365."""
    days = tuple(sorted(set(days_before), reverse=True))
    if any(not 0 <= day <= MOST_DAYS_BEFORE for day in days):
        raise RuleBroken(N_("Reminder days lie between 0 and 365 before the due date."), field="days_before")
    return days
