"""What a moderator sets up in the browser: audiences, and what they have to take."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def make_audience(page: Page, name: str, department: str, people: int, *, hired_within: int | None = None) -> str:
    """Everybody of a department; the address of its page."""
    page.goto("/studio/audiences/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("group", name="Departments with those beneath").get_by_label(department, exact=True).check()
    if hired_within is not None:
        page.get_by_label("Hired within so many days").fill(str(hired_within))
        page.get_by_label("Hired within so many days").blur()
    expect(page.locator("#reach")).to_contain_text(f"{people} people" if people else "Nobody")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url


def open_rule(page: Page, audience: str, target: str) -> None:
    """A new training rule with its target chosen."""
    page.goto(audience)
    page.get_by_role("link", name="Add a course or a learning path").click()
    page.get_by_label("What is to be taken").select_option(label=target)


def save_rule(page: Page, title: str, people: int) -> None:
    """Once it was seen what it does."""
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("table", name="Training rules").get_by_role("row").filter(has_text=title)
    expect(row.get_by_role("cell").nth(2)).to_have_text(str(people))


def words_of(day: object) -> re.Pattern[str]:
    """A date as pages write it, whatever stands around: '9 Dec'."""
    return re.compile(f"\\b{day:%-d} {day:%b}")
