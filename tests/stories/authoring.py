"""Writing a course in the browser, click by click, from the content at hand."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from lmsapp.demo.content import CourseContent, LessonContent, QuestionContent

KINDS = {
    "text": "Text",
    "video": "Video",
    "pdf": "PDF",
    "acknowledgement": "Acknowledgement",
    "quiz": "Quiz",
}


def write_course(page: Page, content: CourseContent) -> None:
    """New course, chapters, lessons, questions. Ends on the course's outline."""
    page.goto("/studio/courses/new")
    page.get_by_label("Title").fill(content.title)
    page.get_by_label("Summary").fill(content.summary)
    page.get_by_text("More: who takes it").click()
    page.get_by_label("Valid for (months)").fill(str(content.validity_months or ""))
    page.get_by_role("button", name="Create the course").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(content.title)
    outline = page.url
    for chapter in content.chapters:
        page.goto(outline)
        page.get_by_label("New chapter").fill(chapter.title)
        page.get_by_role("button", name="Add the chapter").click()
        expect(page.get_by_role("heading", name=re.compile(re.escape(chapter.title)))).to_be_visible()
        for lesson in chapter.lessons:
            page.goto(outline)
            section = page.locator("section").filter(
                has=page.get_by_role("heading", name=re.compile(re.escape(chapter.title)))
            )
            section.get_by_text("Add a lesson").click()
            section.locator(f"a[href*='kind={lesson.kind}']").click()
            add_lesson(page, lesson)
    page.goto(outline)


def add_lesson(page: Page, lesson: LessonContent) -> None:
    page.get_by_label("Title", exact=True).fill(lesson.title)
    if lesson.kind == "quiz":
        assert lesson.quiz is not None
        page.get_by_label("Passing score in per cent").fill(str(lesson.quiz.passing_percent))
        page.get_by_label("Attempts allowed").fill(str(lesson.quiz.max_attempts))
        page.get_by_role("button", name="Add the lesson").click()
        for question in lesson.quiz.questions:
            add_question(page, question)
        return
    if lesson.kind in ("pdf", "video"):
        page.locator("input[name=upload]").set_input_files(lesson.file)
    page.locator("#body").fill(lesson.body or "")
    if lesson.kind in ("text", "acknowledgement"):
        page.get_by_label("Least active seconds").fill("0")
    else:
        page.get_by_label("Share to be seen").fill("10" if lesson.kind == "video" else "100")
    page.get_by_role("button", name="Add the lesson").click()
    page.wait_for_url(lambda url: "/new" not in url, timeout=30_000)


def add_question(page: Page, question: QuestionContent) -> None:
    page.wait_for_url(re.compile(r"/studio/lessons/\d+"))
    lesson = page.url
    page.goto(f"{lesson.split('?')[0]}/questions/new?kind={question.kind}")
    page.get_by_label("Question", exact=True).fill(question.prompt)
    for n, option in enumerate(question.options, start=1):
        if n > page.locator("input[name$='-options-text']").count():
            page.get_by_role("button", name="One more answer").click()
        page.get_by_label(f"Answer {n}", exact=True).fill(option.text)
        if option.correct:
            page.get_by_label(f"Answer {n} is right").check()
    page.get_by_label("Explanation").fill(question.explanation)
    assert asks_before_leaving(page), "what is typed and not saved is not lost by a press beside it"
    page.get_by_role("button", name="Save the question").click()
    page.wait_for_url(re.compile(r"/studio/lessons/\d+#question-\d+"))
    expect(page.locator("#questions").get_by_text(question.prompt[:60])).to_be_visible()
    assert not asks_before_leaving(page)
    page.goto(lesson)


def asks_before_leaving(page: Page) -> bool:
    """Whether the browser would ask: the page says no to being left."""
    return bool(page.evaluate("!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"))


def state_the_rule(page: Page, percent: int) -> None:
    """All lessons, the quiz with a least score, the signature; then publish."""
    page.get_by_role("link", name="State the rule").click()
    page.get_by_role("checkbox", name="Lessons are finished", exact=True).check()
    page.get_by_label("A quiz is passed").check()
    page.get_by_role("checkbox", name="Every quiz of the course").check()
    page.get_by_label("Least score, in per cent Every quiz of the course").fill(str(percent))
    page.get_by_label("Every acknowledgement is signed").check()
    page.get_by_role("button", name="Save the rule").click()
