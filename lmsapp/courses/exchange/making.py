"""Drafts -> questions of a quiz or a pool: all in one go, so that two thousand take seconds, each with its entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.exchange.models import QuestionImportLine
from lmsapp.courses.quizzes.actions import question_facts, write_question
from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.courses.quizzes.places import POOL, Place, lock_place, place_changed
from lmsapp.evidence.audit.actions import record_changes
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.people.viewer import Viewer

ADDED = "question added"


def make_questions(
    place: Place,
    rows: Sequence[QuestionImportLine],
    tags: Callable[[Mapping[str, Any]], Sequence[str]],
    *,
    by: Viewer,
    tell: Callable[[int, int], None],
) -> int:
    """At the end of the quiz or pool; how many. A line that a rule refuses becomes a problem with its words."""
    lock_place(place)
    here = Question.quiz_id == place.id if isinstance(place, Quiz) else Question.pool_id == place.id
    last = db.session.scalar(select(func.max(Question.position)).where(here)) or 0
    made: list[tuple[QuestionImportLine, Question]] = []
    for at, row in enumerate(rows, 1):
        try:
            question = _made(place, row.draft, tags(row.draft), by)
        except RuleBroken as broken:
            values = {name: str(value) for name, value in broken.values.items()}
            row.kind, row.words, row.values, row.taken = "problem", broken.message, values, False
            continue
        question.position = last + len(made) + 1
        made.append((row, question))
        tell(at, len(rows))
    db.session.add_all([question for _row, question in made])
    db.session.flush()
    for row, question in made:
        row.question_id = question.id
    _note([question for _row, question in made], place, by)
    return len(made)


def _made(place: Place, draft: Mapping[str, Any], tags: Sequence[str], by: Viewer) -> Question:
    in_quiz = isinstance(place, Quiz)
    question = Question(version=1, quiz_id=place.id if in_quiz else None, pool_id=None if in_quiz else place.id)
    question.written_at, question.written_by_id = clock.now(), by.user_id
    write_question(
        question,
        place,
        draft["kind"],
        draft["prompt"],
        draft["options"],
        detail=draft["detail"],
        tags=tags,
        explanation=draft["explanation"],
        points=Decimal(draft["points"]),
        source_lesson_id=None,
    )
    return question


def _note(questions: Sequence[Question], place: Place, by: Viewer) -> None:
    """An entry for each; with the last one every course concerned hears that its draft changed."""
    if not questions:
        return
    subject = ("course", place.course_id) if isinstance(place, Quiz) else (POOL, place.id)
    record_changes(ADDED, [(subject, question_facts(one)) for one in questions[:-1]], by=by)
    place_changed(place, ADDED, by=by, after=question_facts(questions[-1]))
