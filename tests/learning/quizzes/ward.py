"""A published course with every kind of lesson but video, and what it takes to learn from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lmsapp.courses.catalogue.actions import add_chapter, create_course, set_rule
from lmsapp.courses.catalogue.lessons import add_lesson
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.courses.publishing.actions import publish
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll, mark_lesson_done
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import study
from lmsapp.learning.quizzes.actions import start_submission, submit
from lmsapp.learning.quizzes.answers import save_answer
from lmsapp.learning.quizzes.models import QuizSubmission
from tests.cast import Person
from tests.courses.authors import pdf_of
from tests.kept import kept

# A test looks for it in every byte sent.
SECRET = "Explained-Only-Afterwards"
QUESTIONS = (
    ("single", "A needle is missing.", (("Report it", True), ("Wait", False), ("Forget it", False))),
    ("multiple", "What do you note?", (("The time", True), ("The place", True), ("The weather", False))),
    ("true_false", "Gloves replace washing.", (("True", False), ("False", True))),
    ("single", "Who decides?", (("The charge nurse", True), ("The visitor", False))),
)


@kept
@dataclass
class Ward:
    """Text (60 s), PDF of two pages, acknowledgement, and a quiz of four questions with three attempts at 75 %."""

    title: str = "Sharps safety"
    minutes: int | None = None
    max_attempts: int | None = 3
    show_answers: str = "after_pass"
    self_enroll: bool = True
    course: Course = field(init=False)
    text: Lesson = field(init=False)
    pdf: Lesson = field(init=False)
    pledge: Lesson = field(init=False)
    check: Lesson = field(init=False)
    quiz: Quiz = field(init=False)

    def __post_init__(self) -> None:
        self.course = create_course(self.title, by=None, validity_months=12, self_enroll=self.self_enroll)
        chapter = add_chapter(self.course, "All of it", by=None)
        self.text = add_lesson(chapter, "text", "Why it matters", by=None, body="Mind **the** needle.", min_seconds=60)
        card = Upload.of(pdf_of("One", "Two"), "card.pdf")
        self.pdf = add_lesson(chapter, "pdf", "Pocket card", by=None, min_seconds=0, upload=card)
        self.pledge = add_lesson(chapter, "acknowledgement", "The pledge", by=None, body="I will.", min_seconds=15)
        self.check = add_lesson(chapter, "quiz", "Check", by=None)
        self.quiz = create_quiz(
            self.check,
            by=None,
            passing_percent=75,
            max_attempts=self.max_attempts,
            minutes=self.minutes,
            show_answers=self.show_answers,
        )
        for kind, prompt, options in QUESTIONS:
            shown = [{"text": text, "correct": correct} for text, correct in options]
            add_question(self.quiz, kind, prompt, shown, by=None, explanation=SECRET, source_lesson_id=self.text.id)
        criteria = [{"kind": "lessons", "share": 100}, {"kind": "quiz_passed", "lesson_id": None, "percent": 75}]
        set_rule(self.course, "all", criteria, None)
        publish(self.course, None)
        db.session.commit()

    @kept
    def enroll(self, person: Person) -> Enrollment:
        """As a moderator would."""
        enrollment = enroll(person.record, self.course, source="staff", by=None)
        db.session.commit()
        return enrollment

    @kept
    def unlock(self, enrollment: Enrollment) -> Enrollment:
        """Do all that comes before the quiz, whatever time it takes."""
        for state in study(enrollment).lessons:
            if state.line.kind != "quiz":
                mark_lesson_done(enrollment, _without_needs(state.line))
        db.session.commit()
        return enrollment

    def start(self, enrollment: Enrollment) -> QuizSubmission:
        """Begin or carry on."""
        quiz, lesson = quiz_of(enrollment, self.check.id), lesson_of(enrollment, self.check.id)
        assert quiz is not None
        assert lesson is not None
        return start_submission(enrollment, quiz, lesson)

    def take(self, person: Person, enrollment: Enrollment, right: int) -> QuizSubmission:
        """A whole attempt with the first `right` questions answered rightly."""
        submission = self.start(enrollment)
        for number, question in enumerate(submission.questions):
            save_answer(submission.id, question["id"], keys(question, right=number < right), 1, by=person.viewer)
        submit(submission, "test")
        db.session.commit()
        return submission


def keys(question: Mapping[str, Any], *, right: bool) -> list[str]:
    """The keys of a right answer, or of a wrong one."""
    found = [str(one["key"]) for one in question["options"] if one["correct"] is right]
    return found if right else found[:1]


def _without_needs(line: LessonLine) -> LessonLine:
    return replace(line, min_seconds=0, kind="text")
