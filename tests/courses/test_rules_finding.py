"""Text for the search and what a snippet shows. Pure (CRS-8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.courses.finding.rules import (
    BEGIN,
    END,
    MOST_TOPICS,
    asked_words,
    cleaned_topics,
    closest,
    composed,
    fold,
    plain,
    snippet,
)
from lmsapp.infra.words import RuleBroken


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    """CRS-8: what is found in the folded text stands at the same place in what people read; no markup survives."""
    assert len(fold(text)) == len(composed(text))
    assert not set("<>&") & set(fold(text))


@given(st.text(max_size=120))
def test_a_query_is_letters_and_figures(text: str) -> None:
    """CRS-8: whatever is typed, what reaches the search are a few plain words."""
    words = asked_words(text)
    assert len(words) <= 8
    assert all(word and word.isalnum() and len(word) <= 40 for word in words)


def test_a_snippet_shows_the_original_with_its_accents() -> None:
    """CRS-8: marks go to the text as it was written, a hit at a time."""
    said = "Antes <b> Formación en higiene & más, después nada"
    marked = f"{BEGIN}Formacion{END} en {BEGIN}higiene{END}   mas"
    pieces = snippet(said, marked)
    assert [(one.text, one.hit) for one in pieces] == [
        ("… ", False),
        ("", False),
        ("Formación", True),
        (" en ", False),
        ("higiene", True),
        (" & más", False),
        (" …", False),
    ]
    assert snippet(said, "Formacion en higiene") == []
    assert snippet(said, f"{BEGIN}elsewhere{END}") == []


def test_a_mistyped_word_finds_its_neighbour() -> None:
    """CRS-8: one or two wrong letters; short words and those nothing is like stay."""
    known = ("hygiene", "bloodborne", "pathogens", "fire")
    assert closest(["higyene", "fire", "xy", "zzzzzz"], known) == ["hygiene", "fire", "xy", "zzzzzz"]
    assert closest(["pathogns"], known) == ["pathogens"]


def test_topics_are_few_short_and_once() -> None:
    """CRS-8: what an author may call a course's topics."""
    assert cleaned_topics([" Fire  safety", "fire SAFETY", "", "Wards"]) == ["Fire safety", "Wards"]
    with pytest.raises(RuleBroken, match="40"):
        cleaned_topics(["x" * 41])
    with pytest.raises(RuleBroken, match="characters"):
        cleaned_topics(["a\u202eb"])
    with pytest.raises(RuleBroken, match="8"):
        cleaned_topics([str(n) for n in range(MOST_TOPICS + 1)])


def test_html_becomes_a_line_of_text() -> None:
    """CRS-8: the search reads what learners read."""
    assert plain("<p>Wash &amp; dry</p>\n<ul><li>twice</li></ul>") == "Wash & dry twice"
