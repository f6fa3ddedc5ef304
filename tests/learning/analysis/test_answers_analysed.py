"""From attempts of every kind to answers by the keys of the bank, whatever order and keys were shown (QIZ-6)."""

from __future__ import annotations

from typing import Any

import pytest

from lmsapp.learning.analysis.answers import Sheet, choices_of, collect, points_by_question
from lmsapp.learning.analysis.rules import alpha, figures
from lmsapp.learning.quizzes.lines import Verdict, lines_of


def asked(swap: bool) -> list[dict[str, Any]]:
    """The same questions with other shown keys and orders: 'x' shows the bank's A once, its B the other time."""
    a, b = ("y", "x") if swap else ("x", "y")
    options = [
        {"key": a, "of": "a", "text": "A", "correct": True},
        {"key": b, "of": "b", "text": "B", "correct": False},
    ]
    matches = [{"key": a, "of": "m1", "text": "One"}, {"key": b, "of": "m2", "text": "Two"}]
    rows = [{"key": a, "of": "a", "text": "L", "match": a}, {"key": b, "of": "b", "text": "R", "match": b}]
    items = [{"key": a, "of": "a", "text": "First", "place": 0}, {"key": b, "of": "b", "text": "Then", "place": 1}]
    typed = {"accepted": [{"text": "Yes", "percent": 100}], "case": False}
    near = {"accepted": [{"value": "2", "tolerance": "0.1", "percent": 100}], "unit": "m"}
    kinds = (("single", options, {}), ("matching", rows, {"matches": matches}), ("ordering", items, {}))
    found = [
        {"id": n, "version": 1, "kind": kind, "prompt": kind, "options": shown, "detail": {}, "points": "2"} | more
        for n, (kind, shown, more) in enumerate(kinds, 1)
    ]
    found.append({"id": 4, "kind": "short", "prompt": "s", "options": [], "detail": typed, "points": "1"})
    found.append({"id": 5, "kind": "numeric", "prompt": "n", "options": [], "detail": near, "points": "1"})
    found.append({"id": 6, "kind": "open", "prompt": "o", "options": [], "detail": {}, "points": "2"})
    return found[::-1] if swap else found


def result(*rows: tuple[int, list[str], str]) -> list[dict[str, Any]]:
    return [
        {"id": key, "given": given, "points": points, "right": points in ("2", "1") and key != 6, "waits": False}
        for key, given, points in rows
    ]


def test_answers_are_counted_by_what_they_are() -> None:
    """QIZ-6: 'x' is A in one attempt and B in the other; pairs, places and wordings alike; what waits or is left out not."""
    one = result((1, ["x"], "2"), (2, ["x=x", "y=x"], "1"), (3, ["x", "y"], "2"), (4, ["YES "], "1"), (5, ["2"], "1"))
    two = result((1, ["x"], "0"), (2, ["x=x", "y=y"], "2"), (3, ["x", "y"], "0"), (4, ["no"], "0"), (5, [], "0"))
    two.append({"id": 6, "given": ["Text"], "points": "0", "right": False, "waits": True})
    one.append({"id": 6, "given": ["Text"], "points": "0", "right": True, "waits": False, "left_out": True})
    sheets = [Sheet(asked(False), {r["id"]: r for r in one}), Sheet(asked(True), {r["id"]: r for r in two})]
    found = collect(sheets)
    assert set(found) == {1, 2, 3, 4, 5}
    made = {key: figures(here.answers, choices_of(here)) for key, here in found.items()}
    said = {key: {c.text: (c.count, c.right) for c in one.choices} for key, one in made.items()}
    assert said[1] == {"A": (1, True), "B": (1, False)}
    assert said[2] == {"L – One": (2, True), "R – Two": (1, True), "R – One": (1, False)}
    assert said[3] == {"First": (1, True), "Then": (1, True)}
    assert said[4] == {"YES": (1, True), "no": (1, False)}
    assert made[5].omitted == 1 and made[1].difficulty == pytest.approx(0.5)
    assert alpha([points_by_question(one) for one in sheets]) is not None


def test_lines_say_what_was_given_and_hide_what_is_right() -> None:
    """QIZ-4, QIZ-6: every kind in words; right answers only where they may be seen; corrections and feedback beside."""
    made = result((1, ["y"], "0"), (2, ["x=y"], "0"), (3, ["y", "x"], "0"), (4, ["no"], "0"), (5, ["3"], "0"))
    made.append({"id": 6, "given": ["Words"], "points": "1", "right": False, "waits": False})
    hidden = lines_of(asked(False), made, shown=False, feedback={"6": "Good."})
    everything = repr(hidden)
    assert "right=True" not in everything and "Yes" not in everything and "±" not in everything
    assert [part.text for part in hidden[1].parts] == ["L – Two", "R – ?"] and hidden[5].feedback == "Good."
    assert [part.text for part in hidden[2].parts] == ["1. Then", "2. First"]
    shown = lines_of(asked(False), made, shown=True, corrections={"1": {"options": asked(True)[-1]["options"]}})
    assert shown[1].parts[0].fitting == "One" and shown[3].accepted == ("Yes",) and shown[4].accepted == ("2 ± 0.1",)
    assert shown[0].parts[0].right, "the corrected key is shown"
    assert [line.verdict for line in shown[3:]] == [Verdict.WRONG, Verdict.WRONG, Verdict.PARTLY]
