"""QIZ-1, QIZ-2: from what an author types to a question that can be answered; draws; settings."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.courses.bank.rules import changed_parts
from lmsapp.courses.quizzes import composing
from lmsapp.courses.quizzes.checking import check_question, decimal_text, tidy
from lmsapp.courses.quizzes.drawing import Draw, asked_for, lacking, shown
from lmsapp.courses.quizzes.marking import fits, folded, number_of, score
from lmsapp.courses.quizzes.rules import QuestionKind, check_together
from lmsapp.infra.words import RuleBroken

pytestmark = pytest.mark.pure

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12).filter(
    lambda text: folded(text) != "" and text.strip(" *") != "" and "=" not in text
)
SETS = st.lists(WORDS, min_size=2, max_size=6, unique_by=lambda text: folded(text.strip()))
NUMBERS = st.decimals(-9999, 9999, places=3, allow_nan=False).map(lambda n: str(n).replace(".", ","))
SCORING = st.sampled_from(["all", "each"])


def rows(texts: list[str]) -> list[dict[str, Any]]:
    return [{"key": "", "text": text, "percent": "", "match": text[::-1] + "!", "match_key": ""} for text in texts]


@st.composite
def questions(draw: Any) -> tuple[QuestionKind, composing.Content]:
    """A question of any kind that is scored at once, as an author would type it."""
    kind = draw(st.sampled_from([one for one in QuestionKind if one is not QuestionKind.OPEN]))
    texts, scoring = draw(SETS), draw(SCORING)
    options = [{**row, "correct": place == 0} for place, row in enumerate(rows(texts))]
    match kind:
        case QuestionKind.SHORT:
            return kind, composing.short(rows(texts), case=draw(st.booleans()))
        case QuestionKind.NUMERIC:
            row = {"value": draw(NUMBERS), "tolerance": draw(st.sampled_from(["", "0,5", "2"])), "percent": "100 %"}
            return kind, composing.numeric([row], " ml ")
        case QuestionKind.MATCHING:
            return kind, composing.matching(rows(texts), [{"key": "", "text": "None of these"}], scoring)
        case QuestionKind.ORDERING:
            return kind, composing.ordering(rows(texts), scoring)
        case QuestionKind.MULTIPLE:
            return kind, composing.choice([{**row, "correct": n < 2} for n, row in enumerate(options)], scoring)
        case QuestionKind.TRUE_FALSE:
            return kind, composing.choice(options[:2])
        case _:
            return kind, composing.choice(options)


def right_answer(asked: dict[str, Any]) -> list[str]:
    """What somebody who knows would give."""
    options, detail = asked["options"], asked["detail"]
    match asked["kind"]:
        case "matching":
            return [f"{one['key']}={one['match']}" for one in options]
        case "ordering":
            return [one["key"] for one in sorted(options, key=lambda one: int(one["place"]))]
        case "short":
            return [detail["accepted"][0]["text"]]
        case "numeric":
            return [detail["accepted"][0]["value"].replace(".", ",")]
        case _:
            return [one["key"] for one in options if one["correct"]]


@given(questions(), st.integers(0, 99))
def test_what_passes_the_check_can_be_answered_and_marked(said: tuple[QuestionKind, Any], seed: int) -> None:
    """QIZ-1: the right answer scores everything and no answer nothing, however it is mixed; tidying changes nothing."""
    kind, (options, detail) = said
    detail = tidy(kind, detail)
    try:
        check_question(kind, "Which?", options, Decimal(2), detail)
    except RuleBroken:  # two generated texts say the same once folded
        return
    assert tidy(kind, detail) == detail
    asked = shown({"id": 1, "kind": kind.value, "options": options, "detail": detail, "points": "2"}, seed)
    scored = score([asked], {1: right_answer(asked)})
    assert (scored.results[0].share, scored.results[0].right) == (Fraction(1), True)
    assert score([asked], {}).exact == 0


@given(SETS, SCORING)
def test_pairs_come_back_as_they_were_typed(texts: list[str], scoring: str) -> None:
    """QIZ-1: opening a question and saving it changes nothing, keys included."""
    extras = [{"key": "", "text": "Nothing fits"}]
    options, detail = composing.matching(rows([text.strip() for text in texts]), extras, scoring)
    pairs, more = composing.pair_rows(options, detail)
    assert composing.matching(pairs, more, scoring) == (options, detail)
    moved, _detail = composing.matching(pairs[::-1], more, scoring)
    assert sorted(one["key"] for one in moved) == sorted(one["key"] for one in options)


@given(st.one_of(st.text(max_size=20), st.from_regex(r"[-+]?[0-9 .,']{1,12}(e-?[0-9])?", fullmatch=True)))
def test_a_number_is_kept_as_it_will_be_read(typed: str) -> None:
    """QIZ-1: what an author types is stored so that scoring reads the same number, or refused."""
    kept, read = decimal_text(typed), number_of(typed)
    assert (kept == "") == (read is None)
    assert read is None or Fraction(Decimal(kept)) == read


def test_half_a_pair_no_number_and_no_percentage_are_refused_in_words() -> None:
    """SEC-6: what cannot be read is said, at its field."""
    for make, field, words in (
        (lambda: composing.matching([{"text": "Measles", "match": " "}], [], "all"), "options", "Measles"),
        (lambda: composing.numeric([{"value": "two", "tolerance": "", "percent": ""}], ""), "accepted", "two"),
        (lambda: composing.short([{"text": "a", "percent": "101"}], case=False), "accepted", "101"),
        (lambda: tidy(QuestionKind.NUMERIC, {"accepted": [{"value": "1", "percent": "x"}]}), "detail", "accepted"),
        (lambda: tidy(QuestionKind.OPEN, {"rubric": [{"title": "no points"}]}), "detail", "rubric"),
        (lambda: tidy(QuestionKind.MATCHING, {"matches": 7}), "detail", "matches"),
    ):
        with pytest.raises(RuleBroken, match=words) as broken:
            make()
        assert broken.value.field == field


def test_tidying_leaves_out_what_the_kind_does_not_have() -> None:
    """SEC-4: an import cannot hide anything in a question."""
    assert tidy(QuestionKind.SINGLE, {"scoring": "each", "accepted": []}) == {}
    kept = tidy(QuestionKind.NUMERIC, {"accepted": [{"value": "1.234,50", "tolerance": None}], "unit": None, "x": 1})
    assert kept == {"accepted": [{"value": "1234.50", "tolerance": "0", "percent": 100}], "unit": ""}


POOLS = st.lists(st.tuples(st.integers(1, 5), st.sets(st.integers(1, 9), max_size=9)), min_size=1, max_size=4)


@given(POOLS, st.integers(0, 50))
def test_draws_that_lack_nothing_always_find_enough(draws: list[tuple[int, set[int]]], seed: int) -> None:
    """QIZ-2: what publishing lets pass gives every attempt as many questions, none twice."""
    made = [
        Draw(n, 1, "Pool", "", count, Decimal(1), tuple({"id": one, "kind": "short", "options": []} for one in ids))
        for n, (count, ids) in enumerate(draws)
    ]
    ids = [one["id"] for one in asked_for([], made, seed, shuffle=True)]
    assert len(set(ids)) == len(ids)
    if not lacking(draws):
        assert len(ids) == sum(count for count, _ids in draws)
    assert not lacking([(len(there), there) for _count, there in draws[:1]])


SETTINGS = {
    "max_attempts": 3,
    "show_answers": "after_pass",
    "wait_minutes": None,
    "negative_percent": 0,
    "practice": False,
}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, None),
        ({"show_answers": "after_last"}, None),
        ({"practice": True, "max_attempts": None}, None),
        ({"max_attempts": 1, "wait_minutes": 60}, "wait_minutes"),
        ({"show_answers": "after_last", "max_attempts": None}, "show_answers"),
        ({"practice": True}, "practice"),
        ({"practice": True, "max_attempts": None, "wait_minutes": 5}, "practice"),
        ({"practice": True, "max_attempts": None, "negative_percent": 10}, "negative_percent"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changed: dict[str, Any], field: str | None) -> None:
    """QIZ-2: impossible combinations are refused in words, beside the field."""
    if field is None:
        check_together(SETTINGS | changed)
        return
    with pytest.raises(RuleBroken) as broken:
        check_together(SETTINGS | changed)
    assert broken.value.field == field


def test_what_changed_between_two_versions() -> None:
    """QIZ-4: the history names what is different."""
    facts = {"kind": "single", "prompt": "?", "options": [1], "detail": {}, "explanation": "", "points": 1, "tags": []}
    before = SimpleNamespace(**facts, source_lesson_id=None)
    after = SimpleNamespace(**(facts | {"options": [2], "tags": ["Doses"]}), source_lesson_id=None)
    assert changed_parts(before, after) == ("answers", "tags")
    assert changed_parts(before, before) == ()


def test_a_star_alone_is_no_answer() -> None:
    """QIZ-1: an accepted text that everything fits would answer the question by itself."""
    assert fits("*", "anything")
    with pytest.raises(RuleBroken):
        check_question(QuestionKind.SHORT, "?", [], Decimal(1), {"accepted": [{"text": " * ", "percent": 100}]})
