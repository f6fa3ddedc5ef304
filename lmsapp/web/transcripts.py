"""Transcripts in every wing: asking for one, the list with the state of each PDF, the file (EVD-7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, abort, g, url_for
from flask_babel import gettext as _

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.transcripts.queries import transcript_for
from lmsapp.web.forms import say
from lmsapp.web.sending import send_stored


def asked_for(ask: Callable[[], Any]) -> str:
    """Ask; what is said of it."""
    try:
        made = ask()
    except RuleBroken as broken:
        return say(broken)
    return _("Transcript %(number)s is being made; seconds, not minutes.", number=made.number)


def shown(rows: Iterable[Any], wing: str) -> list[dict[str, Any]]:
    """As the list shows them; `href` once the PDF is there."""
    return [
        {
            "id": row.id,
            "number": row.number,
            "asked_at": row.asked_at,
            "by": row.asked_by_name,
            "state": row.sealed or "waiting",
            "href": _address(row, wing) if row.sealed == "ready" else None,
        }
        for row in rows
    ]


def send_transcript(employee_id: int, transcript_id: int) -> Response:
    """For staff, of somebody they may see; who took it away is on the trail. 404 until it is ready."""
    found = transcript_for(g.viewer, transcript_id)
    sealed = sealed_for("transcript", found.id) if found and found.employee_id == employee_id else None
    if found is None or sealed is None or sealed.file is None:
        return abort(404)
    record_change("transcript downloaded", ("employee", employee_id), by=g.viewer, after={"number": found.number})
    return send_stored(sealed.file.sha256, name=f"{found.number}.pdf", media_type="application/pdf")


def _address(row: Any, wing: str) -> str:
    if wing == "student":
        return url_for("student.paper_file", kind="transcript", subject_id=row.id)
    return url_for(f"{wing}.transcript", employee_id=row.employee_id, transcript_id=row.id)
