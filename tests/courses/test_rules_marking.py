"""QIZ-1, QIZ-2: how each kind is scored, and what may be asked."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.courses.quizzes.checking import check_question
from lmsapp.courses.quizzes.drawing import Draw, asked_for
from lmsapp.courses.quizzes.marking import fits, number_of, score
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra.words import RuleBroken

FULL = {"percent": 100}


def parts(texts: str, **more: Any) -> list[dict[str, Any]]:
    """Options with keys and texts from letters."""
    return [{"key": letter, "text": f"Part {letter}", **more} for letter in texts]


def question(kind: str, options: list[dict[str, Any]] | None = None, number: int = 1, **detail: Any) -> dict[str, Any]:
    """A question as authored."""
    return {"id": number, "kind": kind, "prompt": "?", "options": options or [], "detail": detail, "points": "3"}


def asked(one: dict[str, Any], seed: int = 7) -> dict[str, Any]:
    """The same as an attempt asks it."""
    return asked_for([one], (), seed, shuffle=True)[0]


def share(one: dict[str, Any], *said: str, negative: int = 0) -> Fraction:
    return score([one], {one["id"]: said}, negative_percent=negative).results[0].share


def test_several_right_ones_can_count_each() -> None:
    """QIZ-1: right ones chosen less wrong ones chosen, out of the right ones; choosing all is worth nothing."""
    options = [{**one, "correct": one["key"] in "ab"} for one in parts("abcd")]
    each = asked(question("multiple", options, scoring="each"))
    by_of = {one["of"]: one["key"] for one in each["options"]}

    def worth(letters: str) -> Fraction:
        return share(each, *(by_of[letter] for letter in letters))

    assert [worth("ab"), worth("a"), worth("abc"), worth("ac"), worth("abcd"), worth("")] == [
        1, Fraction(1, 2), Fraction(1, 2), 0, 0, 0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "worth"),
    [
        ("Isopropyl  alcohol ", 100),
        ("ISOPROPYL ALCOHOL", 100),
        ("\uff29sopropyl alcohol", 100),
        ("isopropanol", 100),
        ("alcohol", 50),
        ("some alcohol, 70 %", 50),
        ("alcool", 0),
        ("", 0),
    ],
)
def test_short_text(said: str, worth: int) -> None:
    """QIZ-1: blanks and case do not count; each accepted text has its worth; * stands for anything."""
    accepted = [
        {"text": "isopropyl alcohol", **FULL},
        {"text": "isopropanol", **FULL},
        {"text": "*alcohol*", "percent": 50},
    ]
    one = asked(question("short", accepted=accepted))
    assert share(one, said) == Fraction(worth, 100)
    assert share(asked(question("short", accepted=[{"text": "pH", **FULL}], case=True)), "PH") == 0


@given(st.text("ab*", max_size=6), st.text("ab", max_size=6))
def test_the_star_means_what_it_means_everywhere(pattern: str, said: str) -> None:
    """QIZ-1: as fnmatch has it, without its cost."""

    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    assert fits(pattern, said) == bool(re.fullmatch(expression, said))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("9.81", "9.81"), ("9,81", "9.81"), (" 1 234,5 ", "1234.5"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"),
        ("-3", "-3"), ("\u22123", "-3"), ("1e3", "1000"), ("2'000", "2000"), (".5", "0.5"), ("٣", "3"),
        ("nine", None), ("", None), ("1e9999", None), ("--1", None), ("1.2.3", None), ("NaN", None), ("1/3", None),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(typed: str, value: str | None) -> None:
    """QIZ-1: comma or point, blanks between thousands; anything else is no number and no error."""
    assert number_of(typed) == (None if value is None else Fraction(Decimal(value)))


def test_a_number_within_its_tolerance() -> None:
    """QIZ-1: the bounds count; the best fitting value counts; the unit may be typed."""
    accepted = [{"value": "9.81", "tolerance": "0.01", **FULL}, {"value": "10", "tolerance": "0", "percent": 40}]
    one = asked(question("numeric", accepted=accepted, unit="m/s²"))
    told = {"9.8": 1, "9.82": 1, "9.83": 0, "9,81 m/s2": 1, "9.81m/s²": 1, "10": Fraction(2, 5), "x": 0}
    assert {typed: share(one, typed) for typed in told} == told


@given(st.permutations("abcd"), st.integers(0, 50))
def test_matching_and_ordering_count_places(said: list[str], seed: int) -> None:
    """QIZ-1: each row, each place counts one part; scored as a whole, only the whole counts."""
    right = [{**one, "match": one["key"].upper()} for one in parts("abcd")]
    matches = [{"key": letter, "text": letter} for letter in "ABCDE"]
    hits = sum(a == b for a, b in zip(said, "abcd", strict=True))
    for scoring, worth in (("each", Fraction(hits, 4)), ("all", Fraction(hits == 4))):
        one = asked(question("matching", right, scoring=scoring, matches=matches), seed)
        rows = {option["of"]: option["key"] for option in one["options"]}
        columns = {match["of"]: match["key"] for match in one["matches"]}
        pairs = [f"{rows[a]}={columns[b.upper()]}" for a, b in zip("abcd", said, strict=True)]
        assert share(one, *pairs) == worth
        line = asked(question("ordering", parts("abcd"), scoring=scoring), seed)
        keys = {option["of"]: option["key"] for option in line["options"]}
        assert share(line, *(keys[letter] for letter in said)) == worth


def test_thirds_add_up() -> None:
    """QIZ-2: three thirds are a whole, whatever they look like with two places."""
    right = [{**one, "match": one["key"].upper()} for one in parts("abc")]
    matches = [{"key": letter, "text": letter} for letter in "ABC"]
    several = [asked(question("matching", right, number, scoring="each", matches=matches)) for number in (1, 2, 3)]
    said = {}
    for one in several:
        first = one["options"][0]
        said[one["id"]] = [f"{first['key']}={first['match']}"]
    got = score([{**one, "points": "1"} for one in several], said)
    assert (got.exact, got.points, got.percent) == (1, 1, Decimal("33.33"))
    assert got.results[0].points == Decimal("0.33")


def test_a_wrong_answer_can_cost_and_none_never_does() -> None:
    """QIZ-2: negative marking; the total is never below nothing, and no answer costs nothing."""
    options = [{**one, "correct": one["key"] == "a"} for one in parts("abcd")]
    one = asked(question("single", options))
    wrong = next(option["key"] for option in one["options"] if not option["correct"])
    assert share(one, wrong, negative=25) == Fraction(-1, 4)
    assert share(one, negative=25) == 0
    got = score([one], {1: [wrong]}, negative_percent=100)
    assert (got.points, got.percent, got.passes(1)) == (0, 0, False)


def test_open_answers_wait_for_a_person_and_empty_ones_do_not() -> None:
    """QIZ-5: what somebody wrote is graded by hand; the points given count, at most the question's."""
    one = question("open")
    assert score([one], {1: ["Because."]}).waiting == (1,)
    assert score([one], {1: ["  "]}).waiting == ()
    graded = score([one], {1: ["Because."]}, {1: Decimal("2.5")})
    assert (graded.points, graded.waiting, graded.results[0].right) == (Decimal("2.5"), (), False)
    assert score([one], {1: ["Because."]}, {1: Decimal(9)}).points == 3


@given(st.integers(), st.integers(0, 8), st.integers(1, 8))
def test_a_draw_takes_so_many_and_none_twice(seed: int, there: int, count: int) -> None:
    """QIZ-2: fixed and drawn questions together, each once, drawn ones worth what the draw says."""
    options = [{**one, "correct": one["key"] == "a"} for one in parts("ab")]
    pool = tuple(question("single", options, number) for number in range(10, 10 + there))
    draws = [Draw(1, 1, "Pool", "", count, Decimal(2), pool), Draw(2, 1, "Pool", "", 1, Decimal(5), pool)]
    got = asked_for([question("single", options, 1)], draws, seed, shuffle=False)
    ids = [one["id"] for one in got]
    assert len(set(ids)) == len(ids) == 1 + min(count, there) + (there > count)
    assert [one["points"] for one in got] == ["3"] + ["2"] * min(count, there) + ["5"] * (there > count)
    assert got == asked_for([question("single", options, 1)], draws, seed, shuffle=False)


def test_what_is_shown_says_nothing_about_what_is_right() -> None:
    """QIZ-3: over many attempts the right option stands anywhere, under any key."""
    options = [{**one, "correct": one["key"] == "a"} for one in parts("abcd")]
    places = [
        next(one["key"] for one in asked(question("single", options), seed)["options"] if one["correct"])
        for seed in range(400)
    ]
    assert all(70 < places.count(letter) < 130 for letter in "abcd")


GOOD: dict[str, dict[str, Any]] = {
    "short": {"detail": {"accepted": [{"text": "Yes", **FULL}]}},
    "numeric": {"detail": {"accepted": [{"value": "1", "tolerance": "0", **FULL}]}},
    "matching": {
        "options": [{**one, "match": "x"} for one in parts("ab")],
        "detail": {"matches": [{"key": "x", "text": "X"}, {"key": "y", "text": "Y"}], "scoring": "each"},
    },
    "ordering": {"options": parts("ab"), "detail": {"scoring": "all"}},
    "open": {"detail": {"rubric": [{"key": "a", "title": "Clear", "points": "3", "levels": []}], "max_words": 200}},
}
BAD: list[tuple[str, dict[str, Any]]] = [
    ("short", {"detail": {"accepted": []}}),
    ("short", {"detail": {"accepted": [{"text": "*", **FULL}]}}),
    ("short", {"detail": {"accepted": [{"text": "Yes", **FULL}, {"text": " yes", **FULL}]}}),
    ("short", {"detail": {"accepted": [{"text": "Yes", "percent": 50}]}}),
    ("short", {"options": parts("ab"), **GOOD["short"]}),
    ("numeric", {"detail": {"accepted": [{"value": "one", "tolerance": "0", **FULL}]}}),
    ("numeric", {"detail": {"accepted": [{"value": "1", "tolerance": "-1", **FULL}]}}),
    ("matching", {**GOOD["matching"], "options": [{**one, "match": "z"} for one in parts("ab")]}),
    ("matching", {**GOOD["matching"], "detail": {"matches": [{"key": "x", "text": "X"}]}}),
    ("ordering", {"options": parts("a")}),
    ("ordering", {"options": parts("ab"), "detail": {"scoring": "some"}}),
    ("open", {"detail": {"min_words": 9, "max_words": 3}}),
    ("open", {"detail": {"rubric": [{"key": "a", "title": "Clear", "points": "1", "levels": []}]}}),
]


def test_good_questions_are_taken_and_bad_ones_refused() -> None:
    """QIZ-1: nobody is asked what cannot be answered or scored."""
    for kind, said in itertools.chain(GOOD.items()):
        check_question(QuestionKind(kind), "Why?", said.get("options", []), Decimal(3), said["detail"])
    for kind, said in BAD:
        with pytest.raises(RuleBroken):
            check_question(QuestionKind(kind), "Why?", said.get("options", []), Decimal(3), said.get("detail"))
