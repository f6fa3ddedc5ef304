"""SCO-2: times of both editions, read and written; totals in which no second counts twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.courses.packages.rules import Edition
from lmsapp.learning.scorm.commits.sittings import LONGEST_SHOWN, Times
from lmsapp.learning.scorm.commits.times import LONGEST, hundredths, written

HOUR = 360_000  # hundredths


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("0000:00:00.00", 0),
        ("00:10:30", 63_000),
        ("0001:02:03.4", 372_340),
        ("0001:02:03.45", 372_345),
        ("25:00:00", 25 * HOUR),
        ("9999:59:59.99", 9999 * HOUR + 359_999),
        ("12345:00:00.00", 12_345 * HOUR),
        ("0:75:80", 458_000),  # content that never carries over
        ("PT0S", 0),
        ("PT1H5S", 360_500),
        ("PT45.123456S", 4_512),
        ("P1DT12H", 36 * HOUR),
        ("P3D", 72 * HOUR),
        ("P1Y", 3_155_760_000),  # 365.25 days
        ("P12M", 3_155_760_000),
        ("P1Y2M3DT4H5M6.78S", 3_155_760_000 + 2 * 262_980_000 + 72 * HOUR + 4 * HOUR + 30_678),
        ("P99999999Y", LONGEST),
        ("", None),
        ("P", None),
        ("PT", None),
        ("P1W", None),
        ("PT1.5H", None),
        ("-PT1S", None),
        ("-1:00:00", None),
        ("1:2", None),
        ("١٢:٠٠:٠٠", None),
        ("12 minutes", None),
    ],
)
def test_what_content_writes(said: str, expected: int | None) -> None:
    """SCO-2: HHHH:MM:SS.SS of 1.2 and durations of 2004, beyond a day and beyond 9999 hours; nonsense is no time."""
    assert hundredths(said) == expected


@given(st.integers(0, 20_000 * HOUR))
def test_what_is_written_reads_the_same(time: int) -> None:
    """SCO-2: 2004 says any time; 1.2 up to the 9999 hours it has room for."""
    assert hundredths(written(time, Edition.V2004)) == time
    assert hundredths(written(time, Edition.V12)) == min(time, 10_000 * HOUR - 1)
    assert len(written(time, Edition.V12)) == len("HHHH:MM:SS.SS")


beats = st.tuples(
    st.integers(1, 3),  # sitting
    st.integers(1, 9),  # seq
    st.none() | st.integers(0, 5000).map(lambda seconds: f"PT{seconds}S"),
    st.integers(0, 4000),
)


@settings(max_examples=50)
@given(st.lists(beats, max_size=12, unique_by=lambda one: one[:2]), st.randoms())
def test_seconds_are_never_counted_twice(said: list[tuple[int, int, str | None, int]], random: object) -> None:
    """SCO-2, SCO-3: doubled, late and in any order, the total is each sitting's own time once."""
    shuffled = [*said, *said]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    times = Times()
    for sitting, seq, session_time, shown in shuffled:
        times = Times.from_json(times.noted(sitting, seq, session_time, shown).as_json())
    expected = 0
    for sitting in {one[0] for one in said}:
        mine = sorted(one for one in said if one[0] == sitting)
        own = [hundredths(one[2]) for one in mine if one[2] is not None]
        expected += own[-1] if own else 100 * max(one[3] for one in mine)  # type: ignore[operator]
    assert times.total == expected


def test_where_a_time_comes_from() -> None:
    """SCO-2: the content's own time counts, even a shorter one; without it, what the page was shown."""
    times = Times().noted(1, 0, shown=300)
    assert (times.total, times.source) == (30_000, "player")
    times = times.noted(1, 5, "00:04:00.50", shown=310)
    assert (times.total, times.source) == (24_050, "content")
    times = times.noted(1, 4, "00:09:00").noted(1, 6, "no time at all")
    assert times.total == 24_050, "said earlier, or no time"
    times = times.noted(2, 0, shown=1e300)
    assert (times.total, times.source) == (24_050 + 100 * LONGEST_SHOWN, "both")
    assert Times().noted(1, 1).source == ""
