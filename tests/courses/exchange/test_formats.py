"""QIZ-1: what is written is read again, in every format; what a format cannot say, it says that it cannot."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lmsapp.courses.exchange.formats.draft import QuestionDraft
from lmsapp.courses.exchange.formats.reading import read_questions
from lmsapp.courses.exchange.formats.writing import FORMATS, losses
from lmsapp.infra.words import RuleBroken
from tests.courses.exchange.drafts import drafts

pytestmark = pytest.mark.pure
HURRIED = settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


def said(draft: QuestionDraft) -> dict[str, Any]:
    """What is compared: keys are the reader's own."""
    matches = {one["key"]: one["text"] for one in draft.detail.get("matches", ())}
    options = [(one["text"], one.get("correct"), matches.get(one.get("match", ""))) for one in draft.options]
    detail = {key: value for key, value in draft.detail.items() if key != "matches"}
    return {
        "kind": draft.kind,
        "prompt": draft.prompt,
        "options": options,
        "matches": sorted(matches.values()),
        "detail": detail,
        "points": draft.points,
        "explanation": draft.explanation,
        "tags": draft.tags,
        "category": draft.category,
    }


def in_words(data: bytes) -> bool:
    """Whether the file gave questions or problems, or was refused as a whole in a sentence."""
    refused: str | None = ""
    try:
        found = read_questions(data)
    except RuleBroken as broken:
        refused = broken.field
    return refused == "file" or bool(found.drafts or found.problems)


@pytest.mark.parametrize("key", list(FORMATS))
@HURRIED
@given(listed=st.lists(drafts(), min_size=1, max_size=4))
def test_what_is_written_is_read_again(key: str, listed: list[QuestionDraft]) -> None:
    """QIZ-1: a question without losses comes back as it was, the others at least as questions in the same order."""
    found = read_questions(FORMATS[key].write(listed))
    assert not found.problems
    assert len(found.drafts) == len(listed)
    for before, after in zip(listed, found.drafts, strict=True):
        if not losses(key, [before]):
            assert said(after) == said(before)
        assert after.prompt == before.prompt


@HURRIED
@given(
    noise=st.binary(max_size=400),
    head=st.sampled_from([b"", b"PK\x03\x04", b"<quiz>", b"\xff\xfe", b"question,correct\n", b"::a::{"]),
)
def test_noise_is_refused_in_words(noise: bytes, head: bytes) -> None:
    """SEC-6: whatever the bytes are, the answer is questions or a sentence."""
    assert in_words(head + noise)


@pytest.mark.parametrize("key", list(FORMATS))
@HURRIED
@given(data=st.data())
def test_damaged_files_are_read_or_refused(key: str, data: st.DataObject) -> None:
    """SEC-6: a file with a piece cut out, doubled or changed is never an error of ours."""
    whole = FORMATS[key].write(data.draw(st.lists(drafts(), min_size=1, max_size=3)))
    begin, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    piece = data.draw(st.sampled_from([b"", b"{", b"<a>", b"\x00", b'"', whole[begin:end] * 2]))
    assert in_words(whole[:begin] + piece + whole[end:])
