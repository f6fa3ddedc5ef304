"""ASG-1, ASG-2: the dated rules of assignments."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.assignments.rules import (
    AssignmentStatus,
    check_due,
    checked_days,
    display_number,
    status,
)
from lmsapp.infra.words import RuleBroken

DUE = dt.date(2026, 12, 4)
DAY = dt.timedelta(days=1)
dates = st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))


def at(today: dt.date, *, started: bool = False, completed: dt.date | None = None, closed: str | None = None) -> str:
    return status(started=started, completed_on=completed, closed_as=closed, due_on=DUE, today=today)


def test_status_follows_from_facts() -> None:
    """ASG-2: no progress -> Pending; some -> In Progress; past the due date -> Overdue; 100 % -> Completed."""
    assert at(DUE) == "Pending"
    assert at(DUE, started=True) == "In Progress"
    assert at(DUE + DAY) == at(DUE + DAY, started=True) == "Overdue"
    assert at(DUE + DAY, completed=DUE + DAY) == "Completed"
    assert at(DUE + DAY, closed="exempt") == "Exempt"
    assert at(DUE, closed="left") == at(DUE, closed="cancelled") == "Cancelled"


@given(dates, dates, st.booleans())
def test_a_due_date_lasts_to_its_end(due_on: dt.date, today: dt.date, started: bool) -> None:
    """ASG-2: Overdue exactly when the day after the due date has begun."""
    now = status(started=started, completed_on=None, closed_as=None, due_on=due_on, today=today)
    assert (now is AssignmentStatus.OVERDUE) == (today > due_on)


def test_due_dates_and_reminder_days_are_checked_in_words() -> None:
    """ASG-1: a due date lies ahead; reminder days between 0 and 365."""
    with pytest.raises(RuleBroken, match="from tomorrow on"):
        check_due(DUE, DUE)
    with pytest.raises(RuleBroken, match="ten years"):
        check_due(dt.date(2099, 1, 1), DUE)
    check_due(DUE + DAY, DUE)
    assert checked_days([3, 30, 14, 3]) == (30, 14, 3)
    with pytest.raises(RuleBroken, match="between 0 and 365"):
        checked_days([-1])


def test_numbers_are_shown_as_ta() -> None:
    """ASG-1: TA-0001 …, longer when it must be."""
    assert [display_number(n) for n in (1, 412, 12345)] == ["TA-0001", "TA-0412", "TA-12345"]
