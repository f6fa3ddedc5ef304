"""What a path asks, locks and promises: pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.courses.paths.rules import (
    Asked,
    Item,
    Locked,
    Ordering,
    Role,
    expires_on,
    locked,
    standing,
)
from lmsapp.courses.paths.soundness import check_gates, circle, problems
from lmsapp.infra.words import RuleBroken

CORE, RIVALS, SKILLS, LIVE = 1, 2, 3, 4
BOTH = (CORE, RIVALS)
SALES = Asked(
    Ordering.GATED,
    0,
    (
        Item(CORE, "Core Product Features"),
        Item(RIVALS, "Competitive Positioning"),
        Item(SKILLS, "Product Demo Skills", needs=BOTH),
        Item(LIVE, "Live Demo Certification", needs=BOTH),
    ),
    "Sales",
)


def test_the_sales_path_of_the_story() -> None:
    """CRS-4, story 2: both stay locked until both are completed, and say which are missing; then both open."""
    assert locked(SALES, {SKILLS}) == {LIVE: Locked(BOTH, 2)}
    assert locked(SALES, {CORE}) == {SKILLS: Locked((RIVALS,), 1), LIVE: Locked((RIVALS,), 1)}
    assert locked(SALES, set(BOTH)) == {}
    assert [standing(SALES, set(range(1, n))).progress for n in range(1, 6)] == [0, 25, 50, 75, 100]


def test_orders_choices_and_any_of() -> None:
    """CRS-4: free, in order, any n of; electives count as many as are asked for, optional ones never."""
    assert locked(replace(SALES, ordering=Ordering.FREE), set()) == {}
    in_order = replace(SALES, ordering=Ordering.IN_ORDER)
    assert locked(in_order, {CORE, SKILLS}) == {LIVE: Locked((RIVALS,), 1)}
    any_of = replace(SALES, items=(*SALES.items[:3], replace(SALES.items[3], needs=(CORE, RIVALS, SKILLS), needed=2)))
    assert locked(any_of, {SKILLS})[LIVE] == Locked(BOTH, 1)
    assert LIVE not in locked(any_of, {SKILLS, CORE})
    electives = Asked(
        Ordering.FREE,
        1,
        (Item(1), Item(2, role=Role.ELECTIVE), Item(3, role=Role.ELECTIVE), Item(4, role=Role.OPTIONAL)),
    )
    assert [standing(electives, done).progress for done in ({4}, {2, 3}, {1, 4}, {1, 3})] == [0, 50, 50, 100]
    # A course that takes nobody new is neither asked for nor waited for.
    assert locked(SALES.without({RIVALS}), {CORE}) == {} and standing(SALES.without({RIVALS}), {CORE}).need == 3
    assert not standing(SALES.without({1, 2, 3, 4}), {1, 2, 3, 4}).complete


def test_what_stands_against_publishing() -> None:
    """CRS-4: no circle, nothing unreachable, nothing that nobody could take; each in words, at its course."""
    published = {1, 2, 3, 4}
    assert problems(SALES, published) == []
    assert [one.course_id for one in problems(SALES, published - {SKILLS})] == [SKILLS]
    round_about = replace(SALES, items=(replace(SALES.items[0], needs=(LIVE,)), *SALES.items[1:]))
    assert circle(round_about) == (CORE, LIVE)
    assert "Core Product Features, Live Demo Certification" in str(problems(round_about, published)[0])
    assert not problems(replace(round_about, ordering=Ordering.FREE), published)
    hidden = replace(SALES, items=(replace(SALES.items[0], role=Role.OPTIONAL), *SALES.items[1:]))
    assert [one.course_id for one in problems(hidden, published)] == [SKILLS, LIVE]
    assert "2 elective courses, but has 0" in str(problems(replace(SALES, electives=2), published)[0])
    assert "Add a course" in str(problems(Asked(Ordering.FREE, 0), published)[0])
    with pytest.raises(RuleBroken, match="circle: “Core Product Features” has to come before"):
        check_gates(SALES, CORE, [SKILLS], None)
    with pytest.raises(RuleBroken, match="of this path"):
        check_gates(SALES, CORE, [CORE], None)
    with pytest.raises(RuleBroken, match="no more than are ticked"):
        check_gates(SALES, LIVE, BOTH, 3)


def test_a_credential_lasts_as_long_as_all_it_stands_on() -> None:
    """CRS-4: to the first expiry; the electives that last longest count, optional ones never shorten it."""
    soon, later = dt.date(2027, 1, 31), dt.date(2028, 2, 29)
    assert expires_on(SALES, {CORE: None, RIVALS: later, SKILLS: soon, LIVE: None}) == soon
    assert expires_on(SALES, {CORE: None, RIVALS: None}) is None
    path = Asked(
        Ordering.FREE,
        1,
        (Item(1), Item(2, role=Role.ELECTIVE), Item(3, role=Role.ELECTIVE), Item(4, role=Role.OPTIONAL)),
    )
    assert expires_on(path, {1: None, 2: soon, 3: later, 4: soon}) == later


@st.composite
def paths(draw: st.DrawFn) -> Asked:
    """Gates look back only, as they do in every path without circles, in some order of its courses."""
    size = draw(st.integers(1, 6))
    items = []
    for number in range(size):
        needs = tuple(sorted(draw(st.sets(st.integers(0, number - 1)))) if number else ())
        needed = draw(st.none() | st.integers(1, len(needs))) if needs else None
        items.append(Item(number, f"C{number}", draw(st.sampled_from(Role)), needs=needs, needed=needed))
    electives = draw(st.integers(0, size))
    return Asked(draw(st.sampled_from(Ordering)), electives, tuple(draw(st.permutations(items))), "P")


@settings(max_examples=80, deadline=None)
@given(paths(), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_more_never_locks_nor_lowers(path: Asked, some: set[int], more: set[int]) -> None:
    """CRS-4: for every path and every order of completing; the stored form says the same; 100 means complete."""
    path = Asked.from_json(path.as_json())  # as it is read back
    assert Asked.from_json(path.as_json()) == path
    less, after = standing(path, some), standing(path, some | more)
    assert less.progress <= after.progress and set(after.locked) <= set(less.locked)
    assert (after.progress == 100) is after.complete
    known = set(path.course_ids)
    assert all(set(why.needs) <= known - some and 0 < why.count <= len(why.needs) for why in less.locked.values())
    if not circle(path):
        done: set[int] = set()
        while done != known:
            can = known - done - set(locked(path, done))
            assert can, "something would never open"
            done |= can
        assert not locked(path, done)
