"""What a criterion may ask for, what can be known of a learner, and what comes of holding one against the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

MOST_EVIDENCE = 100  # facts a completion record keeps for one criterion
# Lesson kinds; the catalogue, which names them all, stands above.
QUIZ, SIGNED, ASSIGNMENT, SCORM = "quiz", "acknowledgement", "assignment", "scorm"
MEASURED = frozenset({"text", "video", "pdf", SIGNED, SCORM})  # lesson kinds in which active time is measured


class CriterionKind(StrEnum):
    """What can be asked for."""

    LESSONS = "lessons"
    REQUIRED = "required_lessons"
    QUIZ_PASSED = "quiz_passed"
    ACKNOWLEDGED = "acknowledged"
    ACTIVE_MINUTES = "active_minutes"
    LESSON_MINUTES = "lesson_minutes"
    ASSIGNMENT_PASSED = "assignment_passed"
    ATTENDED = "attended"
    PACKAGE_SCORE = "package_score"


class Mode(StrEnum):
    """How criteria are combined."""

    ALL = "all"
    ANY = "any"

    @property
    def other(self) -> Mode:
        """What a group within a rule of this mode is: a group of the same mode would be no group."""
        return Mode.ANY if self is Mode.ALL else Mode.ALL


@dataclass(frozen=True, slots=True)
class Criterion:
    """One measurable condition; its kind says which of the fields it means (`Kind.says`).

    `share` per cent of the lessons; `percent` least score; `minutes` active time; `lesson_id` one lesson, None for
    every one of its kind; `lessons` chosen ones, by id, in order. `group` 0: it stands by itself; criteria of one other
    number belong together and are combined with the rule's other mode.
    """

    kind: CriterionKind
    share: int = 100
    lesson_id: int | None = None
    percent: int = 80
    minutes: int = 0
    lessons: tuple[int, ...] = ()
    sessions: int = 1
    group: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Criterion:
        """From its stored form, however old. Raises RuleBroken when a value is out of range, ValueError for a kind
        nobody knows."""
        made = cls(
            kind=CriterionKind(stored["kind"]),
            share=int(stored.get("share", 100)),
            lesson_id=stored.get("lesson_id"),
            percent=int(stored.get("percent", 80)),
            minutes=int(stored.get("minutes", 0)),
            lessons=tuple(int(one) for one in stored.get("lessons", ())),
            sessions=int(stored.get("sessions", 1)),
            group=int(stored.get("group", 0)),
        )
        made.check()
        return made

    def check(self) -> None:
        """Refuse a criterion that doing nothing would meet, or that nobody could meet."""
        KINDS[self.kind].check(self)

    def as_json(self) -> dict[str, Any]:
        """Only what its kind means."""
        said = {name: getattr(self, name) for name in KINDS[self.kind].says}
        if "lessons" in said:
            said["lessons"] = list(self.lessons)
        return {"kind": self.kind.value, **said, **({"group": self.group} if self.group else {})}


@dataclass(frozen=True, slots=True)
class LessonFact:
    """What is known of one lesson for one learner. `seconds`: active time. `title` only makes words better.

    `attempt`: number of the attempt that passed. `signature`: id of what was signed. `measured` false: time counted
    from opening, because the page could not measure. `minutes`: when each full active minute here was reached;
    `course_minutes`: which full minute of the whole course was reached here, and when. `practice`: a quiz that does not
    count. Of a SCORM package `percent` and `said`: the score and the word it reported. `by`: the person who set the
    lesson done by hand.
    """

    kind: str
    done: bool = False
    seconds: int = 0
    title: str = ""
    done_at: dt.datetime | None = None
    attempt: int | None = None
    signature: int | None = None
    measured: bool = True
    minutes: tuple[dt.datetime, ...] = ()
    course_minutes: Mapping[int, dt.datetime] = field(default_factory=dict)
    practice: bool = False
    percent: Decimal | None = None
    said: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Attended:
    """A session somebody was at, and when staff recorded it."""

    title: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """`lessons`: every lesson of the course, begun or not, by id. `scores`: best per cent by lesson id, of a quiz that
    was passed or a SCORM package that reported one, whatever it is."""

    lessons: Mapping[int, LessonFact]
    scores: Mapping[int, Decimal | int] = field(default_factory=dict)
    attended: tuple[Attended, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a criterion. `kind`: 'lesson' done, 'attempt' or 'work' passed, 'signature', 'time' spent,
    'score' reported by a package, 'session' attended (of no lesson: `lesson_id` 0), 'package' that `said` it is done,
    'hand': set done `by` staff."""

    kind: str
    lesson_id: int
    title: str = ""
    at: dt.datetime | None = None
    percent: Decimal | int | None = None
    number: int | None = None  # of the attempt, or the id of the signature
    seconds: int | None = None
    measured: bool = True
    said: str = ""
    by: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a completion record: what there is to say, and nothing empty."""
        said: dict[str, Any] = {"kind": self.kind, "lesson_id": self.lesson_id, "title": self.title}
        optional: dict[str, Any] = {
            "at": self.at.isoformat() if self.at else None,
            "percent": None if self.percent is None else str(self.percent),
            "number": self.number,
            "seconds": self.seconds,
            "measured": None if self.measured else False,
            "said": self.said or None,
            "by": self.by or None,
        }
        return said | {name: value for name, value in optional.items() if value is not None}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Evidence:
        """As a record kept it."""
        return cls(
            kind=str(kept.get("kind", "")),
            lesson_id=int(kept.get("lesson_id", 0)),
            title=str(kept.get("title", "")),
            at=dt.datetime.fromisoformat(kept["at"]) if kept.get("at") else None,
            percent=Decimal(str(kept["percent"])) if kept.get("percent") is not None else None,
            number=kept.get("number"),
            seconds=kept.get("seconds"),
            measured=bool(kept.get("measured", True)),
            said=str(kept.get("said", "")),
            by=str(kept.get("by", "")),
        )


@dataclass(frozen=True, slots=True)
class CriterionState:
    """One criterion judged. `words` with `values` is the sentence for the learner, to be translated where it is shown.

    `have` of `need` in the criterion's own unit (lessons, per cent, minutes); `open_lessons` are what is still to do.
    `since`: the instant the last needed fact happened, None while it is not met (or where no instant was kept);
    `evidence`: the facts that count for it, met or not. `group` as in `Criterion`.
    """

    kind: CriterionKind
    met: bool
    words: str
    values: Mapping[str, Any]
    have: int | Decimal
    need: int
    open_lessons: tuple[int, ...] = ()
    since: dt.datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    group: int = 0

    def as_json(self) -> dict[str, Any]:
        """For a completion record: the criterion as it stood, with its words and what was there to show for it."""
        said = {"kind": self.kind.value, "met": self.met, "have": str(self.have), "need": self.need}
        words = {"words": self.words, "values": dict(self.values), "since": self.since and self.since.isoformat()}
        shown = [one.as_json() for one in self.evidence[:MOST_EVIDENCE]]
        return said | words | {"evidence": shown, **({"group": self.group} if self.group else {})}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CriterionState:
        """As a record kept it; records from before there was evidence have a plain sentence."""
        return cls(
            kind=CriterionKind(kept["kind"]),
            met=bool(kept["met"]),
            words=kept.get("words") or PLAIN[CriterionKind(kept["kind"])],
            values=kept.get("values") or {"need": kept["need"]},
            have=Decimal(str(kept["have"])),
            need=int(kept["need"]),
            since=dt.datetime.fromisoformat(kept["since"]) if kept.get("since") else None,
            evidence=tuple(Evidence.from_json(one) for one in kept.get("evidence", ())),
            group=int(kept.get("group", 0)),
        )


# For records that kept no sentence.
PLAIN: dict[CriterionKind, str] = {
    CriterionKind.LESSONS: N_("Finish %(need)s lessons"),
    CriterionKind.REQUIRED: N_("Finish %(need)s required lessons"),
    CriterionKind.QUIZ_PASSED: N_("Reach at least %(need)s per cent in the quiz"),
    CriterionKind.ACKNOWLEDGED: N_("Sign every acknowledgement"),
    CriterionKind.ACTIVE_MINUTES: N_("Spend at least %(need)s min of active time in the lessons"),
    CriterionKind.LESSON_MINUTES: N_("Spend the time asked for in %(need)s lessons"),
    CriterionKind.ASSIGNMENT_PASSED: N_("Have every assignment passed"),
    CriterionKind.ATTENDED: N_("Attend %(need)s sessions"),
    CriterionKind.PACKAGE_SCORE: N_("Reach at least %(need)s per cent in each training package"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of criterion: the fields it `says`, how it is judged, what it refuses.

    `check` raises RuleBroken for values that doing nothing would meet, or nobody could. `misfits` names what is wrong
    with it in a course with these lessons (`Facts` of nothing done): a lesson not there, a kind of lesson missing.
    """

    name: CriterionKind
    says: tuple[str, ...]
    judge: Callable[[Criterion, Facts], CriterionState]
    check: Callable[[Criterion], None]
    misfits: Callable[[Criterion, Facts], Iterator[RuleBroken]]


KINDS: dict[CriterionKind, Kind] = {}  # filled by `courses.completion.kinds`


def latest(instants: list[dt.datetime | None]) -> dt.datetime | None:
    """The last of them; None where one is not known or there is none."""
    known = [one for one in instants if one is not None]
    return max(known) if known and len(known) == len(instants) else None


def done_evidence(facts: Facts, lessons: list[int], kind: str = "lesson") -> tuple[Evidence, ...]:
    """The done ones among these lessons, in the order they were done."""
    found = [(key, facts.lessons[key]) for key in lessons if key in facts.lessons and facts.lessons[key].done]
    made = [_evidence(kind, key, fact) for key, fact in found]
    return tuple(sorted(made, key=lambda one: (one.at is None, one.at.timestamp() if one.at else 0, one.lesson_id)))


def _evidence(kind: str, key: int, fact: LessonFact) -> Evidence:
    if fact.by:
        return Evidence("hand", key, fact.title, fact.done_at, by=fact.by)
    if fact.kind == SCORM:
        return Evidence("package", key, fact.title, fact.done_at, fact.percent, fact.attempt, said=fact.said)
    return Evidence(kind, key, fact.title, fact.done_at, number=fact.signature, measured=fact.measured)
