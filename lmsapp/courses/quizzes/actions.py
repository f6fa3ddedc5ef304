"""Writing quizzes. A question that may have been asked is never changed: a new version takes its place (QIZ-4)."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.courses.quizzes.queries import CURRENT
from lmsapp.courses.quizzes.rules import QuestionKind, ShowAnswers, check_question
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

MAX_PROMPT = 4000
Option = Mapping[str, Any]
"""{'text': '...', 'correct': bool, 'key': 'a' where it was there before}."""


def create_quiz(
    lesson: Lesson,
    *,
    by: Viewer | None,
    passing_percent: int = 80,
    max_attempts: int | None = None,
    minutes: int | None = None,
    shuffle: bool = True,
    show_answers: str = ShowAnswers.AFTER_PASS,
) -> Quiz:
    """The quiz behind a quiz lesson; where there is one already, it takes the settings."""
    if lesson.kind != LessonKind.QUIZ:
        raise RuleBroken(N_("Only a quiz lesson can have a quiz."))
    course = lock_course(lesson.course_id)
    quiz = db.session.scalar(select(Quiz).where(Quiz.lesson_id == lesson.id))
    before: dict[str, Any] | None = None
    settings = {
        "passing_percent": passing_percent,
        "max_attempts": max_attempts,
        "minutes": minutes,
        "shuffle": shuffle,
        "show_answers": ShowAnswers(show_answers).value,
    }
    check_settings(passing_percent, max_attempts, minutes)
    if quiz is None:
        quiz = Quiz(lesson_id=lesson.id, course_id=course.id, **settings)
        db.session.add(quiz)
    else:
        before = {name: getattr(quiz, name) for name in settings}
        for name, value in settings.items():
            setattr(quiz, name, value)
    if before != settings:
        content_changed(course, "quiz set", by=by, before=before, after={**settings, "lesson": lesson.title})
    return quiz


def check_settings(passing_percent: int, max_attempts: int | None, minutes: int | None) -> None:
    """Raises RuleBroken for what no quiz can be."""
    if not 1 <= passing_percent <= 100:
        raise RuleBroken(N_("The passing score must lie between 1 and 100."), field="passing_percent")
    if max_attempts is not None and not 1 <= max_attempts <= 100:
        raise RuleBroken(N_("Allow between 1 and 100 attempts, or leave it empty for no limit."), field="max_attempts")
    if minutes is not None and not 1 <= minutes <= 600:
        raise RuleBroken(N_("Allow between 1 and 600 minutes, or leave it empty for no limit."), field="minutes")


def add_question(
    quiz: Quiz,
    kind: str,
    prompt: str,
    options: Sequence[Option],
    *,
    by: Viewer | None,
    explanation: str = "",
    points: Decimal | int = 1,
    source_lesson_id: int | None = None,
) -> Question:
    """A new question at the end."""
    course = lock_course(quiz.course_id)
    last = db.session.scalar(select(func.max(Question.position)).where(Question.quiz_id == quiz.id)) or 0
    question = Question(quiz_id=quiz.id, position=last + 1, version=1)
    write_question(question, course, kind, prompt, options, explanation, Decimal(points), source_lesson_id)
    db.session.add(question)
    content_changed(course, "question added", by=by, after=_facts(question))
    return question


def edit_question(
    question: Question,
    kind: str,
    prompt: str,
    options: Sequence[Option],
    *,
    by: Viewer | None,
    explanation: str = "",
    points: Decimal | int = 1,
    source_lesson_id: int | None = None,
) -> Question:
    """The question as it stands from now on: itself while the course was never published, else a new version."""
    course = lock_course(_course_id_of(question))
    if question.replaced_by_id is not None or question.archived_at is not None:
        raise RuleBroken(N_("This question was changed by somebody else. Load the page again."))
    before = _facts(question)
    target = question
    if course.content_version > 0:
        target = Question(quiz_id=question.quiz_id, position=question.position, version=question.version + 1)
    write_question(target, course, kind, prompt, options, explanation, Decimal(points), source_lesson_id)
    if target is not question:
        db.session.add(target)
        db.session.flush()
        question.replaced_by_id = target.id
    content_changed(course, "question edited", by=by, before=before, after=_facts(target))
    return target


def move_question(question: Question, step: int, *, by: Viewer | None) -> None:
    """One place up (-1) or down (+1); at the end nothing happens."""
    course = lock_course(_course_id_of(question))
    current = select(Question).where(Question.quiz_id == question.quiz_id, *CURRENT)
    questions = list(db.session.scalars(current.order_by(Question.position, Question.id)))
    here = questions.index(question)
    there = min(max(here + step, 0), len(questions) - 1)
    questions.insert(there, questions.pop(here))
    for position, one in enumerate(questions, 1):
        one.position = position
    content_changed(course, "question moved", by=by, after={"question": question.prompt, "position": there + 1})


def archive_question(question: Question, *, by: Viewer | None) -> None:
    """Ask it no more; what was answered stays."""
    course = lock_course(_course_id_of(question))
    question.archived_at = clock.now()
    content_changed(course, "question archived", by=by, before={"question": question.prompt})


def _facts(question: Question) -> dict[str, Any]:
    """With the answers that count: moving the right one is the change that matters most."""
    return {
        "question": question.prompt,
        "version": question.version,
        "points": str(question.points.normalize()),
        "options": [option["text"] for option in question.options],
        "right answers": [option["text"] for option in question.options if option["correct"]],
        "explanation": question.explanation,
    }


def _course_id_of(question: Question) -> int:
    return db.session.scalars(select(Quiz.course_id).where(Quiz.id == question.quiz_id)).one()


def write_question(
    question: Question,
    course: Course,
    kind: str,
    prompt: str,
    options: Sequence[Option],
    explanation: str,
    points: Decimal,
    source_lesson_id: int | None,
) -> None:
    """Set what a question asks, checked."""
    kept = _with_keys([option for option in options if str(option["text"]).strip()])
    check_question(QuestionKind(kind), prompt, kept, points)
    if len(prompt) > MAX_PROMPT or len(explanation) > MAX_PROMPT:
        raise RuleBroken(N_("The text is too long: at most %(most)s characters."), field="prompt", most=MAX_PROMPT)
    if source_lesson_id is not None:
        source = db.session.get(Lesson, source_lesson_id)
        if source is None or source.course_id != course.id:
            raise RuleBroken(N_("Choose a lesson of this course."), field="source_lesson_id")
    question.kind = QuestionKind(kind).value
    question.prompt = prompt.strip()
    question.options = kept
    question.explanation = explanation.strip()
    question.points = points
    question.source_lesson_id = source_lesson_id


def _with_keys(options: Sequence[Option]) -> list[dict[str, Any]]:
    """Options that were there keep their key, new ones take the next free letter."""
    taken = {str(option["key"]) for option in options if option.get("key")}
    free = (letter for letter in string.ascii_lowercase if letter not in taken)
    return [
        {
            "key": str(option.get("key") or next(free)),
            "text": str(option["text"]).strip(),
            "correct": bool(option["correct"]),
        }
        for option in options
    ]
