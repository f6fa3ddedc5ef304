"""SEC-1: what a page asks by itself says so, and what a person does says nothing of the kind; in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, Request

from lmsapp.people.roles import Role
from tests.browser import LiveServer
from tests.stories.people import first_account, sign_in


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


def asked_by_htmx(request: Request, path: str) -> bool:
    return path in request.url and "hx-request" in request.headers
