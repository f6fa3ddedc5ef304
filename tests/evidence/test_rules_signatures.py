"""ORG-7: fingerprints, what still counts, what changed. Pure."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.evidence.signatures.rules import Words, check_words, cleaned, difference, fingerprint, still_counts
from lmsapp.infra.words import RuleBroken

TEXT = st.text(max_size=40)
MARKDOWN = st.lists(st.sampled_from(["Wash", "your", "hands", "twice.", "\n", "\n\n", "- "]), max_size=60).map(" ".join)


def test_a_fingerprint_can_be_redone_with_what_everybody_has() -> None:
    """ORG-7: SHA-256 of a JSON list; an auditor needs nothing of ours."""
    plain = json.dumps(["Título", "I agree", "Wörter\n"], ensure_ascii=False, separators=(",", ":"))
    assert fingerprint(Words("Título", "I agree", "Wörter\n")) == hashlib.sha256(plain.encode()).hexdigest()


@given(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
def test_different_words_have_different_fingerprints(a: str, b: str, c: str, d: str, e: str, f: str) -> None:
    """ORG-7: also where one part ends as the next begins."""
    assert (fingerprint(Words(a, b, c)) == fingerprint(Words(d, e, f))) == ((a, b, c) == (d, e, f))


@given(TEXT, TEXT, TEXT)
def test_cleaning_is_done_once(title: str, meaning: str, body: str) -> None:
    """ORG-7: what is kept is what is shown and signed."""
    once = cleaned(Words(title, meaning, body))
    assert cleaned(once) == once
    assert "\r" not in once.body


@pytest.mark.parametrize(
    ("words", "field"),
    [(Words("", "m", "b"), "title"), (Words("t", "", "b"), "meaning"), (Words("t", "m", ""), "body")],
)
def test_nothing_incomplete_is_published(words: Words, field: str) -> None:
    """ORG-7, SEC-6: the field is named."""
    with pytest.raises(RuleBroken) as broken:
        check_words(words, complete=True)
    assert broken.value.field == field


def test_a_character_postgresql_cannot_keep_is_refused() -> None:
    """SEC-6: in words, not as an error of ours."""
    with pytest.raises(RuleBroken, match="plain text"):
        check_words(Words("t", "m", "a\x00b"), complete=False)


def test_what_still_counts() -> None:
    """ORG-7: from the version that last asked again."""
    assert [still_counts(number, 2) for number in (1, 2, 3)] == [False, True, True]
    assert not still_counts(1, None)


@given(MARKDOWN, MARKDOWN)
def test_a_difference_tells_both_texts(before: str, after: str) -> None:
    """ORG-7: nothing is called unchanged that was, and nothing of a change is left out."""
    pieces = difference(before, after)
    added = "".join(one.text for one in pieces if one.kind == "added")
    removed = "".join(one.text for one in pieces if one.kind == "removed")
    assert bool(added or removed) == (before != after)
    same = [one.text for one in pieces if one.kind == "same"]
    assert all(text in before and text in after for text in same)
    hidden = sum(int(one.text) for one in pieces if one.kind == "left out")
    assert hidden or not pieces or len(added) + sum(map(len, same)) == len(after)


def test_long_unchanged_stretches_are_left_out() -> None:
    """ORG-7: one changed word in a long text is found at once."""
    words = " ".join(f"word{n}" for n in range(200))
    pieces = difference(words, words.replace("word100 ", "other "))
    assert [one.kind for one in pieces] == ["left out", "same", "removed", "added", "same", "left out"]
