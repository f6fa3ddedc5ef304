"""Wording, colours and the page of a template (CRT-2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.infra.words import RuleBroken
from lmsapp.learning.certificates.layout import Words, fitted, frames
from lmsapp.learning.certificates.templates.rules import (
    COLOURS,
    Border,
    Design,
    Page,
    Signatory,
    Turn,
    checked,
    contrast,
)
from lmsapp.learning.certificates.templates.wording import PLACEHOLDERS, check_wording, filled

VALUES = dict.fromkeys(PLACEHOLDERS, "x") | {"name": "{score} [a]", "valid_until": "", "score": ""}


def test_placeholders_are_replaced_once_and_nothing_else() -> None:
    """CRT-2: what a name holds is never looked at again; parts with nothing to say go."""
    assert filled("{name} has it", VALUES) == "{score} [a] has it"
    assert filled("done[ with {score}][, until {valid_until}][ in {course}].", VALUES) == "done in x."
    assert filled("[as {name}]", VALUES) == "as {score} [a]"


@pytest.mark.parametrize(
    "text",
    [
        "{name.__class__}",
        "{name!r}",
        "{0}",
        "{}",
        "{Name}",
        "{{name}}",
        "{name",
        "name}",
        "{config}",
        "{name:>10}",
        "[open",
        "shut]",
        "[[{name}]]",
        "a\x07b",
        "x" * 301,
    ],
)
def test_everything_that_is_no_placeholder_is_refused(text: str) -> None:
    """CRT-2: no template language and no format string can be reached; the words name what there is."""
    with pytest.raises(RuleBroken) as refused:
        check_wording(text, field="en_sentence")
    assert refused.value.field == "en_sentence"


@given(st.text(max_size=80), st.sampled_from(sorted(PLACEHOLDERS)))
def test_what_is_accepted_is_filled_without_a_trace(text: str, name: str) -> None:
    """CRT-2: after filling, no placeholder of ours is left, whatever stood around it."""
    try:
        kept = check_wording(f"{text} {{{name}}}", field="en_sentence")
    except RuleBroken:
        return
    plain = dict.fromkeys(PLACEHOLDERS, "word")
    assert "{" not in filled(kept, plain)
    assert "word" in filled(kept, plain)


def test_colours_can_be_read_on_white() -> None:
    """CRT-2: each of ours has a contrast of 4.5 and more; a light one is refused, as is what is no colour."""
    assert all(contrast(one) >= 4.5 for one in COLOURS)
    assert contrast("#000000") == pytest.approx(21)
    for colour in ("#f2b234", "red", "#12345", "url(x)", "#0e5a66;x"):
        with pytest.raises(RuleBroken) as refused:
            checked(Design(colour=colour))
        assert refused.value.field == "colour"
    with pytest.raises(RuleBroken):
        checked(Design(signatory=Signatory("", "Director")))
    design = checked(Design(colour=" #0E5A66 ", wording={"en": {"heading": "  Well   done "}, "fr": {"heading": "x"}}))
    assert Design.from_json(design.as_json()) == design
    assert design.words("en", "heading") == "Well done"
    assert design.words("fr", "heading") == ""


@given(
    st.sampled_from(list(Page)),
    st.sampled_from(list(Turn)),
    st.integers(0, 2),
    st.integers(1, 120),
    st.integers(1, 200),
    st.integers(0, 40),
)
def test_frames_stay_on_the_paper_and_apart(
    page: Page, turn: Turn, hands: int, name: int, title: int, courses: int
) -> None:
    """CRT-2: on every paper nothing leaves the page, words stand above the facts, and sizes never vanish."""
    design = Design(page=page, turn=turn, border=Border.LINE)
    wide, _high = design.size
    found = frames(design, hands=hands)
    below = [one for one in (found.facts, found.first, found.second, found.code, found.foot) if one is not None]
    for one in (found.words, *below):
        assert one.left >= 10
        assert one.top >= 10
        assert one.left + one.width <= wide - 10
    assert all(one.top >= found.words.top + found.words.height for one in below)
    words = Words(
        "Northgate", "Certificate", "This certifies that", "n" * name, "has it", "t " * title, courses=courses
    )
    sizes = fitted(words, found.words, lambda text, _bold: 0.55 * len(text))
    assert 0.55 * name * sizes.name <= found.words.width * 72 / 25.4
    assert 4 <= sizes.name <= 36
    assert 8 <= sizes.title <= 19
    assert sizes.courses <= 16
