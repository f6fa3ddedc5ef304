"""A person's messages in every wing: the list, what one of them said, a sheet (REM-7).

Two clicks answer 'did she get the reminder, and what did it say'. Whoever reads what was written to somebody else
leaves an entry on the trail.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from lmsapp.evidence.audit.actions import note_reading, record_change
from lmsapp.insight.messages.filters import MessageFilters
from lmsapp.insight.messages.listing import HEAD, MessagePage, message_for, message_sheet, messages_of
from lmsapp.insight.sheets import as_csv
from lmsapp.outreach.notices.rules import without_keys
from lmsapp.web.admin import words
from lmsapp.web.dates import today
from lmsapp.web.lists import MOST, csv_response, numbers, options, page_url
from lmsapp.web.notice_words import NOTICE_STATUSES
from lmsapp.web.render import get_or_404
from lmsapp.web.told_words import became, steps

# By wing: the pages of a list, of one message, and of the sheet.
PLACES = {
    "hr": ("hr.employee_messages", "hr.employee_message", "hr.employee_messages_csv"),
    "team": ("team.person_messages", "team.person_message", "team.person_messages_csv"),
}


def list_context(employee_id: int, wing: str) -> dict[str, Any]:
    """For `told/_list.html`."""
    asked = filters_asked()
    found = messages_of(g.viewer, employee_id, asked, request.args.get("page", 1, type=int))
    listing, one, sheet = PLACES[wing]
    query = request.query_string.decode()
    return {
        "found": found,
        "filters": asked,
        "facets": _facets(found, asked),
        "listing": url_for(listing, employee_id=employee_id),
        "sheet": url_for(sheet, employee_id=employee_id)
        + (f"?{query}" if (query := request.query_string.decode()) else ""),
        "of_one": lambda row: url_for(one, employee_id=employee_id, notice_id=row.id),
        "person_id": employee_id,
        "became": became,
        "words": words,
        "page_url": page_url,
    }


def one_context(employee_id: int, notice_id: int) -> dict[str, Any]:
    """For `told/one.html`; 404 for what the viewer may not see. Reading what went to somebody else is noted."""
    row = get_or_404(message_for(g.viewer, employee_id, notice_id))
    noted = row.employee_id is None or row.employee_id != g.viewer.employee_id
    if noted:
        after = {"to": row.to_name, "channel": row.channel, "subject": row.subject}
        record_change("message read", ("notice", row.id), by=g.viewer, after=after)
    text = "" if row.hides_key else without_keys(row.body_text or row.digest_text or "")
    return {"row": row, "text": text, "words": words, "steps": steps(row), "noted": noted}


def sheet_response(employee_id: int, number: str) -> Response:
    """The list as CSV; who took it, and what of it, is on the trail."""
    asked = filters_asked()
    spoken = {
        "channel": _plain(words.CHANNELS),
        "kind": _plain(words.TEMPLATES),
        "status": {key: str(label) for key, (_look, label) in NOTICE_STATUSES.items()},
        "suppressed": _plain(words.SUPPRESSED),
    }
    statement = message_sheet(g.viewer, employee_id, asked, spoken)
    note_reading("messages of a person", g.viewer, filters={"employee_id": employee_id, **vars_of(asked)})
    return csv_response(as_csv([_(head).capitalize() for head in HEAD], statement), f"messages-{number}-{today()}.csv")


def vars_of(asked: MessageFilters) -> dict[str, Any]:
    """The filters by name."""
    return {
        "statuses": asked.statuses, "channels": asked.channels, "kinds": asked.kinds, "course_id": asked.course_id
    }  # fmt: skip


def filters_asked() -> MessageFilters:
    """From the address; what is no word of ours is left out."""
    return MessageFilters(
        statuses=_known("status", NOTICE_STATUSES),
        channels=_known("channel", words.CHANNELS),
        kinds=tuple(one for one in request.args.getlist("kind")[:MOST] if one.isidentifier()),
        course_id=next(iter(numbers(request.args.getlist("course"))), None),
    )


def _facets(found: MessagePage, asked: MessageFilters) -> list[tuple[str, str, list[dict[str, Any]], str]]:
    statuses = [(key, label) for key, (_look, label) in NOTICE_STATUSES.items()]
    kinds = [(key, words.word(words.TEMPLATES, key)) for key in found.kinds]
    courses = [("", _("Any")), *((str(key), title) for key, title in found.courses)]
    return [
        (_("Channel"), "channel", options(words.CHANNELS.items(), asked.channels), "checkbox"),
        (_("Kind"), "kind", options(kinds, asked.kinds), "checkbox"),
        (_("Status"), "status", options(statuses, asked.statuses), "checkbox"),
        (_("Course"), "course", options(courses, (str(asked.course_id or ""),)), "radio"),
    ]


def _known(name: str, among: Iterable[str]) -> tuple[str, ...]:
    given = set(request.args.getlist(name)[:MOST])
    return tuple(one for one in among if one in given)


def _plain(labels: dict[str, Any]) -> dict[str, str]:
    return {key: str(label) for key, label in labels.items()}
