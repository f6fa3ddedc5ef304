"""Taking a course in the browser, as somebody does who reads it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from lmsapp.demo.content import LessonContent, QuizContent
from tests.stories.people import PASSWORD


def take_lesson(page: Page, lesson: LessonContent) -> None:
    """On the lesson's page: do what it asks, until it is done. 'Mark as done' goes on by itself, see `goes_on`."""
    expect(page.get_by_role("heading", level=1)).to_have_text(lesson.title)
    if lesson.kind == "video":
        page.evaluate("const v = document.querySelector('video'); v.muted = true; v.playbackRate = 2; v.play()")
        expect(page.locator("#need-h")).to_have_text("This lesson is done", timeout=60_000)
    elif lesson.kind == "pdf":
        for number in range(page.locator("[data-page]").count()):
            page.locator("[data-page]").nth(number).scroll_into_view_if_needed()
            page.wait_for_timeout(1500)
        expect(page.locator("#needed li.is-met").first).to_contain_text("pages")
        page.get_by_role("button", name="Mark as done").click()
    elif lesson.kind == "acknowledgement":
        page.locator("input[name=agreed]").check()
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Sign as").click()
    else:
        page.get_by_role("button", name="Mark as done").click()
    if not goes_on(lesson):
        expect(page.locator("#need-h")).to_have_text("This lesson is done")


def goes_on(lesson: LessonContent) -> bool:
    """Whether finishing it leads to the next lesson at once."""
    return lesson.kind in ("text", "pdf")


def take_quiz(page: Page, quiz: QuizContent) -> None:
    """Every question by its words, right; one answer is given, left, and found again after a reload."""
    page.get_by_role("button", name="Start").click()
    for number in range(1, len(quiz.questions) + 1):
        prompt = page.locator("fieldset.question legend")
        expect(prompt).to_contain_text(f"Question {number} of {len(quiz.questions)}")
        page.wait_for_load_state()  # an answer given before the scripts are there is sent with the form, not by itself
        shown = plain(prompt.inner_text())
        asked = next(q for q in quiz.questions if plain(q.prompt) in shown)
        for option in asked.options:
            if option.correct:
                page.locator("label.option").filter(has_text=plain(option.text)).locator("input").check()
        expect(page.locator("[data-saved]")).to_contain_text("Saved at")
        if number == 1:
            page.reload()
            expect(page.locator("label.option input:checked")).to_have_count(sum(o.correct for o in asked.options))
        page.locator("form#question button[name=go][value=next].btn").click()
    page.get_by_role("button", name="Hand in", exact=True).click()


def plain(words: str) -> str:
    """As a page shows it: any white space is one space."""
    return " ".join(words.split())
