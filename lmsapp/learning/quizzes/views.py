"""The shapes `queries` answers with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lmsapp.learning.quizzes.rules import digest_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. `correct` stays None wherever it may not be seen."""

    key: str
    text: str
    given: bool = False
    correct: bool | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as asked and what is saved for it. `revision` 0: nothing yet.

    `matches`: what can be matched with the options. `unit` of a number; `min_words`, `max_words` of an open answer.
    `reworked`: it was given back, for the reason in `feedback`.
    """

    id: int
    kind: str
    prompt: str
    options: tuple[Choice, ...]
    given: tuple[str, ...]
    flagged: bool
    revision: int
    saved_at: dt.datetime | None
    matches: tuple[Choice, ...] = ()
    unit: str = ""
    min_words: int | None = None
    max_words: int | None = None
    reworked: bool = False
    feedback: str = ""

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return bool(self.given)

    @property
    def words(self) -> int:
        """How many words an open answer has."""
        return len(self.given[0].split()) if self.given else 0

    def in_order(self, given: Sequence[str]) -> list[Choice]:
        """The items as they were put in order; those not placed follow as they were shown."""
        by_key = {one.key: one for one in self.options}
        placed = [by_key[key] for key in given if key in by_key]
        return placed + [one for one in self.options if one.key not in given]


@dataclass(frozen=True, slots=True)
class Returned:
    """Given back for rework: by whom and when; the feedback stands with each question."""

    by: str
    at: dt.datetime | None


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
    practice: bool = False
    returned: Returned | None = None

    @property
    def open_numbers(self) -> tuple[int, ...]:
        """The numbers of the questions that may be answered now: all, then those given back, then none."""
        numbered = enumerate(self.questions, start=1)
        if self.submitted_at is None:
            return tuple(number for number, _asked in numbered)
        return tuple(number for number, asked in numbered if asked.reworked)

    @property
    def seen(self) -> str:
        """What a page made of this has seen, for handing in."""
        return digest_of((one.id, one.revision, one.given) for one in self.questions)

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
    practice: bool = False
    returned: bool = False

    @property
    def waits(self) -> bool:
        """Handed in, and a person has yet to grade it."""
        return self.submitted_at is not None and self.passed is None and not self.returned


@dataclass(frozen=True, slots=True)
class QuizIntro:
    """What to know before starting. `attempts_left` None: no limit. `opens_at`: from when on the next one may begin."""

    quiz_id: int
    passing_percent: int
    max_attempts: int | None
    minutes: int | None
    questions: int
    attempts: tuple[Attempt, ...]
    attempts_left: int | None
    practice: bool = False
    negative_percent: int = 0
    wait_minutes: int | None = None
    opens_at: dt.datetime | None = None

    @property
    def returned(self) -> Attempt | None:
        """The attempt given back for rework."""
        return next((one for one in self.attempts if one.returned), None)

    @property
    def waiting(self) -> Attempt | None:
        """The attempt that waits for a person."""
        return next((one for one in self.attempts if one.waits), None)

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
class Pair:
    """A row of a matching: what was given, and what belongs to it."""

    text: str
    given: str
    right: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question with what was made of the answer. `answers`: right answers and explanation are in it.

    `outcome`: 'right', 'partly', 'wrong', 'none' (not answered) or 'waits'. `given`: in words, where it is not shown by
    `options` or `pairs`; `accepted`: what would have been right, likewise.
    """

    id: int
    kind: str
    prompt: str
    outcome: str
    points: Decimal
    max_points: Decimal
    given: tuple[str, ...] = ()
    feedback: str = ""
    answers: bool = False
    explanation: str = ""
    options: tuple[Choice, ...] = ()
    pairs: tuple[Pair, ...] = ()
    accepted: tuple[str, ...] = ()
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A handed-in attempt. `passed` None: `waiting` answers have yet to be graded by a person.

    `missed`: (id, title) of the lessons that what was not got right came from. `review`: every question, once answers
    may be seen; `graded`: what a person graded, which its learner always sees. `opens_at`: when the next attempt may
    begin, if later. `partly`: how many questions brought a part of their points.
    """

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
    passed: bool | None
    submitted_at: dt.datetime
    timed_out: bool
    questions: int
    right: int
    partly: int
    waiting: int
    attempts_left: int | None
    missed: tuple[tuple[int, str], ...]
    review: tuple[Reviewed, ...]
    graded: tuple[Reviewed, ...]
    practice: bool
    returned: bool
    regraded: str
    opens_at: dt.datetime | None
    over: bool
    attempts: tuple[Attempt, ...]
