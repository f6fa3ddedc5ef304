"""QIZ-3: a page that was made before its answer was saved, and a page whose scripts were lost; in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from lmsapp.infra.db import db
from lmsapp.learning.quizzes.models import QuizAnswer
from lmsapp.people.accounts.models import User
from tests.browser import LiveServer
from tests.cast import employee
from tests.learning.quizzes.eight import Eight, answer
from tests.web.student.test_quiz_browser import session_of

Begun = tuple[BrowserContext, int, dict[str, tuple[int, int, list[str], list[str]]], int]


def begun(live_server: LiveServer, browser: Browser, name: str) -> Begun:
    """A learner's window, the attempt, and by kind: number, id, the right answer and another; who."""
    with live_server.app.app_context():
        eight = Eight(title=name)
        person = employee(f"{name} Fischer", f"E-{name}", department="Cardiology", job_role="RN")
        attempt = eight.start(eight.enroll(person))
        db.session.commit()
        asked = {
            one["kind"]: (number, one["id"], answer(one, right=True), answer(one, right=False))
            for number, one in enumerate(attempt.questions, start=1)
        }
        attempt_id, user_id, cookie = attempt.id, person.user.id, session_of(live_server.app, person.user)
        db.session.remove()
    context = browser.new_context(base_url=live_server.url, locale="en-US", viewport={"width": 390, "height": 800})
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "session", "value": cookie, "url": live_server.url}])
    return context, attempt_id, asked, user_id


def held(live_server: LiveServer, attempt_id: int, question_id: int) -> list[str]:
    with live_server.app.app_context():
        found = db.session.get(QuizAnswer, (attempt_id, question_id))
        given = found.given if found else []
        db.session.remove()
    return given


def test_a_page_made_before_the_answer_was_saved_shows_it(live_server: LiveServer, browser: Browser) -> None:
    """QIZ-3: loaded anew while an answer is on its way: the answer stands there and is said to be saved."""
    context, attempt_id, asked, _user_id = begun(live_server, browser, "Reload")
    number, question_id, right, _wrong = asked["single"]
    page, address = context.new_page(), f"/learn/quiz/{attempt_id}/questions/{number}"
    page.on("dialog", lambda dialog: dialog.accept())
    on_its_way, told = list[Route](), list[Request]()
    page.route(f"**/answers/{question_id}", lambda route: route.continue_() if on_its_way else on_its_way.append(route))
    page.on("requestfinished", lambda request: told.append(request) if request.method == "POST" else None)
    page.goto(address)
    page.check(f"[name=answer][value={right[0]}]")
    expect(page.locator("[data-saved]")).to_contain_text("Saving")

    def first_the_page(route: Route) -> None:
        made = route.fetch()
        assert f'data-save="/learn/quiz/{attempt_id}/answers/{question_id}" data-revision="0"' in made.text()
        on_its_way[0].continue_()
        while not told:
            page.wait_for_timeout(50)
        page.wait_for_timeout(200)  # the page that is being left has heard it too
        route.fulfill(response=made)

    page.route(f"**{address}", first_the_page)
    page.reload()
    expect(page.locator(f"[name=answer][value={right[0]}]")).to_be_checked()
    expect(page.locator("[data-saved=done]")).to_contain_text("Saved at")
    assert page.get_attribute("#question", "data-revision") == "1"
    assert held(live_server, attempt_id, question_id) == right
    context.close()


def test_who_signs_in_again_elsewhere_loses_nothing(live_server: LiveServer, browser: Browser) -> None:
    """QIZ-3: signed out in the middle, it is said; signed in again in another tab, the answer is saved by itself."""
    context, attempt_id, asked, user_id = begun(live_server, browser, "Again")
    number, question_id, right, wrong = asked["single"]
    page = context.new_page()
    page.goto(f"/learn/quiz/{attempt_id}/questions/{number}")
    [before] = context.cookies()
    context.clear_cookies()
    page.check(f"[name=answer][value={right[0]}]")
    expect(page.locator("[data-saved=alert]")).to_contain_text("Sign in again in another tab")
    assert held(live_server, attempt_id, question_id) == []
    with live_server.app.app_context():
        cookie = session_of(live_server.app, db.session.get_one(User, user_id))
        db.session.remove()
    assert cookie != before["value"]
    context.add_cookies([{"name": "session", "value": cookie, "url": live_server.url}])
    expect(page.locator("[data-saved=done]")).to_contain_text("Saved at", timeout=15_000)
    assert held(live_server, attempt_id, question_id) == right
    page.check(f"[name=answer][value={wrong[0]}]")
    page.click("#question .btn-primary")
    expect(page.locator(f"[data-save$='/answers/{question_id}']")).to_have_count(0)
    assert held(live_server, attempt_id, question_id) == wrong
    context.close()


def test_without_one_of_its_scripts_the_form_saves(live_server: LiveServer, browser: Browser) -> None:
    """QIZ-3: whichever script is lost on the way, what is chosen is saved by the button that leads on."""
    context, attempt_id, asked, _user_id = begun(live_server, browser, "Lost")
    for turn, (lost, kinds) in enumerate(LOST.items()):
        page = context.new_page()
        page.route(re.compile(rf"/static/{lost}\.js"), lambda route: route.abort())
        for kind in kinds:
            number, question_id, *answers = asked[kind]
            page.goto(f"/learn/quiz/{attempt_id}/questions/{number}")
            GIVE[kind](page, answers[turn % 2])
            page.click("#question .btn-primary")
            expect(page.locator(f"[data-save$='/answers/{question_id}']")).to_have_count(0)
            assert held(live_server, attempt_id, question_id) == answers[turn % 2], (lost, kind)
        page.close()
    context.close()


def _check(page: Page, right: list[str]) -> None:
    for box in page.query_selector_all("#question input[name=answer]"):
        box.set_checked(box.get_attribute("value") in right)


def _order(page: Page, right: list[str]) -> None:
    """By the lists where they are shown, else with the button 'up'."""
    if page.is_visible(f"#place-{right[0]}"):
        for place, key in enumerate(right, start=1):
            page.select_option(f"#place-{key}", str(place))
        return
    for key in reversed(right):
        while page.get_attribute("[data-order] > li", "data-key") != key:
            page.click(f"[data-key='{key}'] [data-step='-1']")
    if page.is_visible("[data-keep-order]"):
        page.click("[data-keep-order]")


GIVE: dict[str, Callable[[Page, list[str]], None]] = {
    "multiple": _check,
    "short": lambda page, right: page.fill("#answer", right[0]),
    "ordering": _order,
}
LOST = {"quiz-kinds": ("multiple", "short", "ordering"), "quiz": ("ordering",), "vendor/htmx/htmx.min": ("ordering",)}
