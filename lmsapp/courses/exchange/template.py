"""A table with an example of each kind, to be filled in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lmsapp.courses.exchange.formats import answers
from lmsapp.courses.exchange.formats.draft import ALL, EACH, QuestionDraft, Shape, draft_of
from lmsapp.courses.exchange.formats.table_writing import write_csv

RUBRIC = [
    {
        "key": "r1",
        "title": "Order",
        "points": "2",
        "levels": [
            {"points": "2", "words": "all steps in order"},
            {"points": "1", "words": "one step out of place"},
        ],
    }
]


def template_csv() -> str:
    """With its mark, as spreadsheets open it."""
    return "\ufeff" + write_csv(list(examples()))


def examples() -> tuple[QuestionDraft, ...]:
    """One of each kind."""
    full = Decimal(100)
    words = [("A fire door may be wedged open.", Decimal(0)), ("A fire door is kept closed.", full)]
    signs = [("Smoke", Decimal(50)), ("A smell of burning", Decimal(50)), ("A closed door", Decimal(-50))]
    pairs = [("CO2", "electrical fires"), ("Water", "wood and paper"), ("", "burning fat")]
    return (
        _made("What is right?", answers.choice(words, single=True), "It holds the smoke back.", ("fire doors",)),
        _made("What tells of a fire?", answers.choice(signs, single=False, all_or_nothing=True)),
        _made("Lifts may be used in a fire.", answers.true_false(right=False), "They may stop between floors."),
        _made("Which number do you call?", answers.short([("112", full), ("911", Decimal(50))])),
        _made("How wide is the way out at least?", answers.numeric([("1.2", "0.05", full)], "m")),
        _made("What puts out what?", answers.matching(pairs, EACH)),
        _made("What first, what next?", answers.ordering(["Raise the alarm", "Leave", "Meet outside"], ALL)),
        replace(
            _made("Describe your way out.", answers.open_answer("Stairs, not lifts …", 20, 200, RUBRIC)),
            points=Decimal(2),
        ),
    )


def _made(prompt: str, shape: Shape, explanation: str = "", tags: tuple[str, ...] = ()) -> QuestionDraft:
    return draft_of(shape, prompt, explanation=explanation, tags=tags)
