"""Refusing a question that nobody could answer, or that answers itself (QIZ-1). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lmsapp.courses.quizzes.marking import decimal_of, folded, number_of
from lmsapp.courses.quizzes.rules import (
    CHOICES,
    MAX_ACCEPTED,
    MAX_MATCHES,
    MAX_OPTIONS,
    MAX_SHORT,
    QuestionKind,
    Scoring,
)
from lmsapp.courses.tasks.rules import MOST_ROWS, RubricRow
from lmsapp.infra.words import N_, RuleBroken

Parts = Sequence[Mapping[str, Any]]
Detail = Mapping[str, Any]
MAX_POINTS = Decimal(1000)
MAX_OPTION, MAX_SAMPLE = 1000, 4000  # characters
NOT_READ = N_("This question cannot be read: %(what)s is not as it should be.")
KNOWN: dict[QuestionKind, tuple[str, ...]] = {
    QuestionKind.MULTIPLE: ("scoring",),
    QuestionKind.MATCHING: ("matches", "scoring"),
    QuestionKind.ORDERING: ("scoring",),
    QuestionKind.SHORT: ("accepted", "case"),
    QuestionKind.NUMERIC: ("accepted", "unit"),
    QuestionKind.OPEN: ("rubric", "sample", "min_words", "max_words"),
}


def check_question(
    kind: QuestionKind, prompt: str, options: Parts, points: Decimal, detail: Detail | None = None
) -> None:
    """Raises RuleBroken; `field` is 'prompt', 'options', 'points', or a name in `detail`."""
    if not prompt.strip():
        raise RuleBroken(N_("Write the question."), field="prompt")
    if not Decimal(0) < points <= MAX_POINTS:
        raise RuleBroken(N_("Points must lie between 0.01 and 1000."), field="points")
    CHECKS[kind](kind, options, detail or {}, points)


def tidy(kind: QuestionKind, detail: Detail) -> dict[str, Any]:
    """What the kind has and nothing else; numbers as decimal strings that scoring can read, texts without outer blanks.

    Raises RuleBroken where a part has not the shape it should have.
    """
    try:
        return {name: TIDY[name](detail[name]) for name in KNOWN.get(kind, ()) if name in detail}
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        raise RuleBroken(NOT_READ, field="detail", what=", ".join(KNOWN.get(kind, ()))) from None


def _tidy_accepted(accepted: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_tidy_text(one) if "text" in one else _tidy_number(one) for one in accepted]


def _tidy_text(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": str(one["text"]).strip(), "percent": int(one.get("percent", 100))}


def _tidy_number(one: Mapping[str, Any]) -> dict[str, Any]:
    value, tolerance = str(one.get("value", "")), str(one.get("tolerance") or "0")
    return {
        "value": decimal_text(value) or value.strip(),
        "tolerance": decimal_text(tolerance) or tolerance.strip(),
        "percent": int(one.get("percent", 100)),
    }


def decimal_text(typed: str) -> str:
    """A number as typed ('9,81') as a decimal string ('9.81'), its zeros kept; '' where it is none."""
    plain = decimal_of(typed).removeprefix("+")
    return format(Decimal(plain), "f") if "e" in plain.lower() else plain


def _tidy_rubric(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [RubricRow.from_json(row).as_json() for row in rows]


def _words(count: Any) -> int | None:
    return None if count is None else int(count)


TIDY: dict[str, Callable[[Any], Any]] = {
    "scoring": str,
    "matches": lambda parts: [{"key": str(one["key"]), "text": str(one["text"]).strip()} for one in parts],
    "accepted": _tidy_accepted,
    "case": bool,
    "unit": lambda unit: str(unit or "").strip(),
    "rubric": _tidy_rubric,
    "sample": lambda sample: str(sample or "").strip(),
    "min_words": _words,
    "max_words": _words,
}


def _choice(kind: QuestionKind, options: Parts, detail: Detail, _points: Decimal) -> None:
    _texts(options, 2, MAX_OPTIONS)
    right = sum(1 for option in options if option["correct"])
    if right == 0:
        raise RuleBroken(N_("Mark the right answer."), field="options")
    if right > 1 and kind is not QuestionKind.MULTIPLE:
        raise RuleBroken(N_("Mark one right answer only, or choose ‘several right answers’."), field="options")
    if kind is QuestionKind.TRUE_FALSE and len(options) != 2:
        raise RuleBroken(N_("A true/false question has two options."), field="options")
    _scoring(detail)


def _short(_kind: QuestionKind, options: Parts, detail: Detail, _points: Decimal) -> None:
    _no_options(options)
    accepted = _accepted(detail)
    for one in accepted:
        text = str(one.get("text", ""))
        if not text.strip(" *") or len(text) > MAX_SHORT:
            raise RuleBroken(N_("Write each accepted answer; it cannot be everything."), field="accepted")
    seen = [folded(str(one["text"]), case=bool(detail.get("case"))) for one in accepted]
    if len(set(seen)) < len(seen):
        raise RuleBroken(N_("Two accepted answers say the same."), field="accepted")


def _numeric(_kind: QuestionKind, options: Parts, detail: Detail, _points: Decimal) -> None:
    _no_options(options)
    for one in _accepted(detail):
        value, tolerance = number_of(str(one.get("value", ""))), number_of(str(one.get("tolerance") or "0"))
        if value is None:
            raise RuleBroken(N_("Write the right answer as a number."), field="accepted")
        if tolerance is None or tolerance < 0:
            raise RuleBroken(N_("The tolerance is a number, 0 or more."), field="accepted")
    if len(str(detail.get("unit") or "")) > 20:
        raise RuleBroken(N_("The unit has at most 20 characters."), field="unit")


def _matching(_kind: QuestionKind, options: Parts, detail: Detail, _points: Decimal) -> None:
    _texts(options, 2, MAX_OPTIONS, words=N_("Give between two and %(most)s pairs."))
    matches = detail.get("matches", ())
    _texts(matches, 2, MAX_MATCHES, "matches", N_("Give between two and %(most)s different right sides."))
    known = {one["key"] for one in matches}
    if any(one.get("match") not in known for one in options):
        raise RuleBroken(N_("Give every row what belongs to it."), field="options")
    _scoring(detail)


def _ordering(_kind: QuestionKind, options: Parts, detail: Detail, _points: Decimal) -> None:
    _texts(options, 2, MAX_OPTIONS, words=N_("Give between two and %(most)s items."))
    _scoring(detail)


def _open(_kind: QuestionKind, options: Parts, detail: Detail, points: Decimal) -> None:
    _no_options(options)
    least, most = detail.get("min_words"), detail.get("max_words")
    if any(one is not None and not 1 <= int(one) <= 5000 for one in (least, most)):
        raise RuleBroken(N_("Between 1 and 5000 words can be asked for."), field="max_words")
    if least is not None and most is not None and least > most:
        raise RuleBroken(N_("The least number of words is more than the most."), field="min_words")
    if len(str(detail.get("sample") or "")) > MAX_SAMPLE:
        raise RuleBroken(N_("The model answer has at most %(most)s characters."), field="sample", most=MAX_SAMPLE)
    rubric = detail.get("rubric") or ()
    _rubric(rubric)
    if rubric and sum((Decimal(str(row["points"])) for row in rubric), Decimal(0)) != points:
        raise RuleBroken(N_("The points of the rubric must add up to the points of the question."), field="rubric")


def _rubric(rows: Parts) -> None:
    if len({row["key"] for row in rows}) < len(rows) or len(rows) > MOST_ROWS:
        raise RuleBroken(N_("A rubric has at most %(most)s criteria."), field="rubric", most=MOST_ROWS)
    for row in rows:
        if not str(row["title"]).strip() or Decimal(str(row["points"])) <= 0:
            raise RuleBroken(N_("Give each criterion of the rubric a name and points."), field="rubric")


def _accepted(detail: Detail) -> Parts:
    accepted: Parts = detail.get("accepted", ())
    if not 1 <= len(accepted) <= MAX_ACCEPTED:
        raise RuleBroken(N_("Give between one and %(most)s accepted answers."), field="accepted", most=MAX_ACCEPTED)
    percents = [int(one.get("percent", 100)) for one in accepted]
    if any(not 1 <= one <= 100 for one in percents) or 100 not in percents:
        raise RuleBroken(N_("One accepted answer gives 100 per cent, the others between 1 and 100."), field="accepted")
    return accepted


def _texts(
    parts: Parts,
    least: int,
    most: int,
    field: str = "options",
    words: str = N_("Give between two and %(most)s options."),
) -> None:
    if not least <= len(parts) <= most:
        raise RuleBroken(words, field=field, most=most)
    if any(not str(part["text"]).strip() for part in parts):
        raise RuleBroken(N_("Write every option."), field=field)
    if any(len(str(part["text"])) > MAX_OPTION for part in parts):
        raise RuleBroken(N_("An option has at most %(most)s characters."), field=field, most=MAX_OPTION)
    if len({str(part.get("key")) for part in parts}) < len(parts):
        raise RuleBroken(NOT_READ, field=field, what=field)
    if len({folded(str(part["text"])) for part in parts}) < len(parts):
        raise RuleBroken(N_("Two options say the same."), field=field)


def _no_options(options: Parts) -> None:
    if options:
        raise RuleBroken(N_("This kind of question has no options to choose from."), field="options")


def _scoring(detail: Detail) -> None:
    if detail.get("scoring", Scoring.ALL) not in set(Scoring):
        raise RuleBroken(N_("Choose how it is scored."), field="scoring")


CHECKS: dict[QuestionKind, Callable[[QuestionKind, Parts, Detail, Decimal], None]] = {
    **dict.fromkeys(CHOICES, _choice),
    QuestionKind.SHORT: _short,
    QuestionKind.NUMERIC: _numeric,
    QuestionKind.MATCHING: _matching,
    QuestionKind.ORDERING: _ordering,
    QuestionKind.OPEN: _open,
}
