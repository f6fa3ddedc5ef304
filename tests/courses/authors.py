"""Who writes courses in tests, and a course to begin with."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from reportlab.pdfgen.canvas import Canvas

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.kept import kept

OPTIONS = (
    {"text": "Report it", "correct": True},
    {"text": "Wait", "correct": False},
    {"text": "Forget it", "correct": False},
)


@kept
def author(name: str = "Cora Creator", role: Role = Role.COURSE_CREATOR) -> Viewer:
    """Somebody with an account and one role."""
    user = User(name=name, email=name.lower().replace(" ", ".") + "@example.org")
    user.roles = [UserRole(role=role.value)]
    db.session.add(user)
    db.session.commit()
    viewer = load_viewer(user.id, user.session_epoch, "UTC")
    assert viewer is not None
    return viewer


@kept
@dataclass
class Written:
    """A course with a text, an acknowledgement and a quiz of one question; ready to publish."""

    by: Viewer
    title: str = "Hand hygiene"
    course: Course = field(init=False)
    chapter: Chapter = field(init=False)
    text: Lesson = field(init=False)
    pledge: Lesson = field(init=False)
    quiz_lesson: Lesson = field(init=False)
    quiz: Quiz = field(init=False)
    question: Question = field(init=False)

    def __post_init__(self) -> None:
        self.course = actions.create_course(self.title, by=self.by, validity_months=12)
        self.chapter = actions.add_chapter(self.course, "First steps", by=self.by)
        self.text = actions.add_lesson(
            self.chapter, "text", "Why it matters", by=self.by, body="Wash **your** hands.", minutes=4
        )
        self.pledge = actions.add_lesson(
            self.chapter, "acknowledgement", "The pledge", by=self.by, body="I will.", minutes=1
        )
        self.quiz_lesson = actions.add_lesson(self.chapter, "quiz", "Check", by=self.by, minutes=5)
        self.quiz = create_quiz(self.quiz_lesson, by=self.by)
        self.question = add_question(self.quiz, "single", "A needle is missing.", OPTIONS, by=self.by)
        actions.set_rule(
            self.course,
            "all",
            [{"kind": "lessons", "share": 100}, {"kind": "quiz_passed", "lesson_id": None, "percent": 80}],
            self.by,
        )
        db.session.commit()

    @kept
    def publish(self) -> Written:
        actions.publish(self.course, self.by)
        db.session.commit()
        return self


def pdf_of(*pages: str) -> bytes:
    """A real PDF with one line of text on each page."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)  # the same words make the same bytes: their pages are drawn once
    for words in pages:
        canvas.drawString(72, 720, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
