"""Pure rules of the staff side: pauses, files of enrollments, addresses of lists (ENR-6, ENR-7, ENR-10)."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from lmsapp.assignments.bulk.rules import Column, Has, Kind, Person, due_date, find_columns, judge_line
from lmsapp.infra.words import RuleBroken
from lmsapp.insight.enrollments.filters import LESSON_STATES, MARKS, SORTS, SOURCES, EnrollmentFilters
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.learning.overrides import rules as overrides
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.pauses.rules import check_dates, days_paused, is_over, unused_days
from lmsapp.people.roster.values import DateOrder
from lmsapp.web.enrolled_asked import query, read

DAY = dt.date(2026, 11, 2)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
IDS = st.lists(st.integers(1, 10**6), max_size=3, unique=True).map(tuple)


@given(DAYS, st.integers(0, 365), st.integers(0, 400))
def test_used_and_unused_days_make_the_pause(since: dt.date, long: int, later: int) -> None:
    """ENR-10: whenever it ends, what was used and what was not add up; over on the day after its last."""
    until, today = since + dt.timedelta(days=long), since + dt.timedelta(days=later)
    used = min(later, long + 1)
    assert used + unused_days(today, since, until) == days_paused(since, until)
    assert is_over(until, today) == (unused_days(today, since, until) == 0)


def test_the_length_of_a_pause_is_bounded() -> None:
    """ENR-10: from today, so many days at most, both ends counted."""
    check_dates(DAY, DAY, 1)
    check_dates(DAY, DAY + dt.timedelta(days=29), 30)
    for until, longest in ((DAY - dt.timedelta(days=1), 30), (DAY + dt.timedelta(days=30), 30)):
        with pytest.raises(RuleBroken):
            check_dates(DAY, until, longest)


def test_what_a_line_would_do() -> None:
    """ENR-6: over who, what and what is there already."""
    lena = Person(1, "Lena", True, DAY)
    course, due = ("Ladders", True), DAY + dt.timedelta(days=9)
    for person, about, due_on, has, kind in (
        (None, course, due, Has(), Kind.PROBLEM),
        (Person(1, "Leo", False, DAY), course, due, Has(), Kind.PROBLEM),
        (lena, None, due, Has(), Kind.PROBLEM),
        (lena, ("Ladders", False), due, Has(), Kind.PROBLEM),
        (lena, course, DAY, Has(), Kind.PROBLEM),
        (lena, course, due, Has(), Kind.ASSIGN),
        (lena, course, due, Has(enrolled=True), Kind.ASSIGN),
        (lena, course, due, Has(enrolled=True, due_on=DAY), Kind.SAME),
        (lena, course, None, Has(enrolled=True, due_on=DAY), Kind.SAME),
        (lena, course, due, Has(enrolled=True, completed=True), Kind.SAME),
        (lena, course, None, Has(), Kind.ENROLL),
        (lena, course, None, Has(enrolled=True), Kind.SAME),
        (lena, course, None, Has(enrolled=True, withdrawn=True), Kind.ENROLL),
    ):
        assert judge_line(person, about, due_on, has, "E-1", "Ladders").kind is kind
    assert find_columns(["Course", " E-MAIL ", "Due_Date", "odd"]) == {
        Column.COURSE: 0,
        Column.EMAIL: 1,
        Column.DUE_ON: 2,
    }
    for header in (["Course"], ["Number", "Name"], ["Number", "id", "Course"]):
        with pytest.raises(RuleBroken):
            find_columns(header)
    assert due_date("", DateOrder.AUTO) is None
    assert due_date(DAY, DateOrder.AUTO) == due_date("2026-11-02", DateOrder.AUTO) == DAY


@given(
    st.builds(
        EnrollmentFilters,
        search=st.text("abc é-&=?", max_size=20).map(str.strip),
        member=st.none() | st.integers(1, 999),
        courses=IDS,
        departments=IDS,
        statuses=st.lists(st.sampled_from([one.value for one in EnrollmentStatus]), unique=True).map(tuple),
        sources=st.lists(st.sampled_from(SOURCES), unique=True).map(tuple),
        marks=st.lists(st.sampled_from(MARKS), unique=True).map(tuple),
        least=st.integers(0, 100),
        most=st.integers(0, 100),
        since=st.none() | DAYS,
        done_until=st.none() | DAYS,
        idle=st.none() | st.integers(0, 3650),
        sort=st.sampled_from(SORTS),
        desc=st.booleans(),
    )
)
def test_an_address_is_the_list(filters: EnrollmentFilters) -> None:
    """ENR-7: written into an address and read back, a list is the same list."""
    again = read(MultiDict(parse_qsl(query(filters).removeprefix("?"), keep_blank_values=True)))
    assert again == filters


def test_an_address_nobody_made_is_read_all_the_same() -> None:
    """ENR-7, SEC-6: what is not understood is left out."""
    odd = MultiDict({"least": "-1", "most": "1e9", "since": "soon", "lesson": "7", "lesson_state": "x", "page": "0"})
    assert read(odd) == EnrollmentFilters(lesson=7, lesson_state=LESSON_STATES[0])


def test_who_may_decide_by_hand() -> None:
    """ENR-9: never about oneself, never twice the same person; only what can be set or taken back."""
    with pytest.raises(RuleBroken):
        overrides.check_not_oneself(4, 4)
    overrides.check_not_oneself(None, 4)
    with pytest.raises(RuleBroken):
        overrides.check_second_person(2, 2)
    state = {"completed": False, "by_hand": False, "exempt": False, "withdrawn": False}
    overrides.check_possible(OverrideKind.COMPLETION, **state)
    overrides.check_possible(OverrideKind.REVOCATION, **{**state, "by_hand": True})
    for kind, change in (
        (OverrideKind.COMPLETION, "completed"),
        (OverrideKind.EXEMPTION, "exempt"),
        (OverrideKind.EXEMPTION, "withdrawn"),
        (OverrideKind.REVOCATION, "completed"),
    ):
        with pytest.raises(RuleBroken):
            overrides.check_possible(kind, **{**state, change: True})
