"""DSH-1, DSH-2, DSH-5 in a real browser: a selection across pages, Back, refreshing by itself, and all of it by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, text, update

from bench.visitors import AGENT, visitor
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from tests.browser import LiveServer
from tests.insight.crowd import Crowd

PEOPLE = 40
EVERY_HALF_SECOND = (
    "addEventListener('DOMContentLoaded', () => { document.querySelector('[data-live]').dataset.every = '0.5'; }, true)"
)


@pytest.fixture(scope="module")
def cookie(live_server: LiveServer) -> dict[str, str]:
    """Mark's, with forty people on his line: sixty open assignments."""
    with live_server.app.app_context():
        crowd = Crowd(PEOPLE)
        name, _equals, value = visitor(live_server.app, crowd.cast.mark.user.id).cookie.partition("=")
        db.session.commit()
        db.session.remove()
    return {"name": name, "value": value, "url": live_server.url}


@pytest.fixture
def team(new_page: Callable[..., Page], cookie: dict[str, str]) -> Page:
    page = new_page(user_agent=AGENT)
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto("/team?sort=person")
    expect(page.locator("#numbers .tile").first).to_be_visible()
    return page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def bar(page: Page) -> str:
    return page.locator("[data-bar-words]").inner_text()


def test_ticks_survive_pages_filters_and_back(team: Page, live_server: LiveServer) -> None:
    """DSH-2: ticks of two pages stay through a filter, Back and reloading; all that match is a word of its own and can be
    taken back; the act is done for exactly those."""
    picks = team.locator("#people input.pick")
    picks.nth(0).check()
    picks.nth(2).click(modifiers=["Shift"])
    assert bar(team) == "3 selected"
    team.get_by_role("link", name="Page 2", exact=True).click()
    expect(team).to_have_url(re.compile("page=2"))
    assert bar(team) == "3 selected, 3 of them not on this page"
    picks.nth(1).check()
    team.get_by_label("Find a person or course").fill("0001")
    expect(team.locator("#people-found")).to_have_text("2 assignments match")
    assert bar(team).startswith("4 selected")
    team.go_back()
    expect(team.locator("#people-found")).to_have_text("60 open assignments")
    expect(team.locator("[data-bar-words]")).to_contain_text("4 selected, 3 of them")
    team.go_back()
    expect(team.locator("[data-bar-words]")).to_contain_text("4 selected, 1 of them")
    team.get_by_role("button", name="Select all 60 that match").click()
    assert bar(team) == "All 60 that match are selected"
    assert picks.nth(9).is_checked()
    team.get_by_role("button", name="Undo: only the 4 before").click()
    assert not picks.nth(9).is_checked()
    team.locator("[data-bar]").get_by_role("button", name="Remind").click()
    expect(team.locator("#acted")).to_contain_text("Done for 4 assignments.")
    expect(team.locator("#spoken")).to_contain_text("Done for 4 assignments.")
    assert bar(team).startswith("4 selected")
    team.get_by_role("button", name="Clear selection").click()
    expect(team.get_by_role("button", name="Select the 4 again")).to_be_visible()
    with live_server.app.app_context():
        assert len(db.session.scalars(select(Notice.about_id).where(Notice.template == "training_reminder")).all()) == 4
        db.session.remove()


def test_refreshes_without_being_noticed(team: Page, live_server: LiveServer) -> None:
    """DSH-5: somebody goes on: the row says so and is marked; focus, ticks and scroll stay where they were; paused, it asks
    for nothing."""
    team.add_init_script(EVERY_HALF_SECOND)
    with team.expect_response("**/team/mark"):
        team.reload()
    expect(team.locator("#numbers .tile").first).to_be_visible()
    row = team.locator("#people tbody tr").nth(14)
    row.locator("input.pick").check()
    row.locator(".c-who a").focus()
    asked: list[str] = []
    team.on("request", lambda request: asked.append(request.url) if "/team" in request.url else None)
    team.evaluate("window.scrollTo(0, document.querySelector('#people').offsetTop + 200)")
    before = team.evaluate("[window.scrollY, document.activeElement.id]")
    expect(team.locator("[data-live-words]")).to_contain_text("Up to date")
    with team.expect_response("**/team/mark"):
        team.wait_for_timeout(1200)
    assert all(url.endswith("/team/mark") for url in asked), "nothing changed, so nothing but the mark was asked for"
    number = str(row.get_attribute("id")).removeprefix("assignment-")
    with live_server.app.app_context():
        one = db.session.get_one(TrainingAssignment, int(number))
        db.session.execute(update(Enrollment).where(Enrollment.id == one.enrollment_id).values(progress=77))
        db.session.execute(text("SELECT pg_stat_force_next_flush()"))
        one.started_at = one.assigned_at
        db.session.commit()
        db.session.remove()
    expect(team.locator(f"#assignment-{number}.is-fresh")).to_contain_text("77", timeout=15_000)
    expect(team.locator("[data-live-said]")).to_have_text("One row has changed.")
    assert team.evaluate("[window.scrollY, document.activeElement.id]") == before
    assert team.locator(f"#pick-{number}").is_checked()
    team.get_by_role("button", name="Refresh by itself").click()
    team.wait_for_timeout(300)
    asked.clear()
    team.wait_for_timeout(1200)
    assert asked == []
    team.get_by_role("button", name="Refresh by itself").click()


def test_all_of_it_by_keyboard(team: Page) -> None:
    """UX-4, DSH-2: find, from row to row, tick a range, to the bar, into a dialog and out of it, back to where one was."""
    team.locator(".rail > .menu > summary").first.focus()
    team.wait_for_timeout(400)  # as long as a smooth scroll would need to begin
    assert team.evaluate("scrollY") == 0, "what always stands there is not scrolled to"
    team.keyboard.press("/")
    assert focused(team) == "find-q"
    team.keyboard.type("/a?")
    expect(team.locator("#find-q")).to_have_value("/a?")
    team.locator("#find-q").fill("")
    expect(team.locator("#people-found")).to_have_text("60 open assignments")
    first = team.locator("#people input.pick").first
    first.focus()
    team.keyboard.press("Space")
    team.keyboard.press("Shift+ArrowDown")
    team.keyboard.press("ArrowDown")
    last = focused(team)
    assert bar(team) == "2 selected"
    team.keyboard.press("a")
    team.keyboard.press("Tab")
    team.keyboard.press("Enter")
    dialog = team.get_by_role("dialog")
    expect(dialog).to_contain_text("Move the due date")
    team.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(team.locator("[data-bar] button:focus")).to_have_text("Extend")
    team.keyboard.press("Escape")
    assert focused(team) == last
    team.keyboard.press("?")
    expect(team.get_by_role("dialog")).to_contain_text("By keyboard")
    team.get_by_label("Single keys are on").uncheck()
    team.keyboard.press("Escape")
    expect(team.get_by_role("dialog")).to_be_hidden()
    team.locator("#people input.pick").first.focus()
    team.keyboard.press("/")
    assert focused(team) != "find-q"
    facet = team.locator(".facet > summary").first
    facet.focus()
    team.keyboard.press("Enter")
    expect(team.locator(".facet[open]")).to_have_count(1)
    team.keyboard.press("Shift+Tab")
    expect(team.locator(".facet[open]")).to_have_count(0)  # left by Tab it does not lie over what comes next
    menu = team.locator("#people tr:not(:has([data-did])) td details.menu summary").first
    whose = menu.get_attribute("aria-label") or ""
    menu.focus()
    for key in ("Enter", "Tab", "Enter"):
        team.keyboard.press(key)
    expect(team.locator("#spoken")).not_to_be_empty(timeout=20000)
    expect(team.locator(f'#people tr:has(summary[aria-label="{whose}"]) [data-did]').first).to_be_visible()
    expect(team.locator(":focus")).to_have_attribute("aria-label", whose)


def test_a_part_that_cannot_be_fetched(live_server: LiveServer, browser: Browser, cookie: dict[str, str]) -> None:
    """DSH-1: the table says that it is not of now, and is there again with 'Try again', at the address asked for."""
    context = browser.new_context(base_url=live_server.url, user_agent=AGENT)  # here the browser may complain
    context.add_cookies([cookie])  # type: ignore[list-item]
    team = context.new_page()
    team.goto("/team")
    team.route("**/team?*q=0002*", lambda route: route.abort())
    team.get_by_label("Find a person or course").fill("0002")
    expect(team.locator("#people .part-failed")).to_contain_text("could not be fetched")
    team.unroute("**/team?*q=0002*")
    team.get_by_role("button", name="Try again").click()
    expect(team.locator("#people-found")).to_have_text("2 assignments match")
    expect(team.locator(".part-failed")).to_have_count(0)
    expect(team).to_have_url(re.compile("q=0002"))
    context.close()
