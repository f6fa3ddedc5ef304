"""REM-5, UX-4: on a phone: tap the link, take the lesson, see the result; in a real browser, as production serves it."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import SignIn
from tests.browser import LiveServer
from tests.learning.links.scene import Field


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") == 390)


def test_from_the_message_to_the_result(live_server: LiveServer, browser: Browser) -> None:
    """REM-5: pressed twice by a nervous thumb, one session; nothing leads out of the training; another phone gets
    nothing, and says how to get another link."""
    with live_server.app.app_context():
        path = Field().link()
        db.session.remove()
    phone = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 800}, locale="en-US")
    page, complaints = phone.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Fall protection renewal")
    assert fits(page)
    page.get_by_role("button", name="Continue").dblclick()
    expect(page.get_by_text("Hello Ana")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Start", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clip in first")
    page.get_by_role("button", name="Mark as done").click()
    expect(page.get_by_role("heading", name="You have completed ‘Fall protection renewal’")).to_be_visible()
    assert fits(page)
    page.goto("/learn/record")
    expect(page.get_by_text("You came by a link for one training. Sign in to see the rest.")).to_be_visible()
    page.get_by_role("link", name="Back to the training").click()
    expect(page.get_by_text("Completed").first).to_be_visible()
    other = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 800}, locale="es-ES")
    second = other.new_page()
    second.goto(path)
    second.get_by_role("button").last.click()
    expect(second.get_by_role("heading", level=1)).not_to_have_text("Fall protection renewal")
    phone.close()
    other.close()
    assert not complaints
    with live_server.app.app_context():
        assert [one.how for one in db.session.scalars(select(SignIn))] == ["link"]
        record = db.session.scalars(select(CompletionRecord)).one()
        assert any(one["kind"] == "by link" for one in record.criteria)
        db.session.remove()
