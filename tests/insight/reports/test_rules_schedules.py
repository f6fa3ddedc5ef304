"""When a schedule has its turn, and which days it is about (REP-4)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.infra.words import RuleBroken
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.runs.rules import Form, check_size, digest_of, kept_terms, waits_at_the_page
from lmsapp.insight.reports.schedules.rules import LAST_DAY, Every, Readers, Timing, Wanted
from lmsapp.insight.reports.windows import Window, days_of, resolved, windows_for

CHICAGO = ZoneInfo("America/Chicago")
ZONES = st.sampled_from([CHICAGO, ZoneInfo("Europe/Madrid"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Apia")])
TIMINGS = st.builds(
    Timing,
    st.sampled_from(Every),
    weekday=st.integers(0, 6),
    month_day=st.integers(0, 31),
    hour=st.integers(0, 23),
    working_days=st.booleans(),
)
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOWS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: BEGIN + dt.timedelta(minutes=minutes))
HOLIDAYS = st.frozensets(st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31)), max_size=40)


def local(day: str, hour: int) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=CHICAGO).astimezone(dt.UTC)


@given(TIMINGS, NOWS, ZONES, HOLIDAYS)
def test_turns_come_one_after_the_other(
    timing: Timing, now: dt.datetime, zone: ZoneInfo, holidays: frozenset[dt.date]
) -> None:
    """REP-4: the latest turn has come and no later one has; the next is still to come, and by then the latest is the
    one it stands for, so that none is passed over and none comes twice."""
    latest, following = timing.latest(now, zone, holidays), timing.next_after(now, zone, holidays)
    assert timing.instant(latest, zone, holidays) <= now < following
    assert (following - now).days < 31 + 14 + len(holidays)
    then = timing.latest(following, zone, holidays)
    assert then > latest
    assert timing.instant(then, zone, holidays) == following
    assert timing.latest(following - dt.timedelta(seconds=1), zone, holidays) == latest


def test_hours_that_the_clocks_skip_or_repeat_and_days_off() -> None:
    """REP-4: an hour that does not exist is the one after it, one that comes twice counts once; the last day of a month
    is its last; a holiday moves to the next working day, an ordinary day stays."""
    none: frozenset[dt.date] = frozenset()
    at_two = Timing(Every.WEEK, weekday=6, hour=2, working_days=False)
    assert at_two.instant(dt.date(2027, 3, 14), CHICAGO, none) == local("2027-03-14", 3)
    at_one = Timing(Every.WEEK, weekday=6, hour=1, working_days=False)
    first = at_one.instant(dt.date(2026, 11, 1), CHICAGO, none)
    assert first == dt.datetime(2026, 11, 1, 6, tzinfo=dt.UTC)
    assert at_one.next_after(first, CHICAGO, none) == local("2026-11-08", 1)
    last = Timing(Every.MONTH, month_day=LAST_DAY, hour=7, working_days=False)
    assert last.day(dt.date(2028, 2, 3), 0) == dt.date(2028, 2, 29)
    assert Timing(Every.MONTH, month_day=31).day(dt.date(2026, 2, 3), 0) == dt.date(2026, 2, 28)
    monday = Timing(Every.WEEK, weekday=0, hour=7)
    labor_day = frozenset({dt.date(2026, 9, 7)})
    assert monday.instant(dt.date(2026, 9, 7), CHICAGO, labor_day) == local("2026-09-08", 7)
    assert monday.instant(dt.date(2026, 9, 7), CHICAGO, none) == local("2026-09-07", 7)
    assert monday.latest(local("2026-09-07", 12), CHICAGO, labor_day) == dt.date(2026, 8, 31)
    assert last.instant(dt.date(2026, 10, 31), CHICAGO, none) == local("2026-10-31", 7)


@given(st.sampled_from([one for one in Window if one is not Window.NONE]), st.dates(dt.date(2025, 1, 1)))
def test_windows_are_whole_and_over(window: Window, day: dt.date) -> None:
    """REP-4: 'last month' and its like are whole, end before the day of the run, and the next one follows on."""
    first, last = days_of(window, day)
    assert first <= last < day
    _first, before = days_of(window, first)
    assert before == first - dt.timedelta(days=1)


def test_terms_of_a_run() -> None:
    """REP-4: what the window leaves open is filled in, the rest stays; a report offers what means something to it."""
    monday = dt.date(2026, 11, 2)
    kept = resolved(COMPLETION, {"course": ["7"], "since": ["2020-01-01"]}, Window.MONTH, monday)
    assert kept == {"course": ["7"], "since": ["2026-10-01"], "until": ["2026-10-31"]}
    assert resolved(COMPLETION, {}, Window.QUARTER, dt.date(2027, 1, 5))["since"] == ["2026-10-01"]
    assert resolved(COMPLETION, {}, Window.YEAR_END, monday) == {"as_of": ["2025-12-31"]}
    assert resolved(COMPLETION, {"left": ["1"]}, Window.NONE, monday) == {"left": ["1"]}
    assert set(windows_for(COMPLETION)) == set(Window)


def test_what_a_file_and_a_schedule_can_be() -> None:
    """REP-5: a worksheet and a PDF have an end, and say so; much is left to the worker. REP-4: a schedule has a name and
    readers. The same question is the same, whatever the order of its parameters; what is not of the report is left."""
    check_size(Form.XLSX, 1_048_575, 1)
    for form, rows in ((Form.XLSX, 1_048_576), (Form.PDF, 20_001)):
        with pytest.raises(RuleBroken):
            check_size(form, rows, 1)
    check_size(Form.CSV, 10**9, 1)
    assert waits_at_the_page(Form.CSV, 50_000)
    assert not waits_at_the_page(Form.CSV, 50_001)
    assert not waits_at_the_page(Form.CSV, 10, more=True)
    assert not waits_at_the_page(Form.PDF, 1)
    terms = kept_terms(["course", "left"], {"course": ["1", "", "2"], "left": [], "role": ["RN"]})
    assert terms == {"course": ["1", "2"]}
    assert digest_of("a", "csv", "line", "en", {"x": ["1", "2"]}) == digest_of(
        "a", "csv", "line", "en", {"x": ["2", "1"]}
    )
    assert digest_of("a", "csv", "line", "en", {}) != digest_of("a", "csv", "line", "es", {})
    timing = Timing(Every.WEEK)
    for name, readers, people, field in (
        (" ", [Readers.HR], [], "name"),
        ("x" * 121, [Readers.HR], [], "name"),
        ("Bcc:\nx", [Readers.HR], [], "name"),
        ("Weekly", [], [], "readers"),
        ("Weekly", [], list(range(201)), "people"),
    ):
        with pytest.raises(RuleBroken) as broken:
            Wanted(name, timing, readers, people).check()
        assert broken.value.field == field
    Wanted("Weekly", timing, [], [1]).check()
