"""DSH-4, DSH-5 in a real browser: the statistics keep their figures while new ones are counted, and say what did not come."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Route, expect

from bench.visitors import AGENT, visitor
from lmsapp.infra.db import db
from tests.browser import LiveServer
from tests.insight.figures import Figures

PARTS = re.compile(r"/team/statistics/\w+\?")


def test_parts_keep_their_places(live_server: LiveServer, browser: Browser) -> None:
    """DSH-5: an address leads to its part; a filter leaves every figure in its place, pale, until the new one is there, and
    keeps what was chosen in a part; a part that does not come says so in its place, once, and comes when asked again."""
    with live_server.app.app_context():
        name, _equals, value = visitor(live_server.app, Figures().cast.mark.user.id).cookie.partition("=")
        db.session.commit()
        db.session.remove()
    context = browser.new_context(base_url=live_server.url, user_agent=AGENT)  # here the browser may complain
    context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/team/statistics?per=month#scores")
    expect(page.locator("#reminders h2")).to_be_visible()
    expect(page.locator("#part-scores")).to_be_in_viewport()
    expect(page.locator(".part-waits")).to_have_count(0)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(PARTS, hold)
    page.locator(".facet > summary", has_text="Role").click()
    page.get_by_role("checkbox", name="RN", exact=True).check()
    expect(page.locator("[data-part][aria-busy=true]")).to_have_count(8)
    expect(page.locator("#scores .level").first).to_be_visible()
    assert len(held) == 8, "each was asked for once"
    for route in held:
        if "/segments" in route.request.url:
            route.fulfill(status=200, body='<section id="segments"><h2>Newly counted</h2></section>')
        else:
            route.continue_()
    expect(page.get_by_role("heading", name="Newly counted")).to_be_visible()
    expect(page.locator("[data-part][aria-busy=true]")).to_have_count(0)
    expect(page.locator("#completions [aria-current]")).to_have_text("Month")
    expect(page).to_have_url(re.compile(r"\?role=RN&per=month$"))
    page.unroute(PARTS)
    page.route(re.compile(r"/team/statistics/scores"), lambda route: route.fulfill(status=404, body=""))
    page.get_by_role("link", name="Remove filter RN").click()
    failed = page.locator("#part-scores .part-failed")
    expect(failed).to_contain_text("Average assessment score could not be counted")
    expect(page.locator("#part-scores .part-here")).to_be_hidden()
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)
    page.unroute(re.compile(r"/team/statistics/scores"))
    failed.get_by_role("button", name="Try again").click()
    expect(page.locator("#scores .level").first).to_be_visible()
    expect(failed).to_be_hidden()
    context.close()
