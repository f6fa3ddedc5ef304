"""QIZ-1, QIZ-2: scoring and order."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.courses.quizzes.checking import check_question
from lmsapp.courses.quizzes.drawing import asked_for
from lmsapp.courses.quizzes.marking import score
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra.words import RuleBroken


def question(
    number: int, right: str, *, options: str = "abcd", points: str = "1", kind: str = "single"
) -> dict[str, Any]:
    drawn = [{"key": key, "text": f"Option {key}", "correct": key in right} for key in options]
    return {"id": number, "version": 1, "kind": kind, "prompt": "?", "options": drawn, "points": points, "detail": {}}


def test_full_points_only_for_exactly_the_right_set() -> None:
    """QIZ-1: in a multiple choice, a part of the right answers, or one too many, gives nothing."""
    asked = [question(1, "ac", kind="multiple", points="2")]
    for size in range(5):
        for given_keys in itertools.combinations("abcd", size):
            got = score(asked, {1: given_keys})
            assert (got.points == 2) == (set(given_keys) == {"a", "c"})


def test_order_doubles_and_strangers_in_an_answer_do_not_matter() -> None:
    """QIZ-1: an answer is a set of the question's own options."""
    asked = [question(1, "ac", kind="multiple")]
    assert score(asked, {1: ["c", "a", "c", "zz"]}).results[0].given == ("a", "c")
    assert score(asked, {1: ["c", "a", "zz"], 99: ["a"]}).percent == 100


def test_not_answered_is_wrong_and_no_error() -> None:
    """QIZ-3: submitting half a quiz scores the other half with nothing."""
    got = score([question(1, "a"), question(2, "b")], {1: ["a"]})
    assert (got.points, got.max_points, got.percent) == (1, 2, 50)
    assert [one.right for one in got.results] == [True, False]


def test_the_percentage_is_cut_and_never_rounded_up() -> None:
    """QIZ-2: 79.996 % is shown as 79.99 and fails at 80."""
    asked = [question(1, "a", points="799.96"), question(2, "a", points="200.04")]
    got = score(asked, {1: ["a"]})
    assert got.percent == Decimal("79.99")
    assert not got.passes(80)
    assert got.passes(79)


@given(st.lists(st.tuples(st.integers(1, 500), st.booleans()), min_size=1, max_size=12), st.integers(1, 100))
def test_the_shown_percentage_and_the_pass_never_disagree(answers: list[tuple[int, bool]], passing: int) -> None:
    """QIZ-2: comparing the percentage shown gives the same as comparing exactly."""
    asked = [question(n, "a", points=str(Decimal(points) / 100)) for n, (points, _right) in enumerate(answers)]
    got = score(asked, {n: ["a" if right else "b"] for n, (_points, right) in enumerate(answers)})
    assert got.passes(passing) == (got.percent >= passing)
    assert 0 <= got.percent <= 100


def test_no_questions_no_pass() -> None:
    """QIZ-2: an empty quiz is not passed."""
    assert score([], {}).percent == 0
    assert not score([], {}).passes(1)


@given(st.integers(), st.integers(2, 12))
def test_the_order_follows_from_the_seed(seed: int, count: int) -> None:
    """QIZ-2: shuffling loses nothing, repeats for the same seed, and leaves the original as it was."""
    asked = [question(n, "a") for n in range(count)]
    drawn = asked_for(asked, (), seed, shuffle=True)
    assert drawn == asked_for(asked, (), seed, shuffle=True)
    assert sorted(one["id"] for one in drawn) == list(range(count))
    assert all(sorted(option["of"] for option in one["options"]) == list("abcd") for one in drawn)
    assert all([option["key"] for option in one["options"]] == list("abcd") for one in drawn)
    assert [option["key"] for option in asked[0]["options"]] == list("abcd")


def test_seeds_differ_and_true_false_keeps_its_order() -> None:
    """QIZ-2: neighbours see different orders; 'True' always comes first."""
    asked = [question(n, "a") for n in range(10)] + [question(10, "a", options="ab", kind="true_false")]
    orders = {tuple(one["id"] for one in asked_for(asked, (), seed, shuffle=True)) for seed in range(20)}
    assert len(orders) == 20
    for seed in range(20):
        shown = next(one for one in asked_for(asked, (), seed, shuffle=True) if one["id"] == 10)
        assert [option["of"] for option in shown["options"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "prompt", "right", "options", "points"),
    [
        ("single", "  ", "a", "abc", "1"),
        ("single", "Why?", "", "abc", "1"),
        ("single", "Why?", "ab", "abc", "1"),
        ("true_false", "Is it?", "a", "abc", "1"),
        ("single", "Why?", "a", "a", "1"),
        ("multiple", "Why?", "a", "abcdefghijk", "1"),
        ("single", "Why?", "a", "abc", "0"),
    ],
)
def test_a_question_nobody_could_answer_is_refused(
    kind: str, prompt: str, right: str, options: str, points: str
) -> None:
    """QIZ-1: every question has a right answer, and only the kinds that may have several have several."""
    drawn = question(1, right, options=options)["options"]
    with pytest.raises(RuleBroken):
        check_question(QuestionKind(kind), prompt, drawn, Decimal(points))


def test_two_options_that_say_the_same_are_refused() -> None:
    """QIZ-1: else a right answer could be marked wrong."""
    drawn = [{"key": "a", "text": "Yes", "correct": True}, {"key": "b", "text": " yes ", "correct": False}]
    with pytest.raises(RuleBroken):
        check_question(QuestionKind.SINGLE, "Is it?", drawn, Decimal(1))
