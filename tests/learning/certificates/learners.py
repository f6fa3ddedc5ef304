"""Somebody who learns in tests, from the assignment to the last click."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import select

from lmsapp.assignments.actions import assign
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.queries import outline
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.engagement.actions import open_page
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import one_enrollment
from lmsapp.learning.quizzes.actions import start_submission, submit
from lmsapp.learning.quizzes.answers import save_answer
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import load_viewer
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.courses.authors import Written, author
from tests.kept import kept
from tests.learning.finishing import finish

_number = count(1)


@kept
@dataclass
class Learner:
    """An employee with an assignment of a published course. Everything is committed."""

    clock: Clock
    name: str = "Priya Nair"
    zone: str = "America/Chicago"
    language: str = "en"
    title: str = "Hand hygiene"
    due_on: dt.date = dt.date(2026, 12, 4)
    source: str = "staff"
    written: Written = field(init=False)
    employee: Employee = field(init=False)
    assignment: TrainingAssignment = field(init=False)

    def __post_init__(self) -> None:
        running = next(_number)
        self.written = Written(author(f"Author {running}"), title=self.title).publish()
        facts = EmployeeFacts(
            number=f"E{running:05d}",
            name=self.name,
            time_zone=self.zone,
            email=f"e{running}@example.org",
            language=self.language,
        )
        self.employee = hire(facts, None, invited=False)
        course, by = self.written.course, self.written.by
        self.assignment = assign(self.employee, course, self.due_on, by=by, source=self.source)
        db.session.commit()

    @property
    def enrollment(self) -> Enrollment:
        """As the pages load it."""
        found = one_enrollment(
            Enrollment.employee_id == self.employee.id, Enrollment.course_id == self.written.course.id
        )
        assert found is not None
        return found

    @property
    def viewer(self) -> Viewer:
        """The learner, signed in."""
        viewer = load_viewer(self.employee.user_id or 0, 1, "UTC")
        assert viewer is not None
        return viewer

    def read(self, *, commit: bool = True) -> None:
        """Everything but the quiz."""
        for one in (self.written.text, self.written.pledge):
            self.mark(one)
        if commit:
            db.session.commit()

    def mark(self, lesson: Lesson) -> None:
        """One lesson's button."""
        view = lesson_of(self.enrollment, lesson.id)
        assert view is not None
        open_page(self.enrollment, view)
        self.clock.move(minutes=1)  # every lesson asks for some time
        outlined = outline(self.written.course.id)
        assert outlined is not None
        line = outlined.lesson(lesson.id)
        assert line is not None
        finish(self.enrollment, line, by=self.viewer)

    def take_quiz(self, *, right: bool = True, commit: bool = True) -> QuizSubmission:
        """One attempt, handed in."""
        quiz = quiz_of(self.enrollment, self.written.quiz_lesson.id)
        view = lesson_of(self.enrollment, self.written.quiz_lesson.id)
        assert quiz is not None
        assert view is not None
        submission = start_submission(self.enrollment, quiz, view)
        for question in submission.questions:
            keys = [option["key"] for option in question["options"] if option["correct"] is right]
            save_answer(submission.id, question["id"], keys[:1], by=self.viewer)
        submit(submission, "once")
        if commit:
            db.session.commit()
        return submission

    def take_quiz_again(self) -> QuizSubmission:
        """A second click on the button of the first attempt."""
        first = db.session.scalars(select(QuizSubmission).where(QuizSubmission.submitted_at.is_not(None))).one()
        submit(first, "twice")
        db.session.commit()
        return first

    def finish(self) -> Certificate:
        """From first lesson to certificate."""
        self.read()
        self.take_quiz()
        return self.certificate

    @property
    def certificate(self) -> Certificate:
        """The one there is."""
        return db.session.scalars(select(Certificate).where(Certificate.employee_id == self.employee.id)).one()
