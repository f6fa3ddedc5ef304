"""DSH-3, DSH-4: what counts, how long things take, and who has not completed yet. Pure."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.insight.statistics.rules import (
    Kept,
    Quartiles,
    Span,
    kept,
    months_ahead,
    months_back,
    quartiles,
    ranked,
    share,
    was_behind,
    weeks_back,
)
from lmsapp.insight.statistics.survival import day_when, kaplan_meier, share_after

DUE = dt.date(2026, 3, 10)
DAYS = st.dictionaries(st.integers(0, 400), st.integers(1, 30), max_size=25)


@pytest.mark.parametrize(
    ("completed", "closed", "today", "counts"),
    [
        (None, None, 10, None),
        (None, None, 11, Kept.OVERDUE),
        (9, None, 10, None),
        (10, None, 11, Kept.IN_TIME),
        (11, None, 11, Kept.LATE),
        (None, "exempt", 20, None),
        (None, "cancelled", 20, None),
    ],
)
def test_what_became_of_it(completed: int | None, closed: str | None, today: int, counts: Kept | None) -> None:
    """DSH-3: a due date lasts to its end, what is not due yet does not count, neither does what was called off."""
    done = dt.date(2026, 3, completed) if completed else None
    assert kept(due_on=DUE, completed_on=done, closed_as=closed, today=dt.date(2026, 3, today)) is counts


def test_behind_at_the_end_of_a_day() -> None:
    """DSH-3: from the day after the due date until the day before it was completed."""
    done = dt.date(2026, 3, 14)
    behind = [
        day
        for day in range(8, 18)
        if was_behind(due_on=DUE, completed_on=done, closed_as=None, day=dt.date(2026, 3, day))
    ]
    assert behind == [11, 12, 13]
    assert was_behind(due_on=DUE, completed_on=None, closed_as=None, day=dt.date(2026, 12, 31))
    assert not was_behind(due_on=DUE, completed_on=None, closed_as="exempt", day=dt.date(2026, 12, 31))


def test_months_and_weeks() -> None:
    """DSH-3: calendar months and weeks from Monday, each beginning where the one before ended."""
    today = dt.date(2026, 2, 11)
    back, ahead, weeks = months_back(today), months_ahead(today), weeks_back(today, 12)
    assert (len(back), back[0], back[-1]) == (
        12,
        Span(dt.date(2025, 3, 1), dt.date(2025, 3, 31)),
        Span(dt.date(2026, 2, 1), today),
    )
    assert (len(ahead), ahead[0]) == (13, Span(today, dt.date(2026, 2, 28)))
    assert ahead[-1] == Span(dt.date(2027, 2, 1), dt.date(2027, 2, 28))
    assert (len(weeks), weeks[-1]) == (12, Span(dt.date(2026, 2, 9), dt.date(2026, 2, 15)))
    for spans in (back, ahead, weeks):
        assert all(one.last + dt.timedelta(days=1) == two.first for one, two in pairwise(spans))


def test_quartiles() -> None:
    """DSH-3: the first day by which a quarter, half and three quarters were done; nothing of nothing."""
    assert quartiles({1: 1, 2: 1, 3: 1, 10: 1}) == Quartiles(4, 1, 2, 3)
    assert quartiles({5: 7}) == Quartiles(7, 5, 5, 5)
    assert quartiles({0: 1, 9: 2}) == Quartiles(3, 0, 9, 9)
    assert quartiles({}) is None


@given(DAYS)
def test_quartiles_are_in_order(days: dict[int, int]) -> None:
    """DSH-3: and each is a day on which somebody was done, with enough before it."""
    found = quartiles(days)
    if found is None:
        assert not days
        return
    assert min(days) <= found.low <= found.median <= found.high <= max(days)
    for day, part in ((found.low, 1), (found.median, 2), (found.high, 3)):
        assert 4 * sum(n for at, n in days.items() if at <= day) >= part * found.n
        assert 4 * sum(n for at, n in days.items() if at < day) < part * found.n


def test_gaps_first_and_small_groups_last() -> None:
    """DSH-4: lowest first; under five people, or without a value, is shown but not ranked."""
    groups = [(90.0, 40), (10.0, 4), (50.0, 5), (None, 30), (70.0, 9)]
    assert ranked(groups) == [2, 4, 0, 1, 3]
    assert ranked(groups, low_is_bad=False) == [0, 4, 2, 1, 3]
    assert share(1, 0) is None
    assert share(1, 4) == 25


def test_by_hand() -> None:
    """DSH-3: ten learners worked out with a pencil: 2 complete on day 1, one is seen to day 2, 3 complete on day 3."""
    steps = kaplan_meier({1: 2, 3: 3}, {2: 1, 5: 4})
    assert [(s.day, s.at_risk, s.completed, s.left_out) for s in steps] == [
        (1, 10, 2, 0),
        (2, 8, 0, 1),
        (3, 7, 3, 0),
        (5, 4, 0, 4),
    ]
    assert [s.share for s in steps] == pytest.approx([0.8, 0.8, 0.8 * 4 / 7, 0.8 * 4 / 7])
    assert day_when(steps) == 3
    assert (share_after(steps, 0), share_after(steps, 2)) == (1.0, pytest.approx(0.8))


def test_published_example() -> None:
    """DSH-3: 21 patients on 6-mercaptopurine (Freireich et al., Blood 21 (1963) 699-716), as estimated in Cox and Oakes,
    Analysis of Survival Data (1984), table 1.1: weeks of remission, 9 events and 12 still in remission."""
    steps = kaplan_meier(
        {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1},
        {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1},
    )
    shares = {s.day: round(s.share, 3) for s in steps if s.completed}
    assert shares == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert day_when(steps) == 23


@given(DAYS, DAYS)
def test_a_share_that_only_falls(completed: dict[int, int], still: dict[int, int]) -> None:
    """DSH-3: between 0 and 1, never rising, everybody accounted for; without anybody running it is the plain share."""
    steps = kaplan_meier(completed, still)
    shares = [1.0, *(step.share for step in steps)]
    assert all(0 <= later <= earlier <= 1 for earlier, later in pairwise(shares))
    assert sum(step.completed for step in steps) == sum(completed.values())
    assert sum(step.left_out for step in steps) == sum(still.values())
    everybody = sum(completed.values())
    for step in kaplan_meier(completed, {}):
        not_yet = sum(n for day, n in completed.items() if day > step.day)
        assert step.share == pytest.approx(not_yet / everybody, abs=1e-9)
