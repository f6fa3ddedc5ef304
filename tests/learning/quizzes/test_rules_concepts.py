"""What was missed, over several attempts (QIZ-7). Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.learning.quizzes.concepts import Lost, concepts_missed, lessons_missed, lost_in
from lmsapp.learning.quizzes.rules import digest_of
from lmsapp.web.whole import WholeRequests

pytestmark = pytest.mark.pure
TITLES = {7: "Why it matters", 8: "Gloves"}


def lost(tags: tuple[str, ...], share: int = 0, lesson: int | None = None, points: int = 1) -> Lost:
    return Lost(tags, lesson, Fraction(points), Fraction(share, 100))


def test_later_misses_weigh_more_and_what_was_learned_weighs_less() -> None:
    """QIZ-7: tags lead, lessons stand in where there are none, what the latest attempt had right falls behind."""
    first = [lost(("old",), points=2), lost(("both",)), lost((), lesson=8)]
    latest = [lost(("old",), share=100, points=2), lost(("both",), share=50), lost((), lesson=8)]
    assert [(one.name, one.questions) for one in concepts_missed([first, latest], TITLES)] == [
        ("Gloves", 2), ("both", 2), ("old", 1),
    ]  # fmt: skip
    assert lessons_missed([first, latest], TITLES) == [8]
    assert concepts_missed([[lost((), lesson=99)]], TITLES) == [], "a lesson that is no part of this version"


def test_what_waits_for_a_grader_is_not_missed_yet() -> None:
    """QIZ-7: and points taken off count as none."""
    questions = [{"id": n, "points": "2", "tags": ["t"], "lesson_id": None} for n in (1, 2, 3)]
    result = [{"id": 1, "points": "0", "waits": True}, {"id": 2, "points": "-1"}, {"id": 3, "points": "1"}]
    assert [one.share for one in lost_in(questions, result)] == [0, Fraction(1, 2)]


answers = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.lists(st.text(max_size=3), max_size=3)), max_size=4
)


@settings(max_examples=30, deadline=None)
@given(answers, answers)
def test_a_digest_is_the_same_for_the_same_answers_alone(one: list[Any], other: list[Any]) -> None:
    """QIZ-3: whatever their order; another revision, question or answer makes another digest."""
    assert digest_of(one) == digest_of(list(reversed(one)))
    alike = sorted([q, r, list(g)] for q, r, g in one) == sorted([q, r, list(g)] for q, r, g in other)
    assert (digest_of(one) == digest_of(other)) is alike
    assert digest_of([(1, 0, [])]) == digest_of([]), "what was never saved is not there"


def test_a_body_of_a_stated_length_is_counted() -> None:
    """QIZ-3: the server's word that the stream ends by itself is not taken; half a request would pass for a whole one."""
    seen: list[bool] = []
    around = WholeRequests(lambda environ, _start: seen.append("wsgi.input_terminated" in environ) or [])  # type: ignore[func-returns-value]
    for environ in ({"CONTENT_LENGTH": "9"}, {"CONTENT_LENGTH": ""}, {}):
        around({**environ, "wsgi.input_terminated": True}, lambda *_args: lambda _bytes: None)  # type: ignore[arg-type,return-value]
    assert seen == [False, True, True]
