"""What must be there before a course is published, and the digest of what it says. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lmsapp.courses.catalogue.rules import CriterionKind, Facts, LessonFact, LessonKind, Rule
from lmsapp.courses.completion.kinds import KINDS
from lmsapp.infra.words import N_, RuleBroken


@dataclass(frozen=True, slots=True)
class LessonState:
    """A lesson as publishing sees it. `questions`, `passing_percent`, `practice` belong to a quiz.

    `importing`: a package for it is still being read.
    `lacking`: pools that have, or may have, fewer questions than the quiz draws from them; `closed`: archived ones.
    """

    id: int
    kind: str
    title: str
    has_body: bool
    has_file: bool
    questions: int = 0
    passing_percent: int | None = None
    practice: bool = False
    importing: bool = False
    lacking: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing missing, in words; `lesson_id` where it is to be mended, None for the course or its rule."""

    words: str
    values: Mapping[str, Any] = field(default_factory=dict)
    lesson_id: int | None = None

    def __str__(self) -> str:
        return self.words % self.values if self.values else self.words


class NotReady(RuleBroken):
    """The course may not be published, or would no longer be complete. `problems` are to be shown as a list."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__(
            N_("Learners cannot take the course like this: %(missing)s"), missing=" ".join(map(str, self.problems))
        )


def missing(lessons: Iterable[LessonState], rule: Rule) -> list[Problem]:
    """Everything that is missing, in the order of the outline, the rule last."""
    known = list(lessons)
    problems = [problem for lesson in known if (problem := _lesson_problem(lesson))]
    problems += [problem for lesson in known for problem in _draw_problems(lesson)]
    if not known:
        problems.append(Problem(N_("Add a lesson.")))
    if not rule.criteria:
        problems.append(Problem(N_("State the completion rule.")))
    return problems + _rule_problems(known, rule)


def _lesson_problem(lesson: LessonState) -> Problem | None:
    words = None
    match lesson.kind:
        case LessonKind.TEXT if not lesson.has_body:
            words = N_("Write the text of “%(title)s”.")
        case LessonKind.ACKNOWLEDGEMENT if not lesson.has_body:
            words = N_("Write what is signed in “%(title)s”.")
        case LessonKind.ASSIGNMENT if not lesson.has_body:
            words = N_("Write the task of “%(title)s”.")
        case LessonKind.PDF | LessonKind.VIDEO if not lesson.has_file:
            words = N_("Upload the file of “%(title)s”.")
        case LessonKind.SCORM if lesson.importing:
            words = N_("The package of “%(title)s” is still being imported. Wait until it is done, or cancel it.")
        case LessonKind.SCORM if not lesson.has_file:
            words = N_("Upload the package of “%(title)s”.")
        case LessonKind.QUIZ if not lesson.questions:
            words = N_("Add a question with a right answer to “%(title)s”.")
    return Problem(words, {"title": lesson.title}, lesson.id) if words else None


def _draw_problems(lesson: LessonState) -> Iterator[Problem]:
    words = N_("“%(title)s” draws more from the pool “%(pool)s” than there is. Draw fewer, or add questions to it.")
    yield from (Problem(words, {"title": lesson.title, "pool": pool}, lesson.id) for pool in lesson.lacking)
    words = N_("“%(title)s” draws from the pool “%(pool)s”, which is archived. Bring it back, or draw from another.")
    yield from (Problem(words, {"title": lesson.title, "pool": pool}, lesson.id) for pool in lesson.closed)


def _rule_problems(lessons: list[LessonState], rule: Rule) -> list[Problem]:
    problems = [
        Problem(broken.message, broken.values)
        for criterion in rule.criteria
        if criterion.kind is not CriterionKind.QUIZ_PASSED
        for broken in KINDS[criterion.kind].misfits(criterion, _course(lessons))
    ]
    quizzes = {lesson.id: lesson for lesson in lessons if lesson.kind == LessonKind.QUIZ and not lesson.practice}
    for criterion in rule.criteria:
        if criterion.kind is CriterionKind.ACKNOWLEDGED and not any(
            one.kind == LessonKind.ACKNOWLEDGEMENT for one in lessons
        ):
            problems.append(Problem(N_("The completion rule asks for a signature, but nothing is to be signed.")))
        if criterion.kind is not CriterionKind.QUIZ_PASSED:
            continue
        asked = [quiz for key, quiz in quizzes.items() if criterion.lesson_id in {None, key}]
        practised = [one for one in lessons if one.practice and one.id == criterion.lesson_id]
        if practised:
            words = N_("“%(title)s” is practice and counts for nothing, but the completion rule asks for it.")
            problems.append(Problem(words, {"title": practised[0].title}, practised[0].id))
        elif not asked:
            problems.append(Problem(N_("The completion rule asks for a quiz that is not in the course.")))
        for quiz in asked:
            passing = quiz.passing_percent
            if passing is not None and passing < criterion.percent:
                words = N_("“%(title)s” is passed at %(passing)s %%, but the completion rule asks for %(asked)s %%.")
                problems.append(
                    Problem(words, {"title": quiz.title, "passing": passing, "asked": criterion.percent}, quiz.id)
                )
    return problems


def _course(lessons: Iterable[LessonState]) -> Facts:
    return Facts({one.id: LessonFact(one.kind, title=one.title) for one in lessons})


def canonical(content: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: the same content always gives the same bytes."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, lower-case hex."""
    return hashlib.sha256(canonical(content)).hexdigest()
