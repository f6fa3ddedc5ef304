"""What happened to an assignment: changes from the audit trail, notices from the outbox, the learner's own steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lmsapp.web.dates import day
from lmsapp.web.timeline import named


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: dt.datetime
    title: str
    text: str = ""
    icon: str = "circle"
    tone: str = ""


def entries_of(assignment: Any, changes: Iterable[Any], notices: Iterable[Any]) -> list[Entry]:
    """Newest first."""
    entries = [_change(one) for one in changes]
    entries += [_notice(one) for one in notices]
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


def _notice(one: Any) -> Entry:
    states = {
        "sent": _("sent"),
        "failed": _("failed"),
        "uncertain": _("not certain that it was sent"),
        "suppressed": _("not sent"),
    }
    how = _("E-mail") if one.channel == "email" else _("In the application")
    text = " · ".join(
        part for part in (how, one.address or one.to_name, states.get(one.status, _("waiting")), one.error) if part
    )
    bad = one.status in {"failed", "uncertain"}
    return Entry(
        one.sent_at or one.queued_at,
        one.subject,
        text,
        "mail" if one.channel == "email" else "bell",
        "bad" if bad else "",
    )


def _by(name: str) -> str:
    return _("by %(name)s", name=named(name)) if name else ""


def _date(text: str | None) -> str:
    return day(dt.date.fromisoformat(text)) if text else "–"
