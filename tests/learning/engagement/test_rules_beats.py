"""CRS-1, CRS-3: whatever a page claims, from however many tabs, it is never more than the wall clock."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.learning.engagement.rules import Beat, Before, credit_beat
from lmsapp.learning.enrollments.rules import (
    FASTEST_PLAY,
    LONGEST_BEAT,
    minutes_reached,
    seen_seconds,
    unmeasured_seconds,
)

START = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
claims = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 400)
stretches = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted), max_size=4)
beats = st.tuples(
    st.integers(0, 3),  # which tab
    st.floats(-30, 200),  # seconds since the beat before; a server's clock may be set back
    claims,
    st.integers(0, 8),  # its number
    stretches,
    st.lists(st.integers(-2, 60), max_size=50),
)
KINDS = ("text", "video", "pdf", "video")


@dataclass
class Tab:
    """One visit, and the lesson it is on."""

    kind: str
    opened_at: dt.datetime = START
    last_number: int = 0
    credited: int = 0
    spent: float = 0
    seen: list[object] = field(default_factory=list)


def play(tab: Tab, beat: Beat, counted_until: dt.datetime, now: dt.datetime) -> tuple[int, float, dt.datetime, float]:
    before = Before(tab.opened_at, counted_until, tab.last_number, tab.credited, tab.spent, tab.seen)
    got = credit_beat(tab.kind, 60 if tab.kind == "video" else 40, beat, before, now)
    tab.last_number = max(tab.last_number, beat.number)
    tab.credited += got.seconds
    tab.spent += got.spent
    tab.seen = got.seen
    return got.seconds, got.spent, got.counted_until, got.gained


@given(st.lists(beats, max_size=25))
def test_all_tabs_together_never_earn_more_than_the_wall_clock(
    played: list[tuple[int, float, float, int, list[list[float]], list[int]]],
) -> None:
    """CRS-1: seconds, watched stretches and pages of four tabs are paid from one clock, forged as they may be."""
    tabs, now, latest, counted_until = [Tab(kind) for kind in KINDS], START, START, START
    total, spent_in_all, pages = 0, 0.0, 0.0
    for which, passed, seconds, number, watched, seen in played:
        now += dt.timedelta(seconds=passed)
        latest = max(latest, now)
        tab = tabs[which]
        beat = Beat(number, seconds, watched if tab.kind == "video" else seen if tab.kind == "pdf" else [])
        got, spent, counted_until, gained = play(tab, beat, counted_until, now)
        assert 0 <= got <= LONGEST_BEAT
        assert 0 <= spent <= LONGEST_BEAT
        total, spent_in_all = total + got, spent_in_all + spent
        pages += gained if tab.kind == "pdf" else 0
        again = play(Tab(**tab.__dict__), beat, counted_until, now + dt.timedelta(hours=1))
        assert again[0] == again[1] == again[3] == 0, "a replay adds nothing, however late"
        assert counted_until <= latest
    wall = (latest - START).total_seconds() + 0.001
    assert total <= wall
    assert spent_in_all <= wall
    assert pages <= wall
    assert sum(seen_seconds(tab.seen) for tab in tabs if tab.kind == "video") <= wall * FASTEST_PLAY + 0.001  # type: ignore[arg-type]


def test_a_page_open_overnight_buys_nothing() -> None:
    """CRS-3: gaps above the most do not count, and what was not claimed in time is not there to be claimed later."""
    morning = START + dt.timedelta(hours=14)
    tab = Tab("text")
    assert play(tab, Beat(1, 50_000, []), START, morning)[0] == LONGEST_BEAT
    other = Tab("text")
    until = morning
    assert play(other, Beat(1, 50_000, []), until, morning)[0] == 0, "another tab at the same moment"


def test_an_honest_page_loses_nothing_to_a_slow_network() -> None:
    """CRS-1: a beat says what the visit came to, so that what came a little early is credited with the next."""
    tab, until = Tab("text"), START
    for number, (at, claimed) in enumerate([(14.6, 15), (30.2, 30), (44.9, 45), (60.3, 60)], 1):
        until = play(tab, Beat(number, claimed, []), until, START + dt.timedelta(seconds=at))[2]
    assert tab.credited == 60


def test_pages_need_their_time() -> None:
    """CRS-1: forty pages in one second are one page; the rest comes with the seconds."""
    tab = Tab("pdf")
    every = list(range(1, 41))
    until = play(tab, Beat(1, 1, every), START, START + dt.timedelta(seconds=1))[2]
    assert tab.seen == [1]
    play(tab, Beat(2, 30, every), until, START + dt.timedelta(seconds=31))
    assert len(tab.seen) == 31


@pytest.mark.parametrize("claimed", [math.nan, math.inf, -math.inf, -5.0])
def test_what_is_no_time_is_nothing(claimed: float) -> None:
    """SEC-6: no such number gets in, or stops the server."""
    assert play(Tab("text"), Beat(1, claimed, []), START, START + dt.timedelta(seconds=30))[0] == 0


def test_without_script_the_time_since_opening_counts_up_to_what_the_lesson_takes() -> None:
    """CRS-3: the stated fallback: not measured, capped, and never from time that was counted elsewhere."""
    later = START + dt.timedelta(hours=9)
    assert unmeasured_seconds(START, later, least=30, expected=5) == 300
    assert unmeasured_seconds(START, later, least=600, expected=5) == 600
    assert unmeasured_seconds(START, START + dt.timedelta(seconds=40), least=30, expected=5) == 40
    assert unmeasured_seconds(later, START, least=30, expected=5) == 0
    assert list(minutes_reached(50, 130)) == [1, 2]
    assert list(minutes_reached(60, 119)) == []
