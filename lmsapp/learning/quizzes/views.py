"""The shapes `queries` answers with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. `correct` stays None wherever it may not be seen."""

    key: str
    text: str
    given: bool = False
    correct: bool | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as asked and what is saved for it. `revision` 0: nothing yet."""

    id: int
    kind: str
    prompt: str
    options: tuple[Choice, ...]
    given: frozenset[str]
    flagged: bool
    revision: int
    saved_at: dt.datetime | None

    @property
    def answered(self) -> bool:
        """Whether an option is chosen."""
        return bool(self.given)


@dataclass(frozen=True, slots=True)
class Taking:
    """An attempt as it is taken."""

    id: int
    number: int
    course_id: int
    course_title: str
    lesson_id: int
    lesson_title: str
    passing_percent: int
    max_attempts: int | None
    started_at: dt.datetime
    deadline: dt.datetime | None
    submitted_at: dt.datetime | None
    questions: tuple[Asked, ...]

    @property
    def given(self) -> int:
        """How many questions are answered."""
        return sum(question.answered for question in self.questions)

    @property
    def flagged(self) -> int:
        """How many questions are flagged."""
        return sum(question.flagged for question in self.questions)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt in a list."""

    id: int
    quiz_id: int
    number: int
    started_at: dt.datetime
    deadline: dt.datetime | None
    submitted_at: dt.datetime | None
    percent: Decimal | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class QuizIntro:
    """What to know before starting. `attempts_left` None: no limit."""

    quiz_id: int
    passing_percent: int
    max_attempts: int | None
    minutes: int | None
    questions: int
    attempts: tuple[Attempt, ...]
    attempts_left: int | None

    @property
    def going_on(self) -> Attempt | None:
        """The open attempt."""
        return next((one for one in self.attempts if one.submitted_at is None), None)

    @property
    def last(self) -> Attempt | None:
        """The latest attempt handed in."""
        return next((one for one in reversed(self.attempts) if one.submitted_at is not None), None)

    @property
    def passed(self) -> Attempt | None:
        """The attempt that passed."""
        return next((one for one in self.attempts if one.passed), None)


@dataclass(frozen=True, slots=True)
class Missed:
    """A question not got right, and the lesson it came from where one is named."""

    prompt: str
    lesson_id: int | None
    lesson_title: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question with its right answers, for when they may be seen."""

    prompt: str
    right: bool
    explanation: str
    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A handed-in attempt."""

    id: int
    enrollment_id: int
    number: int
    course_id: int
    course_title: str
    lesson_id: int
    lesson_title: str
    passing_percent: int
    percent: Decimal
    points: Decimal
    max_points: Decimal
    passed: bool
    submitted_at: dt.datetime
    timed_out: bool
    questions: int
    right: int
    attempts_left: int | None
    missed: tuple[Missed, ...]
    review: tuple[Reviewed, ...]
