"""Small courses for the stories whose subject is not writing them: a text and a check, made as the studio makes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.demo.content import LessonContent, OptionContent, QuestionContent, QuizContent
from lmsapp.infra.db import db, unit_of_work
from lmsapp.people.accounts.models import User
from lmsapp.people.queries import load_viewer
from tests.browser import LiveServer
from tests.stories.learning import plain, take_lesson, take_quiz

PERCENT = 80


@dataclass(frozen=True)
class Small:
    """A published course: its id, the ids of text and check, and what they hold."""

    title: str
    id: int
    text_id: int
    text: LessonContent
    quiz: QuizContent

    @property
    def page(self) -> str:
        return f"/learn/courses/{self.id}"

    @property
    def first_lesson(self) -> str:
        return f"{self.page}/lessons/{self.text_id}"


def small_course(
    server: LiveServer,
    author: str,
    title: str,
    *,
    questions: int = 2,
    minutes: int = 10,
    attempts: int = 3,
    months: int | None = None,
) -> Small:
    """A text and a quiz of so many questions, passed with 80 %; `months`: how long it is valid, renewed one before."""
    about = f"What {title} is about"
    text = LessonContent("text", "text", about, minutes - 3, Path(), 0, body=f"{title}, in words.")
    quiz = QuizContent(PERCENT, attempts, True, tuple(_question(title, n) for n in range(1, questions + 1)))
    with server.app.app_context(), unit_of_work():
        user = db.session.scalars(select(User).where(User.email == author)).one()
        by = load_viewer(user.id, user.session_epoch, "UTC")
        before = months - 1 if months else None
        course = create_course(title, by=by, validity_months=months, renewal_months=before, self_enroll=False)
        chapter = add_chapter(course, "All of it", by=by)
        lesson = add_lesson(chapter, "text", about, by=by, body=text.body or "", minutes=text.minutes, min_seconds=0)
        check = create_quiz(
            add_lesson(chapter, "quiz", "Check", by=by, minutes=3),
            by=by,
            passing_percent=PERCENT,
            max_attempts=attempts,
        )
        for one in quiz.questions:
            options = [{"text": option.text, "correct": option.correct} for option in one.options]
            add_question(check, one.kind, one.prompt, options, by=by)
        set_rule(course, "all", [{"kind": "lessons", "share": 100}, {"kind": "quiz_passed", "percent": PERCENT}], by)
        publish(course, by)
        return Small(title, course.id, lesson.id, text, quiz)


def read_and_pass(page: Page, course: Small) -> None:
    """From its page to the result of its check."""
    read(page, course)
    take_quiz(page, course.quiz)
    expect(page.get_by_role("heading", level=1)).to_contain_text("You passed with 100")


def read(page: Page, course: Small) -> None:
    """From its page up to the check."""
    page.goto(course.first_lesson)
    take_lesson(page, course.text)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check")


def answer_wrong(page: Page, quiz: QuizContent) -> None:
    """Hand in what is wrong throughout, from the page that offers to start."""
    for number in range(1, len(quiz.questions) + 1):
        prompt = page.locator("fieldset.question legend")
        expect(prompt).to_contain_text(f"Question {number} of {len(quiz.questions)}")
        shown = plain(prompt.inner_text())
        asked = next(one for one in quiz.questions if plain(one.prompt) in shown)
        wrong = next(option.text for option in asked.options if not option.correct)
        page.locator("label.option").filter(has_text=wrong).locator("input").check()
        expect(page.locator("[data-saved]")).to_contain_text("Saved at")
        page.locator("form#question button[name=go][value=next].btn").click()
    page.get_by_role("button", name="Hand in", exact=True).click()


def _question(title: str, number: int) -> QuestionContent:
    options = (OptionContent(f"Right {number}", True), OptionContent(f"Wrong {number}", False))
    return QuestionContent("single", f"Of {title}, what holds in case {number}?", options, "", "text", 1)
