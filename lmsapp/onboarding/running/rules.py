"""Who may do what in an onboarding, where it stands, and whether one begins by itself. Pure and dated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.onboarding.templates.rules import Kind, Who

SOON_DAYS = 2  # calendar days before a task is due, its doer hears of it


class TaskState(StrEnum):
    """Kept with the task. WAITING: handed in, HR has not looked at it yet."""

    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"
    WAIVED = "waived"


FINISHED = (TaskState.DONE, TaskState.WAIVED)


class Standing(StrEnum):
    """The one word for an onboarding; spelled the same in code, address and screen."""

    LATE = "Late"
    RUNNING = "Running"
    AHEAD = "Starts later"
    COMPLETED = "Completed"
    CANCELLED = "Cancelled"
    LEFT = "Left"


CLOSED = {"completed": Standing.COMPLETED, "cancelled": Standing.CANCELLED, "left": Standing.LEFT}


class WhyNotStarted(StrEnum):
    """Why nobody began an onboarding by itself."""

    NO_HIRE_DATE = "no hire date"
    HIRED_BEFORE = "hired before"
    SWITCHED_OFF = "switched off"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who is asking, seen from the newcomer: themselves, somebody above them, HR, their HR business partner."""

    own: bool = False
    leads: bool = False
    hr: bool = False
    partner: bool = False


def is_theirs(who: str, doer: Doer) -> bool:
    """Whether the task is one of theirs to do. HR may do any besides, but says why (see `actions`)."""
    return {
        Who.EMPLOYEE: doer.own,
        Who.MANAGER: doer.leads,
        Who.HR: doer.hr,
        Who.PARTNER: doer.partner or doer.hr,
    }[Who(who)]


def may_change(closed_as: str | None, required: bool) -> bool:
    """Whether a task can still change: while the onboarding runs; what is optional, also when it is done."""
    return closed_as is None or (closed_as == "completed" and not required)


def standing(closed_as: str | None, *, late: bool, first_day: dt.date, today: dt.date) -> Standing:
    """Where an onboarding stands on `today`, a date where the newcomer is."""
    if closed_as is not None:
        return CLOSED[closed_as]
    if late:
        return Standing.LATE
    return Standing.AHEAD if first_day > today else Standing.RUNNING


def is_complete(tasks: Iterable[tuple[bool, str]]) -> bool:
    """(required, state) of every task: complete when all that are required are done or waived.

    Where nothing is required, everything counts: an empty promise completes nothing.
    """
    all_tasks = list(tasks)
    asked = [state for required, state in all_tasks if required] or [state for _required, state in all_tasks]
    return bool(asked) and all(state in FINISHED for state in asked)


def why_not_started(
    hired: dt.date | None, *, today: dt.date, window_days: int, switched_on: bool
) -> WhyNotStarted | None:
    """None for a joiner whose onboarding begins by itself."""
    if not switched_on:
        return WhyNotStarted.SWITCHED_OFF
    if hired is None:
        return WhyNotStarted.NO_HIRE_DATE
    return WhyNotStarted.HIRED_BEFORE if hired < today - dt.timedelta(days=window_days) else None


def next_reminder(kind: str, due_on: dt.date, today: dt.date) -> dt.date | None:
    """The next day on which the doer hears of an open task: two days before it is due, and the day after.

    Training is reminded of by its assignments.
    """
    if kind == Kind.TRAINING:
        return None
    days = (due_on - dt.timedelta(days=SOON_DAYS), due_on + dt.timedelta(days=1))
    return next((day for day in days if day > today), None)


def reminder_due(due_on: dt.date, today: dt.date) -> str | None:
    """'late' or 'soon' on `today`, or None when neither."""
    if today > due_on:
        return "late"
    return "soon" if today >= due_on - dt.timedelta(days=SOON_DAYS) else None
