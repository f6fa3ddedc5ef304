"""Saved views beside a list: which there are, which one is on the screen, what a file of it is called (ASG-7)."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask import current_app, g, url_for
from flask_babel import lazy_gettext as __

from lmsapp.people.views.queries import views_of
from lmsapp.people.views.rules import kept_query
from lmsapp.web.gates import policy_of

# Lists that have views: the word kept with a view is the list's endpoint.
PAGES: dict[str, Any] = {
    "studio.assignments": __("Assignments, for moderators"),
    "team.dashboard": __("Team dashboard"),
    "team.assignments": __("Assignments of your line"),
    "hr.matrix": __("Compliance matrix"),
    "team.matrix": __("Compliance matrix of your line"),
    "admin.matrix": __("Compliance matrix, for auditors"),
}
UNASKED = "?view=0"  # the list without any filter, even for somebody whose own view comes first


def may_open(page: str) -> bool:
    """Whether the viewer may open that list."""
    return page in PAGES and policy_of(current_app, page).admits(g.viewer)


def views_context(page: str, query: str) -> dict[str, Any]:
    """For `views/_menu.html`; `query` is that of the present filters. One statement."""
    found, kept = views_of(g.viewer, page), kept_query(query)
    return {
        "page": page,
        "rows": [(row, address_of(page, row.query)) for row in found.rows],
        "current": next((row for row in found.rows if row.query == kept), None) if kept else None,
        "first": found.first,
        "asked": kept,
    }


def address_of(page: str, query: str) -> str:
    """The list with these filters."""
    return url_for(page) + (f"?{query}" if query else UNASKED)


def first_address(page: str) -> str | None:
    """Where somebody lands who asks for nothing and has chosen a view to see first."""
    first = views_of(g.viewer, page).first
    return address_of(page, first.query) if first and first.query else None


def file_word(name: str) -> str:
    """'Überfällig, Cardiology' as a word of a file name: 'uberfallig-cardiology'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
