"""People and a quiz of all kinds for `quiz_faults`: each attempt by a learner of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.proofs._live import Live
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.quizzes.actions import start_submission
from tests.cast import employee
from tests.learning.quizzes.eight import Eight, answer


@dataclass(frozen=True)
class Question:
    """What a client may know, and two answers: one that brings the point, one that brings none."""

    id: int
    kind: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Attempt:
    """An attempt begun; `cookie` of its learner."""

    submission_id: int
    cookie: str
    questions: tuple[Question, ...]


@dataclass
class Scene:
    """A course whose quiz has all eight kinds and a draw."""

    served: Live
    course_id: int
    lesson_id: int
    people: int = 0

    def begin(self) -> Attempt:
        """A new learner, and their attempt."""
        self.people += 1
        with self.served.app.app_context():
            person = employee(f"L{self.people} Learner", f"F-{self.people:05}", department="Ward", job_role="RN")
            course = db.session.get_one(Course, self.course_id)
            enrollment = enroll(person.record, course, source="staff", by=None)
            db.session.flush()
            quiz, lesson = quiz_of(enrollment, self.lesson_id), lesson_of(enrollment, self.lesson_id)
            assert quiz is not None
            assert lesson is not None
            submission = start_submission(enrollment, quiz, lesson)
            db.session.commit()
            questions = tuple(_known(one) for one in submission.questions)
            found = Attempt(submission.id, self.served.cookie(person.user.id), questions)
            db.session.remove()
        return found


def _known(question: dict[str, Any]) -> Question:
    right, wrong = (tuple(answer(question, right=which)) for which in (True, False))
    return Question(question["id"], question["kind"], right, wrong)


def set_the_scene(served: Live) -> Scene:
    with served.app.app_context():
        eight = Eight(settings={"max_attempts": None})
        scene = Scene(served, eight.course.id, eight.check.id)
        db.session.remove()
    return scene
