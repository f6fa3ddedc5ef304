"""Writing quizzes. A question that may have been asked is never changed: a new version takes its place (QIZ-4)."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.courses.quizzes.checking import check_question, tidy
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz
from lmsapp.courses.quizzes.places import Place, lock_place, place_changed, place_of, read_again
from lmsapp.courses.quizzes.queries import CURRENT
from lmsapp.courses.quizzes.rules import CHOICES, QuestionKind, ShowAnswers, check_settings, check_together
from lmsapp.courses.quizzes.tags import cleaned_tags
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

MAX_PROMPT = 4000
Option = Mapping[str, Any]
"""{'text': '...'} with 'correct' or 'match' by kind, and 'key' where it was there before."""


def create_quiz(
    lesson: Lesson,
    *,
    by: Viewer | None,
    passing_percent: int = 80,
    max_attempts: int | None = None,
    minutes: int | None = None,
    shuffle: bool = True,
    show_answers: str = ShowAnswers.AFTER_PASS,
    wait_minutes: int | None = None,
    negative_percent: int = 0,
    practice: bool = False,
) -> Quiz:
    """The quiz behind a quiz lesson; where there is one already, it takes the settings. Raises RuleBroken."""
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
        "wait_minutes": wait_minutes,
        "negative_percent": negative_percent,
        "practice": practice,
    }
    check_settings(passing_percent, max_attempts, minutes, wait_minutes, negative_percent)
    check_together(settings)
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


def add_question(
    place: Place,
    kind: str,
    prompt: str,
    options: Sequence[Option],
    *,
    by: Viewer | None,
    detail: Mapping[str, Any] | None = None,
    tags: Sequence[str] = (),
    explanation: str = "",
    points: Decimal | int = 1,
    source_lesson_id: int | None = None,
    copied_from: Question | None = None,
) -> Question:
    """A new question at the end of a quiz or a pool."""
    lock_place(place)
    question = Question(version=1, copied_from_id=copied_from.id if copied_from else None)
    _put(question, place)
    last = db.session.scalar(select(func.max(Question.position)).where(_there(question))) or 0
    question.position = last + 1
    write_question(
        question,
        place,
        kind,
        prompt,
        options,
        detail=detail or {},
        tags=tags,
        explanation=explanation,
        points=Decimal(points),
        source_lesson_id=source_lesson_id,
    )
    _sign(question, by)
    db.session.add(question)
    place_changed(place, "question added", by=by, after=question_facts(question))
    return question


def edit_question(
    question: Question,
    kind: str,
    prompt: str,
    options: Sequence[Option],
    *,
    by: Viewer | None,
    detail: Mapping[str, Any] | None = None,
    tags: Sequence[str] | None = None,
    explanation: str = "",
    points: Decimal | int = 1,
    source_lesson_id: int | None = None,
) -> Question:
    """The question as it stands from now on: itself while it can never have been asked, else a new version.

    Saved without a change it stays as it is.
    `detail` and `tags` None: as they were. Raises RuleBroken.
    """
    place = place_of(question)
    asked = lock_place(place)
    read_again([question])
    if question.replaced_by_id is not None or question.archived_at is not None:
        raise RuleBroken(N_("This question was changed by somebody else. Load the page again."))
    before, stood = question_facts(question), _content(question)
    said: dict[str, Any] = {
        "detail": question.detail if detail is None else detail,
        "tags": question.tags if tags is None else tags,
        "explanation": explanation,
        "points": Decimal(points),
        "source_lesson_id": source_lesson_id,
    }
    target = question
    if asked:
        target = Question(position=question.position, version=question.version + 1)
        target.copied_from_id = question.copied_from_id
        _put(target, place)
    write_question(target, place, kind, prompt, options, **said)
    if _content(target) == stood:
        return question
    _sign(target, by)
    if target is not question:
        db.session.add(target)
        db.session.flush()
        question.replaced_by_id = target.id
    place_changed(place, "question edited", by=by, before=before, after=question_facts(target))
    return target


def move_question(question: Question, step: int, *, by: Viewer | None) -> None:
    """One place up (-1) or down (+1); at the end nothing happens."""
    _move(question, lambda here: here + step, by)


def place_question(question: Question, index: int, *, by: Viewer | None) -> None:
    """To place `index`, from 0."""
    _move(question, lambda _here: index, by)


def _move(question: Question, to: Callable[[int], int], by: Viewer | None) -> None:
    place = place_of(question)
    lock_place(place)
    current = select(Question).where(_there(question), *CURRENT)
    questions = list(db.session.scalars(current.order_by(Question.position, Question.id)))
    if question not in questions:
        raise RuleBroken(N_("This question was changed by somebody else. Load the page again."))
    here = questions.index(question)
    there = min(max(to(here), 0), len(questions) - 1)
    questions.insert(there, questions.pop(here))
    for position, one in enumerate(questions, 1):
        one.position = position
    place_changed(place, "question moved", by=by, after={"question": question.prompt, "position": there + 1})


def archive_question(question: Question, *, by: Viewer | None) -> None:
    """Ask it no more; what was answered stays."""
    place = place_of(question)
    lock_place(place)
    question.archived_at = clock.now()
    place_changed(place, "question archived", by=by, before={"question": question.prompt})


def _content(question: Question) -> tuple[Any, ...]:
    parts = (question.kind, question.prompt, question.options, question.detail, question.tags)
    return (*parts, question.explanation, question.points, question.source_lesson_id)


def question_facts(question: Question) -> dict[str, Any]:
    """For the trail, with the answers that count: moving the right one is the change that matters most."""
    facts = {
        "question": question.prompt,
        "version": question.version,
        "points": str(question.points.normalize()),
        "options": [option["text"] for option in question.options],
        "explanation": question.explanation,
        "tags": question.tags,
    }
    if question.kind in CHOICES:
        facts["right answers"] = [option["text"] for option in question.options if option["correct"]]
    return facts | ({"detail": question.detail} if question.detail else {})


def _sign(question: Question, by: Viewer | None) -> None:
    """Who wrote this version, and when."""
    question.written_at, question.written_by_id = clock.now(), by.user_id if by else None


def _put(question: Question, place: Place) -> None:
    if isinstance(place, QuestionPool):
        question.pool_id = place.id
    else:
        question.quiz_id = place.id


def _there(question: Question) -> Any:
    """The condition on the questions of the same quiz or pool."""
    if question.pool_id is not None:
        return Question.pool_id == question.pool_id
    return Question.quiz_id == question.quiz_id


def write_question(
    question: Question,
    place: Place,
    kind: str,
    prompt: str,
    options: Sequence[Option],
    *,
    detail: Mapping[str, Any],
    tags: Sequence[str],
    explanation: str,
    points: Decimal,
    source_lesson_id: int | None,
) -> None:
    """Set what a question asks, checked. Raises RuleBroken."""
    kept = _with_keys(QuestionKind(kind), [option for option in options if str(option["text"]).strip()])
    detail = tidy(QuestionKind(kind), detail)
    check_question(QuestionKind(kind), prompt, kept, points, detail)
    if len(prompt) > MAX_PROMPT or len(explanation) > MAX_PROMPT:
        raise RuleBroken(N_("The text is too long: at most %(most)s characters."), field="prompt", most=MAX_PROMPT)
    if source_lesson_id is not None:
        source = db.session.get(Lesson, source_lesson_id)
        if source is None or place.course_id not in {None, source.course_id}:
            raise RuleBroken(N_("Choose a lesson of this course."), field="source_lesson_id")
    question.kind = QuestionKind(kind).value
    question.prompt = prompt.strip()
    question.options = kept
    question.detail = detail
    question.tags = cleaned_tags(tags)
    question.explanation = explanation.strip()
    question.points = points
    question.source_lesson_id = source_lesson_id


def _with_keys(kind: QuestionKind, options: Sequence[Option]) -> list[dict[str, Any]]:
    """Options that were there keep their key, new ones take the next free letter."""
    taken = {str(option["key"]) for option in options if option.get("key")}
    free = (letter for letter in string.ascii_lowercase if letter not in taken)
    return [
        {
            "key": str(option.get("key") or next(free)),
            "text": str(option["text"]).strip(),
            **({"correct": bool(option["correct"])} if kind in CHOICES else {}),
            **({"match": str(option.get("match") or "")} if kind is QuestionKind.MATCHING else {}),
        }
        for option in options
    ]
