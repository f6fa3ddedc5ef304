"""What is answered, built from what the formats have in common: weighted choices, accepted texts and numbers, pairs.

Raises RuleBroken where no question can come of it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from lmsapp.courses.exchange.formats.draft import (
    ALL,
    EACH,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    OPEN,
    ORDERING,
    SHORT,
    SINGLE,
    TRUE_FALSE,
    Note,
    Shape,
)
from lmsapp.infra.words import N_, RuleBroken

FULL = Decimal(100)
NEARLY = Decimal("0.6")  # percent: 33.33333 and 33.3 are a third
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,2})?")

NO_RIGHT = N_("No answer is marked as right.")
NO_ANSWER = N_("The file names no answer that would be right.")
NO_NUMBER = N_("“%(text)s” is not a number.")
ONE_PAIR = N_("A matching question needs two pairs at least.")
ONE_ITEM = N_("An ordering question needs two items at least.")
WEIGHTS = Note(
    N_("The file weighs answers otherwise. Here each right one gives the same, and a wrong one takes as much away.")
)
PART = Note(N_("In the file another answer gave a part of the points. Here only the right one gives points."))
EITHER = Note(N_("In the file either of several answers was right. Here all of them are to be chosen."))
EMPTY = Note(N_("An empty answer was left out."))
NEGATIVE = Note(N_("Points taken off for single wrong answers were left out: that is a setting of the quiz."))

Weighted = Sequence[tuple[str, Decimal]]


def choice(answers: Weighted, *, single: bool, all_or_nothing: bool = False) -> Shape:
    """Answers with their percent. `single`: one is chosen; else several, each for its share or `all_or_nothing`.

    Raises RuleBroken.
    """
    kept = [(text.strip(), percent) for text, percent in answers if text.strip()]
    notes = [EMPTY] if len(kept) < len(answers) else []
    best = max((percent for _text, percent in kept), default=Decimal(0))
    if best <= 0:
        raise RuleBroken(NO_RIGHT)
    full = [text for text, percent in kept if percent >= FULL - NEARLY]
    positive = sum((percent for _text, percent in kept if percent > 0), Decimal(0))
    if single and len(full) <= 1 and (full or abs(positive - FULL) > NEARLY):
        return _single(kept, best, notes)
    if single and full:
        rights = {at for at, (_text, percent) in enumerate(kept) if percent >= FULL - NEARLY}
        return Shape(MULTIPLE, _options(kept, rights), {"scoring": EACH}, (*notes, EITHER))
    rights = {at for at, (_text, percent) in enumerate(kept) if percent > 0}
    if not all_or_nothing and _weighs(kept, len(rights)):
        notes.append(WEIGHTS)
    return Shape(MULTIPLE, _options(kept, rights), {"scoring": ALL if all_or_nothing else EACH}, tuple(notes))


def _single(kept: Weighted, best: Decimal, notes: list[Note]) -> Shape:
    right = next(at for at, (_text, percent) in enumerate(kept) if percent == best)
    others = [percent for at, (_text, percent) in enumerate(kept) if at != right]
    more = [PART] if any(percent > 0 for percent in others) or best < FULL - NEARLY else []
    less = [NEGATIVE] if any(percent < 0 for percent in others) else []
    return Shape(SINGLE, _options(kept, {right}), {}, (*notes, *more, *less))


def _weighs(kept: Weighted, rights: int) -> bool:
    share = FULL / rights
    return any(abs(percent - (share if percent > 0 else -share)) > NEARLY for _text, percent in kept)


def _options(kept: Weighted, rights: set[int]) -> tuple[dict[str, Any], ...]:
    return tuple({"key": key_of(at), "text": text, "correct": at in rights} for at, (text, _percent) in enumerate(kept))


def true_false(right: bool, words: tuple[str, str] = ("True", "False")) -> Shape:
    """Two options; `words` are what they say."""
    said = ((words[0], right), (words[1], not right))
    return Shape(
        TRUE_FALSE,
        tuple({"key": key_of(at), "text": text, "correct": correct} for at, (text, correct) in enumerate(said)),
    )


def short(answers: Weighted, *, case: bool = False) -> Shape:
    """Accepted texts; `*` stands for anything. Raises RuleBroken."""
    accepted = [
        {"text": text.strip(), "percent": whole(percent)} for text, percent in answers if text.strip() and percent > 0
    ]
    if not any(one["percent"] == 100 for one in accepted):
        raise RuleBroken(NO_ANSWER)
    return Shape(SHORT, (), {"accepted": accepted, "case": case})


def numeric(answers: Iterable[tuple[str, str, Decimal]], unit: str = "") -> Shape:
    """(value, tolerance, percent) each, numbers as typed. Raises RuleBroken."""
    accepted = [
        {"value": number(value), "tolerance": positive(tolerance or "0"), "percent": whole(percent)}
        for value, tolerance, percent in answers
        if percent > 0
    ]
    if not any(one["percent"] == 100 for one in accepted):
        raise RuleBroken(NO_ANSWER)
    return Shape(NUMERIC, (), {"accepted": accepted, "unit": unit.strip()})


def between(low: str, high: str) -> tuple[str, str]:
    """A range as value and tolerance."""
    least, most = sorted((Decimal(number(low)), Decimal(number(high))))
    return plain_number((least + most) / 2), plain_number((most - least) / 2)


def matching(pairs: Iterable[tuple[str, str]], scoring: str = EACH) -> Shape:
    """(item, what belongs to it); an empty item means that its match is there to distract. Raises RuleBroken."""
    matches: dict[str, str] = {}
    options: list[dict[str, Any]] = []
    for item, match in ((item.strip(), match.strip()) for item, match in pairs):
        if not match:
            continue
        key = matches.setdefault(match, f"m{len(matches) + 1}")
        if item:
            options.append({"key": key_of(len(options)), "text": item, "match": key})
    if len(options) < 2:
        raise RuleBroken(ONE_PAIR)
    listed = [{"key": key, "text": text} for text, key in matches.items()]
    return Shape(MATCHING, tuple(options), {"matches": listed, "scoring": scoring})


def ordering(items: Iterable[str], scoring: str = ALL) -> Shape:
    """Items in the right order. Raises RuleBroken."""
    kept = [text.strip() for text in items if text.strip()]
    if len(kept) < 2:
        raise RuleBroken(ONE_ITEM)
    return Shape(
        ORDERING, tuple({"key": key_of(at), "text": text} for at, text in enumerate(kept)), {"scoring": scoring}
    )


def open_answer(
    sample: str = "", min_words: int | None = None, max_words: int | None = None, rubric: Sequence[Any] = ()
) -> Shape:
    """Graded by hand."""
    detail = {"rubric": list(rubric), "sample": sample.strip(), "min_words": min_words, "max_words": max_words}
    return Shape(OPEN, (), detail)


def key_of(at: int) -> str:
    """a to z, then a1 and on."""
    return string.ascii_lowercase[at % 26] + (str(at // 26) if at >= 26 else "")


def number(typed: str) -> str:
    """A number as the bank keeps it: '9.81'. Comma or point. Raises RuleBroken."""
    text = typed.strip().replace("\u2212", "-").replace("\u00a0", "").replace(" ", "")
    if not _NUMBER.fullmatch(text):
        raise RuleBroken(NO_NUMBER, text=typed.strip()[:40])
    return plain_number(Decimal(text.replace(",", ".")))


def positive(typed: str) -> str:
    """A tolerance: its sign says nothing."""
    return number(typed).removeprefix("-")


def plain_number(value: Decimal) -> str:
    """Without exponent and trailing zeros."""
    said = format(value.normalize(), "f")
    return "0" if said in {"-0", "0"} else said


def percent_of(typed: str, fallback: Decimal = FULL) -> Decimal:
    """A percentage as typed in a file, else the fallback; never beyond 100 either way."""
    try:
        return max(-FULL, min(FULL, Decimal(number(typed.strip(" %")))))
    except (RuleBroken, InvalidOperation):
        return fallback


def whole(percent: Decimal) -> int:
    """1 to 100."""
    return max(1, min(100, round(percent)))
