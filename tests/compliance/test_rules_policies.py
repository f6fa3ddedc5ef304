"""ORG-7, REM-3: days of reminders and of joiners, and pasted lists. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.compliance.policies.rules import (
    REMIND_DAYS,
    AskedState,
    joiner_due,
    names_in,
    next_reminder,
    reminder_due,
    state,
)

DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@given(DAYS, DAYS)
def test_reminders_lie_ahead_and_before_the_due_date(due_on: dt.date, today: dt.date) -> None:
    """REM-3: on one of the days, never today or before, never after it was due."""
    following = next_reminder(due_on, today)
    if following is None:
        assert today >= due_on - dt.timedelta(days=min(REMIND_DAYS))
    else:
        assert today < following < due_on
        assert (due_on - following).days in REMIND_DAYS
        assert reminder_due(due_on, following) == (due_on - following).days


@pytest.mark.parametrize(("left", "stands_for"), [(8, None), (7, 7), (6, 7), (2, 7), (1, 1), (0, 1), (-1, None)])
def test_which_reminder_a_day_stands_for(left: int, stands_for: int | None) -> None:
    """REM-3: a missed day is made up for, until it is due."""
    due_on = dt.date(2026, 12, 1)
    assert reminder_due(due_on, due_on - dt.timedelta(days=left)) == stands_for


@given(DAYS, DAYS, st.integers(1, 365))
def test_joiners_have_their_days(due_on: dt.date, today: dt.date, days: int) -> None:
    """ORG-7: never less time than the others."""
    due = joiner_due(due_on, days, today)
    assert due >= due_on
    assert (due - today).days >= days


def test_how_it_stands() -> None:
    """ORG-7: signed weighs most; a due date lasts to its end."""
    day = dt.date(2026, 12, 1)
    assert state(day, signed=True, withdrawn=False, today=day + dt.timedelta(1)) is AskedState.SIGNED
    assert state(day, signed=False, withdrawn=True, today=day + dt.timedelta(1)) is AskedState.WITHDRAWN
    assert state(day, signed=False, withdrawn=False, today=day) is AskedState.DUE
    assert state(day, signed=False, withdrawn=False, today=day + dt.timedelta(1)) is AskedState.OVERDUE
    assert state(None, signed=False, withdrawn=False, today=day) is AskedState.DUE


def test_pasted_names() -> None:
    """ORG-7: as they come out of a sheet or a mail."""
    assert names_in(" E-1, E-2;\tE-1\r\nada@x.example  ") == ["E-1", "E-2", "ada@x.example"]
    assert names_in(" \n ") == []
