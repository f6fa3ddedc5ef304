"""ASG-2, REM-2, REM-3: the dated rules of assignments."""

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
    next_reminder,
    offset_due,
    status,
)
from lmsapp.infra.words import RuleBroken

DUE = dt.date(2026, 12, 4)
DAY = dt.timedelta(days=1)
dates = st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))
offsets = st.lists(st.integers(0, 90), max_size=6)


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


@given(dates, offsets, dates, st.integers(0, 400))
def test_walking_day_by_day_reminds_once_per_offset(
    due_on: dt.date, days: list[int], assigned_on: dt.date, _seed: int
) -> None:
    """REM-3: the daily job, run every day, reminds once for each offset that lies after assigning, and never late."""
    if not dt.timedelta(0) <= due_on - assigned_on < dt.timedelta(days=120):
        return
    heard = []
    following = next_reminder(due_on, days, assigned_on)
    today = assigned_on
    while today <= due_on + 3 * DAY:
        if following is not None and following <= today:
            offset = offset_due(due_on, days, assigned_on, today)
            if offset is not None:
                heard.append(offset)
            following = next_reminder(due_on, days, assigned_on, () if offset is None else (offset,))
            assert following is None or following > today
        today += DAY
    expected = sorted({day for day in days if due_on - dt.timedelta(days=day) >= assigned_on}, reverse=True)
    assert heard == expected


def test_missed_days_are_caught_up_by_one_reminder() -> None:
    """REM-1: after two weeks of downtime one reminder goes out, the nearest, and not one for each offset missed."""
    assigned_on = DUE - 40 * DAY
    assert next_reminder(DUE, (30, 14, 3), assigned_on) == DUE - 30 * DAY
    assert offset_due(DUE, (30, 14, 3), assigned_on, DUE - 10 * DAY) == 14
    assert next_reminder(DUE, (30, 14, 3), assigned_on, (14,)) == DUE - 3 * DAY
    assert offset_due(DUE, (30, 14, 3), assigned_on, DUE + DAY) is None


def test_offsets_before_assigning_are_not_asked_for() -> None:
    """REM-2: who gets training 10 days before it is due is not reminded of day 30 and day 14."""
    assert next_reminder(DUE, (30, 14, 3), DUE - 10 * DAY) == DUE - 3 * DAY
    assert offset_due(DUE, (30, 14, 3), DUE - 10 * DAY, DUE - 9 * DAY) is None


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
