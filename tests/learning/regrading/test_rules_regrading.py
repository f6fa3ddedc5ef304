"""Corrections over every kind of question: never lower to the good, the same twice, sums that add up (QIZ-4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.courses.quizzes.marking import score
from lmsapp.learning.regrading.keys import Correction, CorrectionKind, near, possible
from lmsapp.learning.regrading.rules import (
    CHANGES,
    Attempt,
    Change,
    Outcome,
    Policy,
    change_of,
    corrected,
    outcome_of,
    rescored,
)

OPTIONS = ("p", "q", "r")


def question(key: int, kind: str, right: set[str], points: str) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    options: list[dict[str, Any]] = []
    if kind in ("single", "multiple"):
        options = [{"key": one, "of": one.upper(), "text": one, "correct": one in right} for one in OPTIONS]
        detail = {"scoring": "each"}
    elif kind == "short":
        detail = {"accepted": [{"text": "yes", "percent": 100}, {"text": "maybe", "percent": 50}], "case": False}
    elif kind == "numeric":
        detail = {"accepted": [{"value": "2", "tolerance": "0", "percent": 100}], "unit": ""}
    return {"id": key, "kind": kind, "prompt": "?", "options": options, "detail": detail, "points": points}


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    kinds = draw(st.lists(st.sampled_from(["single", "multiple", "short", "numeric", "open"]), min_size=1, max_size=4))
    questions, given, graded = [], {}, {}
    for key, kind in enumerate(kinds, 1):
        right = set(draw(st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=1 if kind == "single" else 3)))
        questions.append(question(key, kind, right, draw(st.sampled_from(["1", "2", "0.5"]))))
        if kind in ("single", "multiple"):
            most = 1 if kind == "single" else 3
            given[key] = draw(st.lists(st.sampled_from(OPTIONS), max_size=most, unique=True))
        else:
            given[key] = draw(st.sampled_from([[], ["yes"], ["maybe"], ["2"], ["3"]]))
        if kind == "open" and given[key] and draw(st.booleans()):
            graded[key] = Decimal(draw(st.sampled_from(["0", "0.25", "0.5"])))
    passing, negative = draw(st.sampled_from([1, 50, 100])), draw(st.sampled_from([0, 50]))
    scored = score(questions, given, graded, negative)
    result = [one.as_json() for one in scored.results]
    return Attempt(questions, result, {}, passing, negative, outcome_of(scored, passing))


@st.composite
def corrections(draw: st.DrawFn, attempt: Attempt) -> tuple[int, Correction]:
    asked = draw(st.sampled_from(list(attempt.questions)))
    kind = draw(st.sampled_from(possible(asked["kind"])))
    options = tuple(draw(st.lists(st.sampled_from(["P", "Q", "R"]), min_size=1, max_size=2, unique=True)))
    return asked["id"], Correction(kind, options, ("3", "4 ± 1") if kind is CorrectionKind.TEXT else ())


def after(attempt: Attempt, question_id: int, correction: Correction) -> Attempt:
    made = corrected(attempt, question_id, correction)
    assert made is not None
    outcome = outcome_of(made[1], attempt.passing_percent)
    result = [one.as_json() for one in made[1].results]
    return Attempt(attempt.questions, result, made[0], attempt.passing_percent, attempt.negative_percent, outcome)


@settings(max_examples=60)
@given(st.data())
def test_to_the_good_never_lowers_and_twice_is_once(data: st.DataObject) -> None:
    """QIZ-4: whatever is corrected; full points, and what is accepted as well, lower nothing under either policy."""
    attempt = data.draw(attempts())
    question_id, correction = data.draw(corrections(attempt))
    asked_of = [dict(one) for one in attempt.questions]
    new = after(attempt, question_id, correction)
    change = change_of(attempt.outcome, new.outcome, Policy.GOOD)
    if change in CHANGES:
        assert change in (Change.RAISED, Change.PASSES)
        assert new.outcome.percent >= attempt.outcome.percent
        assert not (attempt.outcome.passed and not new.outcome.passed)
    if correction.kind in (CorrectionKind.ACCEPT, CorrectionKind.TEXT, CorrectionKind.FULL):
        assert not new.outcome.less_than(attempt.outcome)
    again = after(new, question_id, correction)
    assert (again.outcome, again.result) == (new.outcome, new.result)
    assert (
        change_of(new.outcome, again.outcome, Policy.BOTH) in (Change.SAME, Change.RAISED)
        and attempt.questions == asked_of
    )


@settings(max_examples=40)
@given(st.data())
def test_points_are_the_sum_of_the_questions(data: st.DataObject) -> None:
    """QIZ-4: before and after any correction; what nothing was corrected in scores as it did."""
    attempt = data.draw(attempts())
    assert outcome_of(rescored(attempt, {}), attempt.passing_percent) == attempt.outcome
    question_id, correction = data.draw(corrections(attempt))
    new = after(attempt, question_id, correction)
    points = sum((Decimal(one["points"]) for one in new.result), Decimal(0))
    assert abs(new.outcome.points - max(points, Decimal(0))) <= Decimal("0.02")
    left = {one["id"]: Decimal(one["points"]) for one in attempt.questions}
    if correction.kind is CorrectionKind.OUT:
        left[question_id] = Decimal(0)
    assert new.outcome.max_points == sum(left.values())


@given(st.decimals("-1000", "1000", places=2), st.decimals("0", "9", places=2))
def test_numbers_as_authors_type_them(value: Decimal, away: Decimal) -> None:
    """QIZ-4: with a sign, with plus and minus, with a comma; nonsense is none."""
    for text in (f"{value} ± {away}", f"{value} +- {away}", f"{value}".replace(".", ",") + f" +/- {away}"):
        found = near(text)
        assert found is not None and (Decimal(found[0]), Decimal(found[1])) == (value, away)
    assert near("x") is None and near("1 ± x") is None and near("") is None


def test_a_change_says_what_it_is() -> None:
    """QIZ-4: a pass lost by a leave-out shows under both ways, and is kept to the good."""
    before = Outcome(Decimal(2), Decimal(4), Decimal(50), True)
    lower = Outcome(Decimal(1), Decimal(3), Decimal("33.33"), False)
    assert change_of(before, lower, Policy.BOTH) is Change.FAILS
    assert change_of(before, lower, Policy.GOOD) is Change.KEPT
    assert change_of(lower, before, Policy.GOOD) is Change.PASSES
    assert change_of(before, before, Policy.BOTH) is Change.SAME
