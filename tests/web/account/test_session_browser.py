"""SEC-1: what a page asks by itself says so, and what a person does says nothing of the kind; in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, Request, expect

from lmsapp.infra.db import unit_of_work
from lmsapp.people.roles import Role
from lmsapp.people.settings.actions import change_settings
from tests.browser import LiveServer
from tests.stories.people import PASSWORD, first_account, sign_in


def test_polling_is_marked_and_clicks_are_not(live_server: LiveServer, page: Page) -> None:
    """SEC-1: the mailbox polls every five seconds; marking notices as read is a person's doing."""
    first_account(live_server, "Sam Whitaker", "sam@x.example", Role.SYSTEM_MANAGER)
    sign_in(page, "sam@x.example")
    with page.expect_request(lambda request: asked_by_htmx(request, "/mailbox"), timeout=15_000) as poll:
        page.goto("/mailbox")
    assert poll.value.all_headers().get("x-by-itself") == "1"
    page.goto("/admin/users")
    with page.expect_request(lambda request: asked_by_htmx(request, "/admin/users")) as typed:
        page.get_by_role("searchbox").first.fill("sam")
        page.keyboard.press("Enter")
    assert "x-by-itself" not in typed.value.all_headers()


def test_the_end_is_announced_and_can_be_put_off(live_server: LiveServer, page: Page) -> None:
    """SEC-1, UX-4 (WCAG 2.2.1): two minutes before, one press stays; else the sign-in page says why and leads back."""
    page.clock.install()
    sign_in(page, "sam@x.example")
    page.goto("/account/sign-ins")
    page.clock.fast_forward("57:50")
    expect(page.get_by_text("You will be signed out in two minutes")).to_have_count(0)
    page.clock.fast_forward("00:20")
    expect(page.get_by_text("You will be signed out in two minutes")).to_be_visible()
    with page.expect_response("**/account/session") as stayed:
        page.get_by_role("button", name="Stay signed in").click()
    assert stayed.value.status == 204
    expect(page.get_by_text("You will be signed out in two minutes")).to_have_count(0)
    page.goto("/account/email")
    page.get_by_label("New address").fill("typed@x.example")
    page.clock.fast_forward("01:00:20")
    expect(page.get_by_text("Copy what you typed")).to_be_visible()
    assert page.get_by_label("New address").input_value() == "typed@x.example"
    page.context.clear_cookies()
    page.goto("/sign-in")
    sign_in(page, "sam@x.example")
    page.goto("/account/sign-ins")
    page.context.clear_cookies()
    page.clock.fast_forward("01:00:20")
    page.wait_for_url("**/sign-in?**")
    expect(page.get_by_text("nothing was done for 60 minutes")).to_be_visible()
    assert "next=%2Faccount%2Fsign-ins" in page.url


def test_what_was_typed_outlives_the_session(live_server: LiveServer, page: Page) -> None:
    """SEC-1, SEC-6: sent too late it is filled in again after signing in, once, for the same person; no password is."""
    first_account(live_server, "Hana Novák", "hana@x.example", Role.HR_MANAGER)
    sign_in(page, "sam@x.example")
    send_unsigned(page, "mine@x.example")
    expect(page.get_by_text("What you typed is kept in this tab")).to_be_visible()
    sign_in_here(page, "sam@x.example")
    expect(page.get_by_label("New address")).to_have_value("mine@x.example")
    expect(page.locator("[type=password]")).to_have_value("")
    expect(page.get_by_text("What you typed is filled in again")).to_be_visible()
    page.reload()
    expect(page.get_by_label("New address")).to_have_value("")
    page.get_by_label("New address").fill("late@x.example")
    page.locator("[type=password]").fill("whatever it is")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach((one) => { one.value = 'old'; })")
    page.locator("main form button").last.click()
    page.get_by_role("link", name="Back to the page").click()
    expect(page.get_by_label("New address")).to_have_value("late@x.example")
    send_unsigned(page, "secret@x.example")
    sign_in_here(page, "hana@x.example")
    expect(page.get_by_label("New address")).to_have_value("")


def test_what_was_typed_before_somebody_else_saved(live_server: LiveServer, page: Page) -> None:
    """SEC-6, UX-2: filled in again after signing in, it is still what was typed against the page as it was."""
    sign_in(page, "sam@x.example")
    page.goto("/admin/links")
    page.get_by_label("A link works for (hours)").fill("30")
    page.get_by_label("Reason").fill("A weekend")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/sign-in?**")
    with live_server.app.app_context(), unit_of_work():
        change_settings({"link_hours": 40}, None)
    sign_in_here(page, "sam@x.example", "**/admin/links")
    expect(page.get_by_label("A link works for (hours)")).to_have_value("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The system saved this while you had it open")).to_be_visible()
    expect(page.get_by_label("A link works for (hours)")).to_have_value("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def send_unsigned(page: Page, address: str) -> None:
    page.goto("/account/email")
    page.get_by_label("New address").fill(address)
    page.locator("[type=password]").fill("whatever it is")
    page.context.clear_cookies()
    page.locator("main form button").last.click()
    page.wait_for_url("**/sign-in?**")


def sign_in_here(page: Page, address: str, back: str = "**/account/email") -> None:
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).first.click()
    page.wait_for_url(back)


def asked_by_htmx(request: Request, path: str) -> bool:
    return path in request.url and "hx-request" in request.headers
