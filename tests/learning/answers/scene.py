"""A course whose quiz has a wrong key, a question in words with a rubric, and one without; three learners."""

from __future__ import annotations

from dataclasses import dataclass, field

from lmsapp.courses.catalogue.actions import add_chapter, create_course, set_rule
from lmsapp.courses.catalogue.lessons import add_lesson
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.publishing.actions import publish
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.quizzes.actions import start_submission, submit
from lmsapp.learning.quizzes.answers import save_answer
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.viewer import Viewer
from tests.cast import Person
from tests.kept import kept

RUBRIC = [
    {"key": "c1", "title": "Names the hazards", "points": "2", "levels": [{"points": "2", "words": "All of them"}]},
    {"key": "c2", "title": "Says who acts", "points": "2", "levels": []},
]


@kept
@dataclass
class Scene:
    """`wrong`: its key says A, right is B. With `words`, open questions of 4 (rubric) and 2 points follow."""

    by: Viewer
    words: bool = True
    attempts: int | None = 1
    title: str = "Ladders"
    course: Course = field(init=False)
    lesson: Lesson = field(init=False)
    quiz: Quiz = field(init=False)
    wrong: Question = field(init=False)
    open: list[Question] = field(init=False)

    def __post_init__(self) -> None:
        self.course = create_course(self.title, by=self.by)
        chapter = add_chapter(self.course, "All", by=self.by)
        self.lesson = add_lesson(chapter, "quiz", "Check", by=self.by)
        self.quiz = create_quiz(
            self.lesson, by=self.by, passing_percent=50, max_attempts=self.attempts, show_answers="never"
        )
        shown = [{"text": text, "correct": text == "A"} for text in "ABC"]
        self.wrong = add_question(self.quiz, "single", "Which one?", shown, by=self.by, points=2)
        self.open = []
        if self.words:
            for prompt, points, rubric in (("What do you do?", 4, RUBRIC), ("And then?", 2, [])):
                detail = {"rubric": rubric, "sample": "Step down.", "min_words": None, "max_words": None}
                self.open.append(add_question(self.quiz, "open", prompt, [], by=self.by, points=points, detail=detail))
        set_rule(self.course, "all", [{"kind": "lessons", "share": 100}], self.by)
        publish(self.course, self.by)
        db.session.commit()

    def enrollment(self, person: Person) -> Enrollment:
        found = enrollment_for(person.viewer, self.course.id)
        assert found is not None
        return found

    def take(self, person: Person, letter: str, *words: str) -> QuizSubmission:
        """Enroll and hand in: the option with this letter, and these answers."""
        enroll(person.record, self.course, source="staff", by=None)
        db.session.commit()
        one = self.enrollment(person)
        quiz, lesson = quiz_of(one, self.lesson.id), lesson_of(one, self.lesson.id)
        assert quiz is not None and lesson is not None
        submission = start_submission(one, quiz, lesson)
        for question in submission.questions:
            if question["kind"] == "single":
                given = [o["key"] for o in question["options"] if o["text"] == letter]
                save_answer(submission.id, question["id"], given, 1, by=None)
        for question, text in zip(self.open, words, strict=False):
            save_answer(submission.id, question.id, [text], 1, by=None, kind="text")
        submit(submission, "key")
        db.session.commit()
        return submission
