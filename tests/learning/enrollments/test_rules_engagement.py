"""CRS-1, CRS-3, ENR-3: what a beat is credited, what a lesson asks, and the name of where an enrollment stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from lmsapp.learning.enrollments.rules import (
    Done,
    locked_by,
    merge_intervals,
    needs,
    progress,
    seen_seconds,
    status,
)

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
stretch = st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted)


@dataclass(frozen=True)
class Line:
    id: int = 1
    kind: str = "text"
    min_seconds: int = 0
    share: int = 90
    length: float = 0


@given(st.lists(st.tuples(st.lists(stretch, max_size=4), st.floats(0, 30)), max_size=6))
def test_watching_counts_distinct_seconds_within_what_could_be_watched(
    beats: list[tuple[list[list[float]], float]],
) -> None:
    """CRS-1: replaying a stretch adds nothing; all beats together never exceed what was allowed, nor the video."""
    seen: list[list[float]] = []
    for claimed, allowed in beats:
        before = seen_seconds(seen)
        seen = merge_intervals(seen, claimed, length=60, allowed=allowed)
        after = seen_seconds(seen)
        assert before - 1e-6 <= after <= before + allowed + 1e-6
        assert after <= 60 + 1e-6
        assert merge_intervals(seen, claimed, length=60, allowed=0) == seen
        assert all(a[1] < b[0] for a, b in zip(seen, seen[1:], strict=False))


def test_seeking_ahead_does_not_count() -> None:
    """CRS-1: jumping to the end of a video shows seconds that were not watched."""
    line = Line(kind="video", length=60.0)
    seen = merge_intervals([], [[0, 5]], length=60, allowed=10)
    seen = merge_intervals(seen, [[55, 60]], length=60, allowed=10)
    (need,) = needs(line, Done(opened_at=NOW, seen=seen, measured=True), NOW)
    assert (need.met, need.have, need.need) == (False, 10, 54)


def test_merely_opening_a_page_meets_nothing() -> None:
    """CRS-3: a lesson with a least time, just opened, is not ready; nor is one opened long ago whose page reported idle."""
    line = Line(min_seconds=60)
    assert not needs(line, Done(opened_at=NOW), NOW)[0].met
    assert not needs(line, Done(opened_at=NOW - dt.timedelta(hours=2), seconds=10, measured=True), NOW)[0].met
    assert needs(line, Done(opened_at=NOW - dt.timedelta(minutes=2)), NOW)[0].met, "without script the clock counts"
    assert needs(line, Done(opened_at=NOW, seconds=60, measured=True), NOW)[0].met


def test_pdf_pages_are_counted_once() -> None:
    """CRS-1: a PDF asks for its share of pages."""
    line = Line(kind="pdf", length=4, share=75)
    assert [n.met for n in needs(line, Done(opened_at=NOW, seen=[1, 1, 2], measured=True), NOW)] == [False]
    assert [n.met for n in needs(line, Done(opened_at=NOW, seen=[1, 2, 4], measured=True), NOW)] == [True]


def test_a_quiz_opens_when_all_before_it_is_done() -> None:
    """ENR-5: locked items say what is missing; other lessons are open in any order."""
    lines = [Line(1), Line(2), Line(3, "quiz"), Line(4)]
    assert locked_by(3, lines, {1}) == (2,)
    assert locked_by(3, lines, {1, 2}) == ()
    assert locked_by(4, lines, set()) == ()
    assert [locked_by(n, lines, {1, 4}, in_order=True) for n in (1, 2, 3, 4)] == [(), (), (2,), ()]


@given(st.integers(0, 40), st.integers(0, 40), st.booleans())
def test_100_per_cent_means_complete(done: int, total: int, complete: bool) -> None:
    """ENR-3: 100 % exactly when the rule is met."""
    got = progress(min(done, total), total, complete=complete)
    assert (got == 100) == complete
    assert 0 <= got <= 100


def test_precedence_of_status() -> None:
    """ENR-3: Withdrawn, Completed and its age, Failed, In Progress, Not Started."""
    past, ahead = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)

    def named(**facts: object) -> str:
        base: dict[str, object] = {
            "started": False,
            "completed_on": None,
            "failed": False,
            "withdrawn": False,
            "valid_until": None,
            "renewal_from": None,
        }
        return status(**{**base, **facts}, today=TODAY)  # type: ignore[arg-type]

    assert named() == "Not Started"
    assert named(started=True) == "In Progress"
    assert named(started=True, failed=True) == "Failed"
    assert named(completed_on=past, failed=True) == "Completed"
    assert named(completed_on=past, valid_until=TODAY) == "Completed"
    assert named(completed_on=past, valid_until=past) == "Expired"
    assert named(completed_on=past, valid_until=ahead, renewal_from=TODAY) == "Renewal Required"
    assert named(completed_on=past, withdrawn=True) == "Withdrawn"
