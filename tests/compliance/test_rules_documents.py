"""What documents are by rule: names of files, last days, how long they are kept (HRD-1, HRD-2). Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.compliance.documents.rules import guess, keep_until, notice_moment, numbers_in, scan_lets_open, standing

TODAY = dt.date(2026, 11, 2)
NUMBERS = {"10023": 1, "E-204": 2, "7": 3}
TYPES = [(5, "Licence"), (6, "Driving licence"), (7, "Training Record")]


@pytest.mark.parametrize(
    ("name", "person", "kind", "title"),
    [
        ("10023 Licence.pdf", 1, 5, "Licence"),
        ("10023_driving_licence_2026.pdf", 1, 6, "driving licence 2026"),
        ("e-204 TB screening.PDF", 2, None, "TB screening"),
        ("scan-10023.pdf", 1, None, "scan"),
        ("10023.pdf", 1, None, "10023"),
        ("100234 Licence.pdf", None, 5, "100234 Licence"),
        ("10023 and 7.pdf", None, None, "10023 and 7"),
        ("..\\share\\10023 Licence.pdf", 1, 5, "Licence"),
        ("card.pdf", None, None, "card"),
    ],
)
def test_whose_and_what_follows_from_the_name(name: str, person: int | None, kind: int | None, title: str) -> None:
    """HRD-2: a number counts when it stands by itself and one person alone has it; of kinds the longest name."""
    told = guess(name, NUMBERS, TYPES)
    assert (told.employee_id, told.type_id, told.title) == (person, kind, title)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_no_name_is_too_odd(name: str) -> None:
    """HRD-2: whatever a file is called, it only ever names people whose number stands in it."""
    told = guess(name, NUMBERS, TYPES)
    assert told.employee_id is None or any(NUMBERS.get(one) == told.employee_id for one in numbers_in(name))


def test_the_last_day_is_a_valid_one() -> None:
    """HRD-1: the word for each day around the end, and which letter is due."""
    seen = {days: standing(TODAY + dt.timedelta(days), TODAY) for days in (-1, 0, 60, 61)}
    assert seen == {-1: "Expired", 0: "Expiring", 60: "Expiring", 61: "Valid"} and standing(None, TODAY) == "Filed"
    due = {days: notice_moment(TODAY + dt.timedelta(days), TODAY) for days in (31, 30, 1, 0, -7, -8)}
    assert due == {31: None, 30: "soon", 1: "soon", 0: "day", -7: "day", -8: None}


def test_how_long_it_is_kept() -> None:
    """HRD-1: from filing, from its end or from the end of employment; for good; 29 February."""
    leap, end, left = dt.date(2024, 2, 29), dt.date(2026, 5, 1), dt.date(2026, 6, 30)
    known = {"filed_on": leap, "expires_on": end, "left_on": left}
    assert keep_until(3, "filed", **known) == dt.date(2027, 2, 28)
    assert keep_until(3, "expiry", **known) == dt.date(2029, 5, 1)
    assert keep_until(3, "leaving", **known) == dt.date(2029, 6, 30)
    assert keep_until(3, "leaving", filed_on=leap, expires_on=end, left_on=None) is None
    assert keep_until(None, "filed", **known) is None


def test_what_the_scanner_lets_open() -> None:
    """SEC-6: infected opens for nobody; unscanned for whoever filed it, or everybody where the setting says so."""
    ways = [(filed, too) for filed in (False, True) for too in (False, True)]
    opens = {scan: [scan_lets_open(scan, filed_it=f, unscanned_too=t) for f, t in ways] for scan in
             (None, "clean", "waiting", "failed", "infected")}  # fmt: skip
    assert opens[None] == opens["clean"] == [True] * 4
    assert opens["waiting"] == opens["failed"] == [False, True, True, True]
    assert opens["infected"] == [False] * 4
