"""CRS-6 by the calendar: what follows from a policy and a day. Pure; `./lms prove validity` plays every day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.proofs._calendar import Figures, check_calendar, policies
from lmsapp.courses.validity.examples import examples
from lmsapp.courses.validity.policy import Basis, Late, Policy, Unit
from lmsapp.courses.validity.rules import Dates, Held, Timing, dates_of, window_is_open
from lmsapp.infra.words import RuleBroken
from lmsapp.people.calendar.rules import add_months

D = dt.date
# Where calendars go wrong: ends of months, leap days and the days beside them, in leap years and others.
EDGES = [
    day
    for year in (2023, 2024, 2027, 2028)
    for month, of in ((1, (1, 29, 31)), (2, (1, 28, 29)), (3, (1, 31)), (4, (30,)), (8, (31,)), (12, (31,)))
    for number in of
    if (day := add_months(D(year, month, 1), 0) + dt.timedelta(days=number - 1)).month == month
]
YEARLY = Policy(12, 11, basis=Basis.PREVIOUS)


def test_the_calendar_in_small() -> None:
    """CRS-6, ENR-3: every basis from the days where calendars go wrong: no gap, no overlap, nothing lost, each status."""
    figures = check_calendar(EDGES, policies((1, 12)))
    assert figures.wrong == []
    assert figures.certifications > 15_000
    chosen = [one for one in policies((12,)) if one.basis is not Basis.COMPLETION][:3]
    assert check_calendar([D(2024, 2, 29)], chosen, every_day=True).wrong == []


def test_the_calendar_finds_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """CRS-6: a rule that is wrong by a day does not pass."""
    monkeypatch.setattr("bench.proofs._calendar.dates_of", a_day_short)
    assert check_calendar([D(2024, 2, 29)], [YEARLY]).wrong
    assert Figures().wrong == []


def a_day_short(policy: Policy, completed_on: D, held: Held | None = None) -> Dates:
    return dates_of(policy, completed_on - dt.timedelta(days=held is not None), held)


@pytest.mark.parametrize(
    ("policy", "completions", "ends"),
    [
        # The anniversary stays: a 29th of February and a 31st come back when there is one.
        (YEARLY, [D(2024, 2, 29), D(2025, 2, 1), D(2026, 2, 28), D(2027, 1, 30), D(2028, 2, 1)],
         [D(2025, 2, 28), D(2026, 2, 28), D(2027, 2, 28), D(2028, 2, 29), D(2029, 2, 28)]),
        (Policy(1, lead=5, basis=Basis.PREVIOUS), [D(2026, 1, 31), D(2026, 2, 28), D(2026, 3, 30)],
         [D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30)]),
        # From completion: early within the window gives the days away, but never what is held.
        (Policy(12), [D(2026, 3, 1), D(2027, 1, 15)], [D(2027, 3, 1), D(2028, 1, 15)]),
        # Before the window it counts from completion, whatever the basis.
        (YEARLY, [D(2026, 3, 1), D(2026, 6, 1)], [D(2027, 3, 1), D(2027, 6, 1)]),
        # Late: from completion, or to the next anniversary whose window is not open.
        (YEARLY, [D(2026, 3, 1), D(2027, 5, 10)], [D(2027, 3, 1), D(2028, 5, 10)]),
        (Policy(12, 11, basis=Basis.PREVIOUS, late=Late.PREVIOUS), [D(2026, 3, 1), D(2027, 5, 10)],
         [D(2027, 3, 1), D(2028, 3, 1)]),
        (Policy(12, 11, basis=Basis.PREVIOUS, late=Late.PREVIOUS), [D(2026, 3, 1), D(2028, 2, 10)],
         [D(2027, 3, 1), D(2029, 3, 1)]),
        # In the grace it counts as if it were in time.
        (Policy(12, basis=Basis.PREVIOUS, grace_days=30), [D(2026, 3, 1), D(2027, 3, 31)], [D(2027, 3, 1), D(2028, 3, 1)]),
        # To 31 March: shortly before it a completion counts for the year after.
        (Policy(12, basis=Basis.FIXED, fixed_month=3, fixed_day=31), [D(2026, 12, 1), D(2027, 3, 30)],
         [D(2027, 3, 31), D(2028, 3, 31)]),
        (Policy(12, basis=Basis.FIXED, fixed_month=3, fixed_day=31), [D(2027, 1, 15)], [D(2028, 3, 31)]),
        (Policy(24, basis=Basis.FIXED, fixed_month=2, fixed_day=29, fixed_within=0), [D(2026, 2, 27), D(2026, 3, 1)],
         [D(2027, 2, 28), D(2028, 2, 29)]),
    ],
)  # fmt: skip
def test_renewals_in_a_row(policy: Policy, completions: list[D], ends: list[D]) -> None:
    """CRS-6: by each basis, on time, early and late."""
    policy.check()
    held: Held | None = None
    found = []
    for day in completions:
        dates = dates_of(policy, day, held)
        found.append(dates.valid_until)
        held = dates.held()
    assert found == ends


def test_story_3_says_its_dates() -> None:
    """CRS-6: 12 months, Renewal Required after 11, flagged 60 days before; examples name leap day and month's end."""
    dates = dates_of(YEARLY, D(2026, 11, 28))
    assert (dates.window_opens_on, dates.renewal_from, dates.valid_until, dates.expired_from) == (
        D(2027, 9, 29), D(2027, 10, 28), D(2027, 11, 28), D(2027, 11, 29),
    )  # fmt: skip
    shown = {one.words: one for one in examples(YEARLY, D(2026, 11, 28))}
    assert shown["Completed on 29 February"].dates.valid_until == D(2029, 2, 28)
    assert shown["Completed on 31 January"].dates.renewal_from == D(2027, 12, 31)
    assert shown["Renewed on the first day of the window"].dates.valid_until == D(2028, 11, 28)
    assert shown["Renewed 30 days too late"].dates.timing is Timing.LATE
    assert [one.dates.valid_until for one in examples(Policy(), D(2026, 11, 28))] == [None, None, None]
    assert not window_is_open(None, None, D(2026, 1, 1))
    assert window_is_open(D(2026, 1, 1), D(2026, 3, 1), D(2026, 1, 1))
    for_good = dates_of(Policy(), D(2026, 1, 1))
    assert dates_of(YEARLY, D(2026, 2, 1), for_good.held()).timing is Timing.EARLY


DAYS = st.dates(D(2000, 1, 1), D(2060, 12, 31))


@given(
    months=st.integers(1, 240), lead=st.integers(0, 27), within=st.integers(0, 300), grace=st.integers(0, 180),
    basis=st.sampled_from(Basis), late=st.sampled_from(Late), days=st.lists(DAYS, min_size=1, max_size=6),
)  # fmt: skip
def test_whatever_happens_nothing_is_shortened(
    months: int, lead: int, within: int, grace: int, basis: Basis, late: Late, days: list[D]
) -> None:
    """CRS-6: any policy, any days: a renewal ends no sooner than what was held, and later than its completion."""
    months = months if basis is not Basis.FIXED else -(-months // 12) * 12
    policy = Policy(months, lead=lead, grace_days=grace, basis=basis, late=late, fixed_within=within)
    policy.check()
    held: Held | None = None
    for day in sorted(set(days)):
        dates = dates_of(policy, day, held)
        assert dates.valid_until is not None
        assert dates.window_opens_on is not None
        assert day < dates.window_opens_on <= dates.valid_until
        if held is not None and held.valid_until is not None and dates.timing is not Timing.LATE:
            assert dates.valid_until >= held.valid_until
        held = dates.held()


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (Policy(0), "validity_months"),
        (Policy(241), "validity_months"),
        (Policy(None, 11), "renewal_months"),
        (Policy(12, 13), "renewal_months"),
        (Policy(12, 11, 30), "renewal_days"),
        (Policy(12, None, 400), "renewal_days"),
        (Policy(12, lead=365), "lead"),
        (Policy(12, lead=12, lead_unit=Unit.MONTHS), "lead"),
        (Policy(12, lead=-1), "lead"),
        (Policy(12, grace_days=181), "grace_days"),
        (Policy(18, basis=Basis.FIXED), "validity_months"),
        (Policy(12, basis=Basis.FIXED, fixed_month=2, fixed_day=30), "fixed_day"),
        (Policy(12, basis=Basis.FIXED, fixed_within=301), "fixed_within"),
    ],
)
def test_what_cannot_be_meant_is_refused(policy: Policy, field: str) -> None:
    """CRS-6: in words, at the field."""
    with pytest.raises(RuleBroken) as refused:
        policy.check()
    assert refused.value.field == field


def test_what_a_course_keeps_comes_back() -> None:
    """CRS-6: a course from before there were terms means what it meant; what is kept means the same again."""
    assert Policy.of(12, 11, {}) == Policy(12, 11)
    assert Policy.of(1, None, {}).lead == 14
    assert Policy.of(None, None, {"basis": "fixed date"}) == Policy()
    policy = Policy(24, None, 45, Basis.FIXED, 2, Unit.MONTHS, 10, Late.PREVIOUS, 3, 31, 10, False)
    assert Policy.of(24, None, policy.terms()) == policy
    assert Policy.of(24, None, {**policy.terms(), "unknown": 1}) == policy
