"""The list of what is due: overdue first, this week, later (ENR-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.assignments.rules import display_number
from lmsapp.web.dates import due_words, minutes
from lmsapp.web.labels import status_word


def due_groups(assigned: Iterable[Any], day: dt.date, resumed: int | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """(heading, rows) of what is not empty. The first overdue row has the page's primary button."""
    rows = [due_row(row, day) for row in assigned]
    late = [row for row in rows if row["late"]]
    week = [row for row in rows if not row["late"] and (row["due_on"] - day).days <= 7]
    later = [row for row in rows if (row["due_on"] - day).days > 7]
    first = next((row for row in rows if row["course_id"] != resumed), None)
    if first is not None and (first["late"] or resumed is None):
        first["primary"] = True
    groups = [("", late), (_("This week"), week), (_("Later"), later)]
    return [(title, group) for title, group in groups if group]


def due_row(row: Any, day: dt.date) -> dict[str, Any]:
    """One assignment as `ui.due_row` takes it."""
    days = (row.due_on - day).days
    lessons = ngettext(
        "%(done)s of %(num)s lesson", "%(done)s of %(num)s lessons", row.lesson_count, done=row.done_lessons
    )
    left = round(row.minutes * (1 - row.done_lessons / row.lesson_count)) if row.lesson_count else row.minutes
    time = _("%(time)s left", time=minutes(left)) if row.done_lessons else minutes(row.minutes)
    giver = _("Assigned by %(name)s", name=row.assigned_by_name) if row.assigned_by_name else ""
    return {
        "course_id": row.course_id,
        "due_on": row.due_on,
        "status": row.status,
        "status_label": status_word(row.status, row.course_id),
        "title": row.title,
        "href": url_for("student.course", course_id=row.course_id),
        "meta": [time, lessons if row.done_lessons else "", giver, display_number(row.id)],
        "words": due_words(row.due_on, day),
        "late": days < 0,
        "soon": 0 <= days <= 2,
        "action": _("Continue") if row.started_at else _("Start"),
        "primary": False,
    }
