"""QIZ-3, UX-4: a quiz of all kinds on a phone, by keyboard alone, over a connection that breaks; in a real browser."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Browser, Page, expect

from lmsapp.infra.db import db
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission
from lmsapp.people.accounts.models import User
from tests.browser import LiveServer
from tests.cast import employee
from tests.client import PageClient
from tests.learning.quizzes.eight import Eight, answer


def test_all_kinds_by_keyboard_over_a_broken_connection(live_server: LiveServer, browser: Browser) -> None:
    """QIZ-3: each kind is answered with keys alone; what was given offline survives a reload and is sent later."""
    with live_server.app.app_context():
        eight = Eight()
        lena = employee("Lena Fischer", "E-101", department="Cardiology", job_role="RN")
        attempt = eight.start(eight.enroll(lena))
        db.session.commit()
        attempt_id, questions = attempt.id, [dict(one) for one in attempt.questions]
        wanted = {one["id"]: answer(one, right=True) for one in questions}
        cookie = session_of(live_server.app, lena.user)
        db.session.remove()
    context = browser.new_context(base_url=live_server.url, locale="en-US", viewport={"width": 390, "height": 800})
    page, complaints = context.new_page(), list[str]()  # the browser itself complains of the lost connection
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.context.add_cookies([{"name": "session", "value": cookie, "url": live_server.url}])
    page.goto(f"/learn/quiz/{attempt_id}/questions/1")
    for number, question in enumerate(questions, start=1):
        expect(page.get_by_role("group", name=question["prompt"])).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        if number == 4:
            page.context.set_offline(True)
        by_keyboard(page, question, wanted[question["id"]])
        if number == 4:
            expect(page.get_by_role("status").filter(has_text="Not saved yet, trying again")).to_be_visible()
            page.context.set_offline(False)
            page.reload()
        expect(page.locator("[data-saved=done]")).to_contain_text("Saved at")
        page.keyboard.press("Tab")
        to_button(page, "Review and hand in" if number == len(questions) else f"Question {number + 1}")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review and hand in")
    expect(page.get_by_text("Every question is answered")).to_be_visible()
    to_button(page, "Hand in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 answer waits to be graded")
    context.close()
    assert not complaints
    with live_server.app.app_context():
        held = {one["id"]: db.session.get_one(QuizAnswer, (attempt_id, one["id"])).given for one in questions}
        assert held == wanted
        assert db.session.get_one(QuizSubmission, attempt_id).points == 8
        db.session.remove()


def session_of(app: Flask, user: User) -> str:
    client = PageClient(app)
    client.sign_in(user.id)
    found = client.get_cookie("session")
    assert found is not None
    return found.value


def to_button(page: Page, name: str) -> None:
    """Tab until it has the focus."""
    for _press in range(40):
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


def to_field(page: Page, selector: str) -> None:
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def by_keyboard(page: Page, question: dict[str, object], given: list[str]) -> None:
    """Letters for options, typing, arrows in lists, arrow keys on the handle."""
    kind, options = question["kind"], [one["key"] for one in question["options"]]  # type: ignore[attr-defined]
    if kind in ("single", "multiple", "true_false"):
        for key in given:
            page.keyboard.press("abcdefghij"[options.index(key)])
    elif kind == "matching":
        for pair in given:
            to_field(page, f"#match-{pair.partition('=')[0]}")
            texts = {one["key"]: one["text"] for one in question["matches"]}  # type: ignore[attr-defined]
            page.keyboard.type(texts[pair.partition("=")[2]])
    elif kind == "ordering":
        order_by_keyboard(page, given)
    else:
        to_field(page, "#answer")
        page.keyboard.type(given[0])


def order_by_keyboard(page: Page, given: list[str]) -> None:
    for place, key in enumerate(given):
        page.locator(f"[data-key='{key}'] [data-grip]").focus()
        for _step in range(len(given)):
            shown = page.eval_on_selector_all("[data-order] > li", "items => items.map(item => item.dataset.key)")
            if shown.index(key) == place:
                break
            page.keyboard.press("ArrowUp")
    if page.locator("[data-keep-order]").is_visible():
        page.locator("[data-keep-order]").press("Enter")
