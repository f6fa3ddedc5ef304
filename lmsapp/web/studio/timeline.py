"""What happened to an assignment: changes from the audit trail, notices from the outbox, the learner's own steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lmsapp.web.admin import words
from lmsapp.web.dates import day
from lmsapp.web.notice_words import NOTICE_STATUSES
from lmsapp.web.timeline import named


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: dt.datetime
    title: str
    text: str = ""
    icon: str = "circle"
    tone: str = ""
    href: str | None = None


def entries_of(assignment: Any, changes: Iterable[Any], notices: Iterable[Any]) -> list[Entry]:
    """Newest first."""
    entries = [_change(one) for one in changes]
    entries += [_notice(one, assignment.id) for one in notices]
    if assignment.started_at is not None:
        entries.append(Entry(assignment.started_at, _("Began the training"), icon="half"))
    if assignment.overdue_noted_at is not None:
        entries.append(Entry(assignment.overdue_noted_at, _("Became overdue"), icon="alert", tone="bad"))
    if assignment.completed_at is not None:
        entries.append(Entry(assignment.completed_at, _("Completed"), icon="done", tone="good"))
    if not any(entry.icon == "plus" for entry in entries):
        entries.append(Entry(assignment.assigned_at, _("Assigned"), _by(assignment.assigned_by_name), "plus"))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _change(one: Any) -> Entry:
    who = _by(one.actor_name)
    match one.action:
        case "assigned":
            return Entry(one.at, _("Assigned"), who, "plus")
        case "due date changed":
            before, after = (_date((side or {}).get("due_on")) for side in (one.before, one.after))
            return Entry(
                one.at,
                _("Due date: %(after)s instead of %(before)s", after=after, before=before),
                f"{one.reason} {who}",
                "calendar",
            )
        case "cancelled":
            return Entry(one.at, _("Cancelled"), f"{one.reason} {who}", "cancel")
        case "exempt":
            return Entry(one.at, _("Exempt"), f"{one.reason} {who}", "minus")
        case _:
            return Entry(one.at, _(one.action).capitalize(), f"{one.reason} {who}".strip())


def _notice(one: Any, assignment_id: int) -> Entry:
    """It leads to what it said."""
    _look, state = NOTICE_STATUSES.get(one.status, ("", one.status))
    how, error = words.word(words.CHANNELS, one.channel), words.said(one.error) if one.error else ""
    parts = (how, one.address or one.to_name, str(state), words.why(one.reason), error)
    return Entry(
        one.sent_at or one.queued_at,
        one.subject or words.word(words.TEMPLATES, one.template),
        " · ".join(part for part in parts if part),
        "bell" if one.channel == "in_app" else "mail",
        "bad" if one.status in ("failed", "unknown") else "",
        url_for("studio.assignment_message", assignment_id=assignment_id, notice_id=one.id),
    )


def _by(name: str) -> str:
    return _("by %(name)s", name=named(name)) if name else ""


def _date(text: str | None) -> str:
    return day(dt.date.fromisoformat(text)) if text else "–"
