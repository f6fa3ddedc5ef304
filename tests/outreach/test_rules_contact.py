"""When somebody may be written to, and how often: through every zone and change of the clock (REM-8)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.contact.rules import (
    EXEMPT,
    QUARTER,
    WEEK,
    Cap,
    Quiet,
    check_quiet,
    day_with_room,
    is_capped,
    last_day,
    next_open,
    open_hours,
    same_number,
)

CHICAGO = ZoneInfo("America/Chicago")
NIGHT = Quiet(20, 8)
ZONES = sorted(available_timezones())
MESSAGES = Path(__file__).parents[2] / "templates/messages"

# The kinds that were decided to be reminders; whoever adds one decides, here or in EXEMPT.
REMINDERS = {"training_reminder", "training_overdue", "onboarding_task_due", "signature_reminder"}

instants = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2037, 12, 31), timezones=st.just(dt.UTC))  # noqa: DTZ001
hours = st.integers(0, 23)


def local(*at: int, zone: ZoneInfo = CHICAGO, fold: int = 0) -> dt.datetime:
    return dt.datetime(*at, tzinfo=zone, fold=fold)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("quiet", "covered"),
    [
        (NIGHT, {20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7}),
        (Quiet(1, 5), {1, 2, 3, 4}),
        (Quiet(0, 0), set()),
        (Quiet(7, 7), set()),
        (Quiet(22, 0), {22, 23}),
    ],
)
def test_quiet_hours_wrap_midnight_and_may_be_none(quiet: Quiet, covered: set[int]) -> None:
    """REM-8."""
    assert {hour for hour in range(24) if quiet.covers(hour)} == covered
    assert open_hours([quiet]) == 24 - len(covered)


@pytest.mark.parametrize(
    ("at", "quiet", "opens"),
    [
        (local(2026, 11, 3, 12, 7, 9), NIGHT, local(2026, 11, 3, 12, 7, 9)),  # open: at once, to the second
        (local(2026, 11, 3, 19, 59, 59), NIGHT, local(2026, 11, 3, 19, 59, 59)),
        (local(2026, 11, 3, 20), NIGHT, local(2026, 11, 4, 8)),
        (local(2026, 11, 3, 7, 59, 59), NIGHT, local(2026, 11, 3, 8)),
        # 8 March 2026: there is no two o'clock; it is three when it would have been two.
        (local(2026, 3, 8, 1, 30), Quiet(0, 2), local(2026, 3, 8, 3)),
        # 1 November 2026: one o'clock comes twice, and the quiet is over the first time.
        (local(2026, 11, 1, 0, 30), Quiet(0, 1), local(2026, 11, 1, 1, fold=0)),
        # Two o'clock comes once, an hour later than a clock that counts hours would have it.
        (local(2026, 11, 1, 1, 30), Quiet(0, 2), local(2026, 11, 1, 2)),
        # Lord Howe's clocks change by half an hour.
        (
            local(2026, 10, 4, 1, 45, zone=ZoneInfo("Australia/Lord_Howe")),
            Quiet(1, 2),
            local(2026, 10, 4, 2, 30, zone=ZoneInfo("Australia/Lord_Howe")),
        ),
    ],
)
def test_the_end_of_the_quiet_where_the_reader_is(at: dt.datetime, quiet: Quiet, opens: dt.datetime) -> None:
    """REM-8: also when the clock jumps over the end, or shows it twice."""
    zone = at.tzinfo
    assert isinstance(zone, ZoneInfo)
    assert next_open(at, zone, [quiet]) == opens.astimezone(dt.UTC)


def test_text_messages_wait_for_a_working_day() -> None:
    """REM-8: Thanksgiving 2026 is a Thursday; the Friday after it is worked here."""
    holidays = {dt.date(2026, 11, 26)}
    wednesday_night = local(2026, 11, 25, 21)
    friday = next_open(wednesday_night, CHICAGO, [NIGHT], working_days=True, holidays=holidays)
    assert friday == local(2026, 11, 27, 8)
    saturday = next_open(local(2026, 11, 28, 12), CHICAGO, [NIGHT], working_days=True, holidays=holidays)
    assert saturday == local(2026, 11, 30, 8)
    assert next_open(local(2026, 11, 28, 12), CHICAGO, [NIGHT]) == local(2026, 11, 28, 12), "other channels come"
    every_day = {dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(1000)}
    with pytest.raises(ValueError, match="no working day"):
        next_open(wednesday_night, CHICAGO, [], working_days=True, holidays=every_day)


@settings(max_examples=400)
@given(st.sampled_from(ZONES), instants, hours, hours, hours, hours, st.booleans())
def test_never_in_the_quiet_and_never_later_than_need_be(
    name: str, at: dt.datetime, one: int, two: int, three: int, four: int, working: bool
) -> None:
    """REM-8, in every zone: the answer is open, not before `at`, and nothing between them was open."""
    zone, quiets = ZoneInfo(name), [Quiet(one, two), Quiet(three, four)]
    opens = next_open(at, zone, quiets, working_days=working)

    def shut(moment: dt.datetime) -> bool:
        there = moment.astimezone(zone)
        quiet = open_hours(quiets) > 0 and any(one.covers(there.hour) for one in quiets)
        return quiet or (working and there.weekday() > 4)

    assert opens >= at
    assert not shut(opens)
    steps = int((opens - at) / QUARTER)
    assert opens == at or all(shut(moment) for moment in [at, opens - dt.timedelta(seconds=1)])
    assert all(shut(at + n * QUARTER) for n in range(1, steps))


@settings(max_examples=300)
@given(
    st.sampled_from(ZONES),
    instants,
    st.integers(1, 3),
    st.integers(1, 6),
    st.lists(st.integers(0, 30 * 24 * 60), max_size=40),
)
def test_the_cap_is_never_exceeded(
    name: str, start: dt.datetime, per_day: int, per_week: int, minutes: list[int]
) -> None:
    """REM-8, in every zone: whoever always waits for the day named has no day and no seven days with too many, and
    waits no longer than need be."""
    cap, zone = Cap(per_day, per_week), ZoneInfo(name)
    told: list[dt.date] = []
    for minute in sorted(minutes):
        today = (start + dt.timedelta(minutes=minute)).astimezone(zone).date()
        free = day_with_room(told, cap, today)
        assert free == today or not _fits([*told, free - dt.timedelta(days=1)], cap)
        if free == today:
            told.append(today)
        assert _fits(told, cap)


def _fits(told: list[dt.date], cap: Cap) -> bool:
    count = Counter(told)
    return all(
        count[day] <= cap.per_day and sum(count[day - dt.timedelta(days=n)] for n in range(WEEK)) <= cap.per_week
        for day in count
    )


def test_until_when_a_held_reminder_makes_sense() -> None:
    """REM-7, REM-8: what speaks of days left, until they are over; anything else a week."""
    since = dt.date(2026, 11, 3)
    key = "reminder/assignment/12/2026-11-06/before due/7/learner/sms"
    assert last_day(key, "before due", since) == dt.date(2026, 11, 6)
    assert last_day(key, "before expiry", since) == dt.date(2026, 11, 6)
    assert last_day(key, "after due", since) == dt.date(2026, 11, 10)
    assert last_day("escalation/assignment/1/2026-10-20/after due/1/manager/slack", "after due", since) == dt.date(
        2026, 11, 10
    )
    for odd in ("", "a/b", "reminder/assignment/12/by-hand/2026-11-03/email"):
        assert last_day(odd, "before due", since) == dt.date(2026, 11, 10)


def test_own_quiet_hours_leave_room_for_messages() -> None:
    """REM-8: nobody makes oneself unreachable by mistake."""
    check_quiet(Quiet(12, 14), NIGHT)
    check_quiet(Quiet(8, 16), NIGHT)
    for own, field in ((Quiet(8, 17), "quiet_until"), (Quiet(0, 24), "quiet_from"), (Quiet(9, 8), "quiet_until")):
        with pytest.raises(RuleBroken) as refused:
            check_quiet(own, NIGHT)
        assert refused.value.field == field


def test_each_kind_of_message_is_a_reminder_or_says_why_not() -> None:
    """REM-8: nothing escapes the cap by being forgotten, and no list names what is not there."""
    kinds = {folder.name for folder in MESSAGES.iterdir() if folder.is_dir()}
    assert set(EXEMPT) <= kinds
    assert kinds >= REMINDERS
    assert all(is_capped(kind) for kind in kinds - set(EXEMPT))
    assert not REMINDERS & set(EXEMPT)


def test_one_number_however_it_is_written() -> None:
    """REM-8."""
    assert same_number("+1 312 555 0100", "1(312)555-0100")
    assert not same_number("+1 312 555 0100", "+1 312 555 0101")
    assert not same_number(None, None)
