"""Files dropped on the employee's page: only a browser drops files and shows how far they are (HRD-2)."""

from __future__ import annotations

import base64

from playwright.sync_api import Browser, expect

from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import set_password
from tests.browser import LiveServer
from tests.cast import make_cast
from tests.compliance.files import JPG, PDF, PNG

PASSWORD = "three tall lighthouses"
DROP = """(given) => {
  const files = new DataTransfer();
  given.forEach(([name, text]) => files.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name)));
  const told = { bubbles: true, cancelable: true, dataTransfer: files };
  document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", told));
}"""


def test_dropped_files_show_how_far_they_are(live_server: LiveServer, browser: Browser) -> None:
    """HRD-2: each file by itself, in total, with its result; the list follows; a refused one is tried again alone,
    with what the form says by then."""
    with live_server.app.app_context():
        cast = make_cast()
        set_password(cast.hana.user, PASSWORD)
        email, employee_id = cast.hana.user.email, cast.lena.record.id
        db.session.commit()
        db.session.remove()
    desk = browser.new_context(base_url=live_server.url, locale="en-US")
    page, complaints = desk.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"/hr/employees/{employee_id}")
    page.locator("#email").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing is filed yet")).to_be_visible()
    given = [("plan.pdf", PDF), ("photo.png", PNG), ("broken.pdf", b"<html>")]
    page.evaluate(DROP, [[name, base64.b64encode(content).decode()] for name, content in given])
    page.get_by_role("button", name="Add to the file").click()
    expect(page.locator("[data-sends-told]")).to_have_text("2 of 3 files done")
    expect(page.locator(".send.is-done")).to_have_count(2)
    expect(page.locator(".send.is-bad")).to_contain_text("broken.pdf is not a PDF")
    expect(page.locator("#papers .doc")).to_have_count(2)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".send.is-bad")).to_have_count(1)
    expect(page.locator("#papers .doc")).to_have_count(2)
    page.get_by_label("Kind").select_option(label="Licence")
    page.evaluate(DROP, [["licence.jpg", base64.b64encode(JPG).decode()]])
    page.get_by_role("button", name="Add to the file").click()
    expect(page.locator(".send.is-bad").last).to_contain_text("Give its last valid day")
    expect(page.locator(".send.is-bad")).to_have_count(2), "what failed before is still there"
    page.get_by_label("Valid to").fill("2031-11-30")
    page.get_by_role("button", name="Add to the file").click()
    expect(page.locator("#papers .doc")).to_have_count(3)
    page.get_by_role("link", name="plan", exact=True).click()
    expect(page.locator(".leaf img")).to_be_visible()
    assert page.locator(".leaf img").evaluate("(image) => image.naturalWidth") == 1200
    desk.close()
    assert not complaints
