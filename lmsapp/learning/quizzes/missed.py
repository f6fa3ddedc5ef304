"""What a learner who failed twice is offered (QIZ-7): concepts, lessons, practice. Nothing here says what is right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.courses.publishing.reading import QuizContent, Version
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.facts import version_taken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.concepts import Concept, concepts_missed, lessons_missed, lost_in
from lmsapp.learning.quizzes.models import QuizSubmission


@dataclass(frozen=True, slots=True)
class Trouble:
    """A quiz that was failed. Concepts, lessons and practice are empty before the second fail.

    `lessons` and `practice`: (lesson id, title), in the version that is taken.
    """

    lesson_id: int
    title: str
    failed: int
    passed: bool
    concepts: tuple[Concept, ...] = ()
    lessons: tuple[tuple[int, str], ...] = ()
    practice: tuple[tuple[int, str], ...] = ()


ENOUGH = 2  # QIZ-7: 'after failing twice'


def troubles(enrollment: Enrollment) -> list[Trouble]:
    """The quizzes of the course failed twice or more in this time round and not passed, in the course's order."""
    rows = db.session.execute(
        select(QuizSubmission.quiz_id, QuizSubmission.questions, QuizSubmission.result, QuizSubmission.passed)
        .where(
            QuizSubmission.enrollment_id == enrollment.id,
            QuizSubmission.cycle == enrollment.cycle,
            QuizSubmission.submitted_at.is_not(None),
            QuizSubmission.passed.is_not(None),
            ~QuizSubmission.practice,
        )
        .order_by(QuizSubmission.number)
    ).all()
    version = version_taken(enrollment) if len(rows) >= ENOUGH else None
    if version is None:
        return []
    found = (_trouble(version, lesson_id, quiz, rows) for lesson_id, quiz in version.quizzes.items())
    return [one for one in found if one.failed >= ENOUGH and not one.passed]


def trouble_with(enrollment: Enrollment, lesson_id: int) -> Trouble | None:
    """The same for one quiz lesson; None before the second fail, and once it is passed."""
    return next((one for one in troubles(enrollment) if one.lesson_id == lesson_id), None)


def _trouble(version: Version, lesson_id: int, quiz: QuizContent, rows: Sequence[Any]) -> Trouble:
    mine = [row for row in rows if row.quiz_id == quiz.view.id]
    failed, passed = sum(row.passed is False for row in mine), any(row.passed for row in mine)
    titles = {key: lesson.title for key, lesson in version.lessons.items()}
    if failed < ENOUGH or passed or lesson_id not in titles:
        return Trouble(lesson_id, titles.get(lesson_id, ""), failed if lesson_id in titles else 0, passed)
    attempts = [lost_in(row.questions, row.result or ()) for row in mine]
    concepts = concepts_missed(attempts, titles)
    return Trouble(
        lesson_id=lesson_id,
        title=titles[lesson_id],
        failed=failed,
        passed=passed,
        concepts=tuple(concepts),
        lessons=tuple((key, titles[key]) for key in lessons_missed(attempts, titles)),
        practice=tuple(_practice(version, lesson_id, {one.name for one in concepts}, titles)),
    )


def _practice(version: Version, but: int, names: set[str], titles: dict[int, str]) -> Iterable[tuple[int, str]]:
    """Practice quizzes of the course that ask about one of these concepts."""
    for lesson_id, quiz in version.quizzes.items():
        if lesson_id != but and quiz.view.practice and lesson_id in titles and names & _tags(quiz, titles):
            yield lesson_id, titles[lesson_id]


def _tags(quiz: QuizContent, titles: dict[int, str]) -> set[str]:
    drawn = (question for draw in quiz.draws for question in draw.questions)
    found: set[str] = set()
    for question in (*quiz.questions, *drawn):
        found |= set(question.get("tags") or ()) or {titles.get(question.get("lesson_id") or 0, "")}
    return found - {""}
