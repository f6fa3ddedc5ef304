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
    first = next((row for row in rows if row["course_id"] != resumed and row["action"]), None)
    if first is not None and (first["late"] or resumed is None):
        first["primary"] = True
    groups = [("", late), (_("This week"), week), (_("Later"), later)]
    return [(title, group) for title, group in groups if group]


def done_of(row: Any) -> int:
    """Lessons done of what is assigned: what was done the last time round is not of a renewal that has not begun."""
    return int(row.done_lessons) if row.started_at else 0


def action_of(row: Any) -> str:
    """What the button says."""
    if row.started_at:
        return _("Continue")
    return _("Renew") if row.source == "renewal" else _("Start")


def due_row(row: Any, day: dt.date) -> dict[str, Any]:
    """One assignment as `ui.due_row` takes it."""
    days = (row.due_on - day).days
    done = done_of(row)
    lessons = ngettext("%(done)s of %(num)s lesson", "%(done)s of %(num)s lessons", row.lesson_count, done=done)
    left = round(row.minutes * (1 - done / row.lesson_count)) if row.lesson_count else row.minutes
    time = _("%(time)s left", time=minutes(left)) if done else minutes(row.minutes)
    giver = _("Assigned by %(name)s", name=row.assigned_by_name) if row.assigned_by_name else ""
    locked = _("Locked: its page says what comes first") if row.locked else ""
    return {
        "course_id": row.course_id,
        "due_on": row.due_on,
        "status": row.status,
        "status_label": status_word(row.status, row.course_id),
        "title": row.title,
        "href": url_for("student.course", course_id=row.course_id),
        "meta": [locked, time, lessons if done else "", giver, display_number(row.id)],
        "words": due_words(row.due_on, day),
        "late": days < 0,
        "soon": 0 <= days <= 2,
        "action": "" if row.locked else action_of(row),
        "primary": False,
    }
