"""Transcripts of one's own people (EVD-7)."""

from __future__ import annotations

from flask import Response, abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from lmsapp.insight.team import in_line
from lmsapp.learning.transcripts.actions import ask_transcript
from lmsapp.web.render import to
from lmsapp.web.team.wing import bp
from lmsapp.web.transcripts import asked_for, send_transcript


@bp.post("/people/<int:employee_id>/transcripts")
def create_transcript(employee_id: int) -> ResponseReturnValue:
    """A document of today of what somebody of the line has completed."""
    if not in_line(g.viewer, employee_id):
        abort(404)
    said = asked_for(lambda: ask_transcript(employee_id, by=g.viewer, language=str(get_locale())))
    return to(url_for("team.person", employee_id=employee_id, _anchor="transcripts"), said=said)


@bp.get("/people/<int:employee_id>/transcripts/<int:transcript_id>.pdf")
def transcript(employee_id: int, transcript_id: int) -> Response:
    """The sealed bytes."""
    if not in_line(g.viewer, employee_id):
        abort(404)
    return send_transcript(employee_id, transcript_id)
