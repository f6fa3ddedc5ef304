"""What content said of its questions, objectives and comments, read from its CMI elements. Pure (SCO-5).

Both editions, and whatever lies between them: gaps, doubled or absent numbers, values of the wrong shape. Nothing here
raises; what makes no sense is left out or shown as it came. Sources: SCORM 1.2 RTE 3.4.4, SCORM 2004 RTE 4.2.9
(interactions), 4.2.17 (objectives), 4.2.2 (comments).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from lmsapp.learning.scorm.seen.answers import Answer, read_answer, readable_id

MOST = 2000  # of each; content that says more is cut off
LONGEST = 4000  # characters of one value

Cmi = Mapping[str, Any]


class Verdict(StrEnum):
    """How an answer was judged by the content."""

    RIGHT = "right"
    WRONG = "wrong"
    UNEXPECTED = "unexpected"
    NEUTRAL = "neutral"
    POINTS = "points"  # a number instead of a word
    NONE = ""


VERDICTS = {
    "correct": Verdict.RIGHT,
    "wrong": Verdict.WRONG,
    "incorrect": Verdict.WRONG,
    "unanticipated": Verdict.UNEXPECTED,
    "neutral": Verdict.NEUTRAL,
}


@dataclass(frozen=True, slots=True)
class Interaction:
    """One answer to one question. `number` from 1; `at` an instant (2004), else `clock` as it came (1.2, no day).

    `right`: every pattern that would have been right. `seconds`: how long it took. `points`: where the result is one.
    """

    number: int
    id: str
    kind: str
    text: str
    answer: Answer | None
    right: tuple[Answer, ...]
    verdict: Verdict
    points: Decimal | None
    weighting: Decimal | None
    seconds: float | None
    at: dt.datetime | None
    clock: str
    objectives: tuple[str, ...]

    @property
    def label(self) -> str:
        """What people recognise it by: its text, else its name made readable."""
        return self.text or readable_id(self.id) or str(self.number)


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective. `status` and `success` in the words of SCORM 2004; `score` as written; `progress` 0 to 1."""

    number: int
    id: str
    text: str
    completion: str
    success: str
    score: str
    progress: Decimal | None

    @property
    def label(self) -> str:
        """Its description, else its name made readable."""
        return self.text or readable_id(self.id) or str(self.number)


@dataclass(frozen=True, slots=True)
class Comment:
    """What the learner, or (`ours`) the organisation, noted in the content."""

    text: str
    place: str
    at: dt.datetime | None
    ours: bool = False


def interactions(cmi: Cmi) -> tuple[Interaction, ...]:
    """In their order; without an id, an answer and a result there is nothing to show."""
    found = [_interaction(number, one) for number, one in _numbered(cmi, "cmi.interactions.")]
    return tuple(one for one in found if one.id or one.answer or one.verdict)


def _interaction(number: int, said: Mapping[str, str]) -> Interaction:
    kind = said.get("type", "").strip().lower()
    given = said.get("learner_response", said.get("student_response", ""))
    verdict, points = _verdict(said.get("result", ""))
    when = said.get("timestamp", said.get("time", ""))
    at = instant(when)
    return Interaction(
        number=number + 1,
        id=said.get("id", ""),
        kind=kind,
        text=plain(said.get("description", "")),
        answer=read_answer(kind, given) if given != "" else None,
        right=tuple(read_answer(kind, one) for one in _patterns(said)),
        verdict=verdict,
        points=points,
        weighting=number_of(said.get("weighting", "")),
        seconds=seconds_of(said.get("latency", "")),
        at=at,
        clock="" if at else when,
        objectives=tuple(readable_id(one["id"]) for _n, one in _numbered(said, "objectives.") if one.get("id")),
    )


def _patterns(said: Mapping[str, str]) -> Iterator[str]:
    for _number, one in _numbered(said, "correct_responses."):
        if one.get("pattern"):
            yield one["pattern"]


def _verdict(result: str) -> tuple[Verdict, Decimal | None]:
    word = result.strip().lower()
    if word in VERDICTS:
        return VERDICTS[word], None
    points = number_of(word)
    return (Verdict.NONE, None) if points is None else (Verdict.POINTS, points)


def objectives(cmi: Cmi) -> tuple[Objective, ...]:
    """In their order, those with a name or anything to tell."""
    found = [_objective(number, one) for number, one in _numbered(cmi, "cmi.objectives.")]
    return tuple(one for one in found if one.id or one.completion or one.success or one.score)


def _objective(number: int, said: Mapping[str, str]) -> Objective:
    status = said.get("status", "").strip().lower()  # 1.2 has one word for both
    judged = status if status in ("passed", "failed") else ""
    done = "completed" if status == "passed" else "" if status == "failed" else status
    return Objective(
        number=number + 1,
        id=said.get("id", ""),
        text=plain(said.get("description", "")),
        completion=_known(said.get("completion_status", done)),
        success=_known(said.get("success_status", judged)),
        score=_score(said),
        progress=number_of(said.get("progress_measure", "")),
    )


def _known(word: str) -> str:
    word = word.strip().lower()
    return "" if word in ("unknown", "not attempted", "n", "not_attempted") else word


def _score(said: Mapping[str, str]) -> str:
    """'8 of 10', '80 %', or the bare figure."""
    scaled, raw, most = (number_of(said.get(f"score.{name}", "")) for name in ("scaled", "raw", "max"))
    if raw is not None and most is not None and most > 0:
        return f"{raw.normalize():f} / {most.normalize():f}"
    if scaled is not None:
        return f"{(scaled * 100).normalize():f} %"
    return f"{raw.normalize():f}" if raw is not None else ""


def comments(cmi: Cmi) -> tuple[Comment, ...]:
    """Of the learner first, then ours."""
    old = [Comment(plain(text), "", None, ours) for name, ours in OLD if (text := _text(cmi.get(name)))]
    new = [
        Comment(plain(one["comment"]), one.get("location", ""), instant(one.get("timestamp", "")), ours)
        for name, ours in NEW
        for _number, one in _numbered(cmi, name)
        if one.get("comment")
    ]
    return tuple(sorted([*old, *new], key=lambda one: one.ours))


OLD = (("cmi.comments", False), ("cmi.comments_from_lms", True))
NEW = (("cmi.comments_from_learner.", False), ("cmi.comments_from_lms.", True))


def reported(cmi: Cmi) -> tuple[str, ...]:
    """The words of status as the content said them last: ('passed',) in 1.2, ('completed', 'failed') in 2004."""
    names = ("cmi.core.lesson_status", "cmi.completion_status", "cmi.success_status")
    said = [_text(cmi.get(name)).strip().lower() for name in names]
    return tuple(dict.fromkeys(one for one in said if one and one not in ("unknown", "not attempted")))


def _numbered(said: Cmi, prefix: str) -> list[tuple[int, dict[str, str]]]:
    """The members of a collection by their numbers: 'cmi.interactions.3.id' is ('id' of 3)."""
    found: dict[int, dict[str, str]] = {}
    for name, value in said.items():
        if not isinstance(name, str) or not name.startswith(prefix):
            continue
        number, _dot, rest = name[len(prefix) :].partition(".")
        if rest and number.isascii() and number.isdecimal() and len(number) < 7:
            found.setdefault(int(number), {})[rest] = _text(value)
    return sorted(found.items())[:MOST]


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)[:LONGEST]


LANGUAGE = re.compile(r"^\{lang=[A-Za-z0-9-]{0,40}\}")


def plain(text: str) -> str:
    """Without the mark of its language, and on one line."""
    return " ".join(LANGUAGE.sub("", text).split())


def number_of(text: Any) -> Decimal | None:
    """A finite number of a sensible size, or None."""
    try:
        found = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


ISO = re.compile(
    r"^P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?$"
)
CLOCK = re.compile(r"^(\d{1,6}):(\d{1,2}):(\d{1,2}(?:\.\d{1,6})?)$")
UNITS = (31_556_952, 2_629_746, 86_400, 3_600, 60, 1)  # a year and a month as the calendar has them on average


def seconds_of(text: str) -> float | None:
    """Of 'PT1H5M12S' (2004) or '0001:05:12.00' (1.2); None for anything else."""
    text = text.strip()
    if match := CLOCK.match(text):
        hours, minutes, seconds = match.groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    match = ISO.match(text)
    if match is None or not any(match.groups()):
        return None
    return sum(float(part) * unit for part, unit in zip(match.groups(), UNITS, strict=True) if part)


def instant(text: str) -> dt.datetime | None:
    """An ISO 8601 instant; without a zone it is taken for UTC. None for a bare time of day."""
    if len(text) < 10:
        return None
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=dt.UTC)
    return found if 1990 <= found.year <= 2200 else None
