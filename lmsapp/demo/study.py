"""What one learner does in one course, at instants of the past.

The lessons of a sitting and the answers of an attempt are written at once, as the pages would have left them. Starting,
scores, completion, record and certificate come from the actions every learner's page calls.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.queries import LessonLine, OutlineView, outline
from lmsapp.courses.quizzes.drawing import asked_for
from lmsapp.courses.quizzes.queries import QuizView, questions_as_asked, quiz_of_lesson
from lmsapp.demo.moment import moment
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import open_lesson
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.enrollments.rules import progress
from lmsapp.learning.quizzes.actions import submit
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission

SECONDS_A_QUESTION = 34
WRONG = ("24", "48", "I do not know")


@dataclass
class CourseAtHand:
    """A course with what studying needs of it; read once, not for every learner."""

    course: Course

    @cached_property
    def outline(self) -> OutlineView:
        """The lessons, the quiz last."""
        found = outline(self.course.id)
        assert found is not None
        return found

    @cached_property
    def quiz(self) -> QuizView:
        """Behind the last lesson."""
        found = quiz_of_lesson(self.outline.lessons[-1].id)
        assert found is not None
        return found

    @cached_property
    def questions(self) -> list[dict[str, Any]]:
        """What it asks, right answers included."""
        return questions_as_asked(self.quiz.id)


def sit(at_hand: CourseAtHand, enrollment: Enrollment, lessons: int, pace: float, begun: dt.datetime) -> None:
    """Finish the first `lessons` of the course, never the quiz, and open the next one. What was done before stays."""
    lines = at_hand.outline.lessons
    at, rows = begun, []
    for line in lines[enrollment.done_lessons : lessons]:
        seconds = max(line.min_seconds + 4, round(line.minutes * 60 * pace))
        rows.append(_row(enrollment, line, at, seconds))
        at += dt.timedelta(seconds=seconds + 6)
    if not rows:
        return
    if enrollment.started_at is None:
        with moment(begun):
            open_lesson(enrollment, lines[0])
    write = insert(LessonProgress)
    kept = {name: write.excluded[name] for name in ("last_beat_at", "active_seconds", "seen", "done_at")}
    rows.append(_row(enrollment, lines[lessons], at, None))
    key = ["enrollment_id", "cycle", "lesson_id"]
    db.session.execute(write.on_conflict_do_update(index_elements=key, set_=kept), rows)
    enrollment.done_lessons = lessons
    enrollment.progress = progress(lessons, len(lines), complete=False)
    enrollment.current_lesson_id = lines[lessons].id
    enrollment.last_active_at = at


def attempt(at_hand: CourseAtHand, enrollment: Enrollment, number: int, wrong: int, *, passes: bool) -> QuizSubmission:
    """Attempt `number`, begun at the clock's time and handed in a few minutes later, with so many wrong answers."""
    begun, seed = clock.now(), enrollment.id * 1000 + number
    submission = QuizSubmission(
        enrollment_id=enrollment.id,
        quiz_id=at_hand.quiz.id,
        number=number,
        cycle=enrollment.cycle,
        content_version=enrollment.content_version,
        questions=asked_for(at_hand.questions, (), seed, shuffle=True),
        passing_percent=at_hand.quiz.passing_percent,
        started_at=begun,
    )
    db.session.add(submission)
    db.session.flush()
    rng = Random(f"answers/{seed}")
    places = rng.sample(range(len(submission.questions)), len(submission.questions))
    places.sort(key=lambda place: Decimal(submission.questions[place]["points"]), reverse=not passes)
    took = dt.timedelta(seconds=SECONDS_A_QUESTION * len(places) * rng.uniform(0.6, 1.3))
    answers = [
        {
            "submission_id": submission.id,
            "question_id": question["id"],
            "given": _given(question, right=place not in places[:wrong], rng=rng),
            "flagged": False,
            "revision": 1,
            "saved_at": begun + took * (place + 1) / (len(places) + 1),
        }
        for place, question in enumerate(submission.questions)
    ]
    db.session.execute(insert(QuizAnswer), answers)
    with moment(begun + took):
        return submit(submission, f"demo-{submission.id}")


def _row(enrollment: Enrollment, line: LessonLine, at: dt.datetime, seconds: int | None) -> dict[str, Any]:
    """The state of a lesson opened `at` and done after `seconds`, or only opened."""
    done_at = None if seconds is None else at + dt.timedelta(seconds=seconds)
    seen: list[Any] = []
    if done_at and line.kind == "video":
        seen = [[0, line.length]]
    elif done_at and line.kind == "pdf":
        seen = list(range(1, round(line.length) + 1))
    return {
        "enrollment_id": enrollment.id,
        "cycle": enrollment.cycle,
        "lesson_id": line.id,
        "opened_at": at,
        "last_beat_at": done_at,
        "active_seconds": seconds or 0,
        "seen": seen,
        "done_at": done_at,
        "detail": {},
    }


def _given(question: dict[str, Any], *, right: bool, rng: Random) -> list[str]:
    """An answer that scores all of the question's points, or none of them."""
    kind, options = question["kind"], question["options"]
    if kind == "matching":
        keys = [option["match"] for option in options]
        there = keys if right else keys[1:] + keys[:1]
        return [f"{option['key']}={match}" for option, match in zip(options, there, strict=True)]
    if kind == "ordering":
        keys = [option["key"] for option in sorted(options, key=lambda option: option["place"])]
        return keys if right else keys[1:] + keys[:1]
    if kind in ("short", "numeric"):
        accepted = question["detail"]["accepted"][0]
        return [str(accepted.get("text", accepted.get("value"))).strip("*")] if right else [rng.choice(WRONG)]
    keys = [option["key"] for option in options if option["correct"]]
    if right:
        return keys
    others = [option["key"] for option in options if not option["correct"]]
    return [*keys[1:], rng.choice(others)]
