"""Who is meant by a round, by when joiners sign, when reminders are due (ORG-7). Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

SOURCE = "policy round"
REMIND_DAYS = (7, 1)  # before the due date, one letter each
JOINER_DAYS = 14


class AskedState(StrEnum):
    """How it stands with one person who was asked. `DUE` is open and not late."""

    SIGNED = "Signed"
    DUE = "Pending"
    OVERDUE = "Overdue"
    WITHDRAWN = "Withdrawn"


@dataclass(frozen=True, slots=True)
class Whom:
    """Everybody; or the job roles and departments, where an empty list does not narrow; and picked people besides."""

    everybody: bool = False
    job_roles: tuple[str, ...] = ()
    departments: tuple[int, ...] = ()
    picked: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return self.everybody or bool(self.job_roles or self.departments or self.picked)


def fits(whom: Whom, *, employee_id: int, job_role: str, departments: Collection[int]) -> bool:
    """Whether an active employee belongs to them. `departments`: their own and each above it."""
    if whom.everybody or employee_id in whom.picked:
        return True
    if not (whom.job_roles or whom.departments):
        return False
    return (not whom.job_roles or job_role in whom.job_roles) and (
        not whom.departments or not set(whom.departments).isdisjoint(departments)
    )


def joiner_due(due_on: dt.date, joiner_days: int, today: dt.date) -> dt.date:
    """Whoever comes later has `joiner_days`, and never less than the others."""
    return max(due_on, today + dt.timedelta(days=joiner_days))


def next_reminder(due_on: dt.date | None, today: dt.date, days: Collection[int] = REMIND_DAYS) -> dt.date | None:
    """The first reminder day after `today`; None when none is left."""
    if due_on is None:
        return None
    later = [due_on - dt.timedelta(days=before) for before in days]
    return min((day for day in later if day > today), default=None)


def reminder_due(due_on: dt.date, today: dt.date, days: Collection[int] = REMIND_DAYS) -> int | None:
    """How many days before the due date the reminder of today stands for; a day missed is made up until it is due."""
    left = (due_on - today).days
    return min((before for before in days if before >= left), default=None) if left >= 0 else None


def state(due_on: dt.date | None, *, signed: bool, withdrawn: bool, today: dt.date) -> AskedState:
    """How it stands `today`, where the person is."""
    if signed:
        return AskedState.SIGNED
    if withdrawn:
        return AskedState.WITHDRAWN
    return AskedState.OVERDUE if due_on is not None and due_on < today else AskedState.DUE


def names_in(text: str) -> list[str]:
    """Employee numbers or addresses as somebody pastes them: by line, comma, semicolon or blank; each once."""
    return list(dict.fromkeys(part for part in re.split(r"[\s,;]+", text.strip()) if part))
