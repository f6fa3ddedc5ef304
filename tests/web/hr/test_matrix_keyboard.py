"""HRD-7: the matrix by keyboard, in a real browser: from cell to cell, into the evidence, and back to the same cell."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from bench.visitors import AGENT, visitor
from lmsapp.compliance.ledger.actions import TypeFacts, create_type
from lmsapp.compliance.ledger.models import ComplianceDuty
from lmsapp.infra.db import db
from tests.browser import LiveServer
from tests.insight.crowd import Crowd


def where(page: Page) -> str:
    """The address of the cell that has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('href') || ''"))


def test_from_cell_to_cell(live_server: LiveServer, browser: Browser) -> None:
    """HRD-7, UX-4: arrows skip what is not asked; one cell takes part in Tab; Enter opens, Escape goes back there; after
    a filter in place it works on."""
    with live_server.app.app_context():
        crowd = Crowd(3)
        hana = crowd.cast.hana
        first, second, third = (create_type(TypeFacts(name), hana.viewer).id for name in ("Alpha", "Beta", "Gamma"))
        a, b, _c = (one.id for one in crowd.employees)
        asked = ((a, first), (a, third), (b, first), (b, second))
        db.session.execute(delete(ComplianceDuty))
        db.session.add_all(ComplianceDuty(employee_id=who, type_id=type_) for who, type_ in asked)
        cookie, _equals, value = visitor(live_server.app, hana.user.id).cookie.partition("=")
        db.session.commit()
        db.session.remove()
    context = browser.new_context(base_url=live_server.url, user_agent=AGENT)
    context.add_cookies([{"name": cookie, "value": value, "url": live_server.url}])
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/hr/matrix")
    assert page.locator("[data-cells] a.cell[tabindex='0']").count() == 1
    page.locator("[data-cells] a.cell").first.focus()
    assert where(page) == f"/hr/matrix/{a}/{first}"
    for key, cell in (
        ("ArrowRight", (a, third)),
        ("Home", (a, first)),
        ("ArrowDown", (b, first)),
        ("End", (b, second)),
    ):
        page.keyboard.press(key)
        assert where(page) == "/hr/matrix/{}/{}".format(*cell)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nobody has decided yet.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert where(page) == f"/hr/matrix/{b}/{second}"
    page.get_by_label("Find a person or number").fill("0000")
    expect(page.get_by_text("1 person, 3 types")).to_be_visible()
    assert "q=0000" in page.url
    page.locator("[data-cells] a.cell").first.focus()
    page.keyboard.press("End")
    assert where(page) == f"/hr/matrix/{a}/{third}"
    context.close()
    assert not complaints
