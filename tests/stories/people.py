"""What every story needs: accounts to begin with, somebody signing in, and the letters that arrived."""

from __future__ import annotations

import email
import email.policy
import re
import time
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import lru_cache
from pathlib import Path

from playwright.sync_api import Page

from lmsapp.infra.db import unit_of_work
from lmsapp.people.accounts.actions import add_roles, create_user, set_password
from lmsapp.people.roles import Role
from tests.browser import LiveServer

PASSWORD = "correct horse battery staple"


def first_account(server: LiveServer, name: str, address: str, role: Role) -> None:
    """As `./lms users add` makes it: the staff who begin on an empty database."""
    with server.app.app_context(), unit_of_work():
        user = create_user(address, name, by=None)
        add_roles([user.id], role, None)
        set_password(user, PASSWORD)


def sign_in(page: Page, address: str, password: str = PASSWORD) -> Page:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def letters(server: LiveServer, to: str, subject: str, *, at_least: int = 1, seconds: float = 30) -> list[EmailMessage]:
    """The e-mails that really arrived over SMTP, waited for."""
    folder = Path(server.environment["LMS_DATA"]) / "mailbox"
    deadline = time.monotonic() + seconds
    while True:
        found = [one for one in sorted(folder.glob("*.eml")) if to in _heads(one)[0] and subject in _heads(one)[1]]
        if len(found) >= at_least or time.monotonic() > deadline:
            return [_read(one) for one in found]
        time.sleep(0.2)


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage, path: str) -> str:
    """The path of the first link to `path` in the letter."""
    found = re.search(rf"https?://[^/\s]+({re.escape(path)}[^\s>]*)", text_of(letter))
    assert found, f"no link to {path} in:\n{text_of(letter)}"
    return found[1]


@lru_cache(maxsize=4096)
def _heads(path: Path) -> tuple[str, str]:
    """To and subject, read once: hundreds of letters are looked through again and again."""
    letter = BytesHeaderParser(policy=email.policy.default).parsebytes(path.read_bytes())
    return letter["To"], letter["Subject"]


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[return-value]
