"""Completion rules (CRS-3): measurable criteria, in words the learner sees, combined with all or any.

Judging is pure: the same facts give the same judgement on the screen, in a job and in an export. Two properties hold,
and are tested: more facts never undo a completion, and without any fact nothing is ever completed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

NARROW_SPACE = "\u202f"
MAX_TITLE = 200


class CourseStatus(StrEnum):
    """Life cycle (CRS-2)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Programme(StrEnum):
    """What kind of programme a course belongs to."""

    COMPLIANCE = "mandatory compliance"
    CERTIFICATION = "professional certification"
    ELECTIVE = "elective development"
    ONBOARDING = "onboarding"


class LessonKind(StrEnum):
    """Lesson kinds (CRS-1)."""

    TEXT = "text"
    VIDEO = "video"
    PDF = "pdf"
    ACKNOWLEDGEMENT = "acknowledgement"
    QUIZ = "quiz"


class CriterionKind(StrEnum):
    """What can be asked for."""

    LESSONS = "lessons"
    QUIZ_PASSED = "quiz_passed"
    ACKNOWLEDGED = "acknowledged"
    ACTIVE_MINUTES = "active_minutes"
    ATTENDED = "attended"


class Mode(StrEnum):
    """How criteria are combined."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One measurable condition. `share` per cent of the lessons; `percent` least score; `minutes` active time in all.

    `lesson_id` None in QUIZ_PASSED: every quiz of the course.
    """

    kind: CriterionKind
    share: int = 100
    lesson_id: int | None = None
    percent: int = 80
    minutes: int = 0
    sessions: int = 1

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Criterion:
        """From its stored form. Raises RuleBroken when a value is out of range."""
        made = cls(
            kind=CriterionKind(stored["kind"]),
            share=int(stored.get("share", 100)),
            lesson_id=stored.get("lesson_id"),
            percent=int(stored.get("percent", 80)),
            minutes=int(stored.get("minutes", 0)),
            sessions=int(stored.get("sessions", 1)),
        )
        made.check()
        return made

    def check(self) -> None:
        """Refuse a criterion that doing nothing would meet, or that nobody could meet."""
        if not 1 <= self.share <= 100:
            raise RuleBroken(N_("The share of lessons must lie between 1 and 100."), field="share")
        if not 1 <= self.percent <= 100:
            raise RuleBroken(N_("The score asked for must lie between 1 and 100."), field="percent")
        if self.kind is CriterionKind.ACTIVE_MINUTES and not 1 <= self.minutes <= 6000:
            raise RuleBroken(
                N_("The active time asked for must lie between 1 and 6000 minutes."), field="active_minutes"
            )

        if self.kind is CriterionKind.ATTENDED and not 1 <= self.sessions <= 100:
            raise RuleBroken(N_("Between 1 and 100 sessions can be asked for."), field="sessions")

    def as_json(self) -> dict[str, Any]:
        """Only what its kind means."""
        match self.kind:
            case CriterionKind.ATTENDED:
                return {"kind": self.kind.value, "sessions": self.sessions}
            case CriterionKind.LESSONS:
                return {"kind": self.kind.value, "share": self.share}
            case CriterionKind.QUIZ_PASSED:
                return {"kind": self.kind.value, "lesson_id": self.lesson_id, "percent": self.percent}
            case CriterionKind.ACTIVE_MINUTES:
                return {"kind": self.kind.value, "minutes": self.minutes}
            case CriterionKind.ACKNOWLEDGED:
                return {"kind": self.kind.value}


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of a course's completion rule. `version` 0: not stated yet."""

    version: int = 0
    mode: Mode = Mode.ALL
    criteria: tuple[Criterion, ...] = ()

    @classmethod
    def from_json(cls, version: int, mode: str, criteria: Iterable[Mapping[str, Any]]) -> Rule:
        """From a row of `completion_rule`."""
        return cls(version, Mode(mode), tuple(Criterion.from_json(one) for one in criteria))


@dataclass(frozen=True, slots=True)
class LessonFact:
    """What is known of one lesson for one learner. `seconds`: active time. `title` only makes words better."""

    kind: str
    done: bool = False
    seconds: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """`lessons`: every lesson of the course, begun or not, by id. `scores`: best per cent by the quiz's lesson id."""

    lessons: Mapping[int, LessonFact]
    scores: Mapping[int, Decimal | int] = field(default_factory=dict)
    attended: int = 0  # sessions


@dataclass(frozen=True, slots=True)
class CriterionState:
    """One criterion judged. `words` with `values` is the sentence for the learner, to be translated where it is shown.

    `have` of `need` in the criterion's own unit (lessons, per cent, minutes); `open_lessons` are what is still to do.
    """

    kind: CriterionKind
    met: bool
    words: str
    values: Mapping[str, Any]
    have: int | Decimal
    need: int
    open_lessons: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the rule is met, criterion by criterion, in the rule's order."""

    met: bool
    mode: Mode
    criteria: tuple[CriterionState, ...]

    @property
    def open(self) -> tuple[CriterionState, ...]:
        """What is still missing; empty once the rule is met."""
        return () if self.met else tuple(state for state in self.criteria if not state.met)


def checked_title(title: str) -> str:
    """The title without spaces around it. Raises RuleBroken when it is empty or longer than 200 characters."""
    title = " ".join(title.split())
    if not title:
        raise RuleBroken(N_("Give it a title."), field="title")
    if len(title) > MAX_TITLE:
        raise RuleBroken(
            N_("The title is too long: %(n)s characters, at most %(most)s."),
            field="title",
            n=len(title),
            most=MAX_TITLE,
        )
    return title


def judge(rule: Rule, facts: Facts) -> Judgement:
    """Hold the facts against the rule."""
    states = tuple(JUDGES[criterion.kind](criterion, facts) for criterion in rule.criteria)
    return Judgement(combine(rule.mode, [state.met for state in states]), rule.mode, states)


def combine(mode: Mode, met: Iterable[bool]) -> bool:
    """All or any; a rule without criteria is never met."""
    values = list(met)
    return bool(values) and (all(values) if mode is Mode.ALL else any(values))


def _lessons(criterion: Criterion, facts: Facts) -> CriterionState:
    total = len(facts.lessons)
    need = max(1, -(-total * criterion.share // 100))
    left = tuple(key for key, fact in facts.lessons.items() if not fact.done)
    have = total - len(left)
    words = N_("Finish all %(total)s lessons") if need >= total else N_("Finish %(need)s of %(total)s lessons")
    return CriterionState(criterion.kind, have >= need, words, {"need": need, "total": total}, have, need, left)


def _quiz_passed(criterion: Criterion, facts: Facts) -> CriterionState:
    if criterion.lesson_id is None:
        asked = tuple(key for key, fact in facts.lessons.items() if fact.kind == LessonKind.QUIZ)
    else:
        asked = (criterion.lesson_id,)
    scores = [facts.scores.get(key, 0) for key in asked]
    left = tuple(key for key, got in zip(asked, scores, strict=True) if got < criterion.percent)
    values = {"percent": f"{criterion.percent}{NARROW_SPACE}%"}
    if len(asked) == 1:
        fact = facts.lessons.get(asked[0])
        words = (
            N_("Pass “%(title)s” with at least %(percent)s")
            if fact and fact.title
            else N_("Pass the quiz with at least %(percent)s")
        )
        values["title"] = fact.title if fact else ""
    else:
        words = N_("Pass every quiz with at least %(percent)s")
    met = bool(asked) and not left
    return CriterionState(criterion.kind, met, words, values, min(scores, default=0), criterion.percent, left)


def _acknowledged(criterion: Criterion, facts: Facts) -> CriterionState:
    asked = {key: fact for key, fact in facts.lessons.items() if fact.kind == LessonKind.ACKNOWLEDGEMENT}
    left = tuple(key for key, fact in asked.items() if not fact.done)
    need = max(1, len(asked))
    values: dict[str, Any] = {"n": need}
    if len(asked) == 1:
        values["title"] = next(iter(asked.values())).title
    words = N_("Sign “%(title)s”") if values.get("title") else N_("Sign every acknowledgement")
    return CriterionState(criterion.kind, bool(asked) and not left, words, values, len(asked) - len(left), need, left)


def _active_minutes(criterion: Criterion, facts: Facts) -> CriterionState:
    seconds = sum(fact.seconds for fact in facts.lessons.values())
    have, need = seconds // 60, max(1, criterion.minutes)
    words = N_("Spend at least %(minutes)s active minutes in the lessons")
    left = tuple(key for key, fact in facts.lessons.items() if not fact.done)
    return CriterionState(criterion.kind, have >= need, words, {"minutes": need}, have, need, left)


def _attended(criterion: Criterion, facts: Facts) -> CriterionState:
    have, need = facts.attended, criterion.sessions
    words = N_("Attend %(sessions)s sessions") if need > 1 else N_("Attend a session")
    return CriterionState(criterion.kind, have >= need, words, {"sessions": need}, have, need)


JUDGES = {
    CriterionKind.LESSONS: _lessons,
    CriterionKind.QUIZ_PASSED: _quiz_passed,
    CriterionKind.ACKNOWLEDGED: _acknowledged,
    CriterionKind.ACTIVE_MINUTES: _active_minutes,
    CriterionKind.ATTENDED: _attended,
}
