"""Filters, counts, order and suggestions. Pure (CRS-8)."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from lmsapp.learning.choosing.rules import (
    FACETS,
    LENGTHS,
    NONE,
    SORTS,
    Candidate,
    Filters,
    Suggestion,
    counts,
    fits,
    in_order,
    length_of,
    suggested,
)
from lmsapp.learning.reviews.rules import Rating

KINDS, STATUSES, TOPICS = ("elective development", "onboarding"), (NONE, "Completed"), ("Sales", "Fire")


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    def one(number: int) -> Candidate:
        return Candidate(
            id=number,
            title=draw(st.sampled_from(("A", "b", "C"))),
            kind=draw(st.sampled_from(KINDS)),
            language=draw(st.sampled_from(("en", "es"))),
            minutes=draw(st.integers(0, 90)),
            mandatory=draw(st.booleans()),
            validity_months=draw(st.sampled_from((None, 12))),
            published_at=dt.datetime(2026, 1, 1 + number, tzinfo=dt.UTC),
            topics=draw(st.lists(st.sampled_from(TOPICS), unique=True)),
            status=draw(st.sampled_from(STATUSES)),
            rating=Rating(draw(st.integers(0, 3)), draw(st.integers(0, 15))),
            taken=draw(st.integers(0, 5)),
        )

    return [one(number) for number in range(draw(st.integers(0, 8)))]


FILTERS = st.builds(
    Filters,
    kind=st.lists(st.sampled_from(KINDS), unique=True).map(tuple),
    length=st.lists(st.sampled_from(sorted(LENGTHS)), unique=True).map(tuple),
    status=st.lists(st.sampled_from(STATUSES), unique=True).map(tuple),
    topic=st.lists(st.sampled_from(TOPICS), unique=True).map(tuple),
)


@given(candidates(), FILTERS, st.sampled_from(FACETS))
def test_a_count_is_what_ticking_it_would_show(found: list[Candidate], filters: Filters, facet: str) -> None:
    """CRS-8: beside each value stands how many courses there would be with that value alone in its facet."""
    for value, number in counts(found, filters)[facet].items():
        asked = Filters(**{name: getattr(filters, name) for name in FACETS} | {facet: (value,)})
        assert number == sum(fits(one, asked) for one in found)


@given(candidates(), st.sampled_from(SORTS))
def test_putting_in_order_loses_nothing_and_is_the_same_twice(found: list[Candidate], sort: str) -> None:
    """CRS-8: pages of a sorted list hold every course once, whatever order it came in."""
    there = [one.id for one in in_order(found, sort)]
    assert sorted(there) == [one.id for one in found]
    assert there == [one.id for one in in_order(reversed(found), sort)]


def test_every_length_has_its_bucket() -> None:
    """CRS-8: the buckets of minutes leave no gap."""
    assert [length_of(minutes) for minutes in (0, 15, 16, 30, 31, 60, 61, 600)] == [
        "15", "15", "30", "30", "60", "60", "more", "more",
    ]  # fmt: skip


def test_one_enthusiast_does_not_outweigh_fifty() -> None:
    """CRS-8: best rated takes few reviews with a grain of salt; unrated courses come last."""
    assert Rating(1, 5).weight < Rating(50, 230).weight
    assert Rating().weight == 0 < Rating(1, 1).weight
    assert Rating(3, 13).average == 4.3


def test_suggestions_take_turns_and_name_nobody() -> None:
    """CRS-8: each course once, the reasons in turn; one colleague alone is no reason."""

    def one(course: int, took: int, why: str) -> Suggestion:
        return Suggestion(course, f"C{course}", 5, took, 9, why, "x")

    department = [one(1, 5, "department"), one(2, 4, "department"), one(3, 1, "department")]
    role = [one(1, 7, "job role"), one(4, 3, "job role")]
    together = [one(9, 8, "together")]
    chosen = suggested([department, role, together], without={9}, fewest=2, most=3)
    assert [(s.course_id, s.why) for s in chosen] == [(1, "department"), (4, "job role"), (2, "department")]
    assert suggested([[one(3, 1, "department")]], without=(), fewest=2, most=3) == []
    assert suggested([], without=(), fewest=2, most=3) == []
