"""ORG-3: names as they are written and sorted; reporting lines without circles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.people.employees.rules import find_circle, fold, full_name, sort_name, split_name

WORD = st.text(st.characters(categories=["L"]), min_size=1, max_size=12).filter(
    lambda w: (
        w.lower()
        not in {"jr", "sr", "ii", "iii", "iv", "md", "do", "rn", "lpn", "phd", "dds", "np", "pa", "cpa", "esq"}
    )
)


@pytest.mark.parametrize(
    ("text", "given_name", "family"),
    [
        ("Anguiano, Daniel", "Daniel", "Anguiano"),
        ("Παναγιωτακοπούλου, Λουκιανός", "Λουκιανός", "Παναγιωτακοπούλου"),
        ("Lena Fischer", "Lena", "Fischer"),
        ("Martin Luther King, Jr.", "Martin Luther", "King, Jr."),
        ("Ana María del Río", "Ana María del", "Río"),
        ("Prince", "", "Prince"),
        ("莹 陈", "莹", "陈"),
    ],
)
def test_names_are_split(text: str, given_name: str, family: str) -> None:
    """ORG-5: 'Last, First' and 'First Last', in any script; 'Jr.' is nobody's first name."""
    assert split_name(text) == (given_name, family)


@given(WORD, WORD)
def test_both_ways_of_writing_a_name_mean_the_same(first: str, last: str) -> None:
    """ORG-5: 'Last, First' is 'First Last'."""
    assert split_name(f"{last}, {first}") == split_name(f"{first} {last}") == (first, last)
    assert full_name(*split_name(f"{last}, {first}")) == f"{first} {last}"


@pytest.mark.parametrize(
    ("text", "folded"), [("Żółć", "zolc"), ("Đặng", "dang"), ("ØRSTED", "orsted"), ("Weiß", "weiss")]
)
def test_names_are_found_without_accents(text: str, folded: str) -> None:
    """ORG-3: who types a plain keyboard finds everybody."""
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    """ORG-3: a search is folded as the name was."""
    assert fold(fold(text)) == fold(text)


def test_lists_are_by_family_name() -> None:
    """ORG-3: Zoë Adams stands before Aaron Łukasz."""
    assert sort_name("Zoë", "Adams") < sort_name("Aaron", "Łukasz")


@given(st.dictionaries(st.integers(0, 12), st.one_of(st.none(), st.integers(0, 12)), max_size=13))
def test_a_circle_is_found_exactly_when_there_is_one(manager_of: dict[int, int | None]) -> None:
    """ORG-3: checked against walking up from everybody."""

    def ends(start: int) -> bool:
        at: int | None = start
        for _step in range(20):
            if at is None:
                return True
            at = manager_of.get(at)
        return False

    circle = find_circle(manager_of)
    assert bool(circle) == (not all(ends(start) for start in manager_of))
    for here, above in zip(circle, circle[1:] + circle[:1], strict=True):
        assert manager_of[here] == above
