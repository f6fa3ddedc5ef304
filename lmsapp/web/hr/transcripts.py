"""Transcripts of employees, asked for by HR (EVD-7)."""

from __future__ import annotations

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from lmsapp.learning.transcripts.actions import ask_transcript
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, to
from lmsapp.web.transcripts import asked_for, send_transcript


@bp.post("/employees/<int:employee_id>/transcripts")
def create_transcript(employee_id: int) -> ResponseReturnValue:
    """A document of today of what somebody has completed."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    said = asked_for(lambda: ask_transcript(person.id, by=g.viewer, language=str(get_locale())))
    return to(url_for("hr.employee_training", employee_id=employee_id, _anchor="transcripts"), said=said)


@bp.get("/employees/<int:employee_id>/transcripts/<int:transcript_id>.pdf")
def transcript(employee_id: int, transcript_id: int) -> Response:
    """The sealed bytes."""
    return send_transcript(employee_id, transcript_id)
