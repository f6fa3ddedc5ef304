"""From a figure to where something can be done about it, in the wing one is in, with the filters that page has too."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lmsapp.web.statistics_asked import NAMES
from lmsapp.web.statistics_parts import Place

SHARED = ("departments", "roles", "locations", "courses")
REPORT = {"team": "team.completion_report", "hr": "hr.completion_report", "admin": "admin.completion_report"}


def elsewhere(place: Place, block: str) -> list[tuple[str, str]]:
    """Words and addresses; none where there is no such page."""
    if place.course_id:
        return _of_a_course(place.course_id, block)
    kept: dict[str, Any] = {NAMES[name]: list(getattr(place.asking.filters, name)) for name in SHARED}
    found: list[tuple[str, str]] = []
    if place.wing == "team":
        found += _in_the_line(block, kept)
    if block in ("compliance", "completions"):
        found.append((_("Completion report"), url_for(REPORT[place.wing], **kept)))
    return found


def _in_the_line(block: str, kept: dict[str, Any]) -> list[tuple[str, str]]:
    if block == "compliance":
        return [(_("Remind, extend or escalate what is overdue"), url_for("team.dashboard", status="Overdue", **kept))]
    if block == "certificates":
        return [(_("Certificates that end within 60 days"), url_for("team.dashboard", people="expiring", **kept))]
    if block == "dropoff":
        return [(_("Enrollments of your line"), url_for("team.enrollments", course=kept["course"]))]
    return []


def _of_a_course(course_id: int, block: str) -> list[tuple[str, str]]:
    if block == "dropoff":
        return [(_("Everybody enrolled"), url_for("studio.enrollments", course=course_id))]
    return []
