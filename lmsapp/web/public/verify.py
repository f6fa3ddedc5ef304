"""Anybody with the address on a certificate sees whether it still counts, and nothing that is not printed on it."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask.typing import ResponseReturnValue

from lmsapp.learning.certificates.queries import certificate_by_token
from lmsapp.learning.certificates.words import long_date
from lmsapp.learning.transcripts.queries import transcript_by_token
from lmsapp.web.covered import covered
from lmsapp.web.public.wing import bp
from lmsapp.web.render import page


@bp.get("/verify/<token>")
def verify(token: str) -> ResponseReturnValue:
    """What the QR code leads to. An unknown one is a page of its own: it may be a forgery, or a slip of the pen."""
    transcript = transcript_by_token(token)
    if transcript is not None:
        response = page("public/transcript.html", transcript=transcript, lines=_lines(transcript), long_date=long_date)
    else:
        found = certificate_by_token(token, current_app.config["TIME_ZONE"])
        courses = covered(found.courses) if found else []
        response = page(
            "public/verify.html",
            status=200 if found else 404,
            certificate=found,
            covered=courses,
            long_date=long_date,
        )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _lines(transcript: Any) -> list[dict[str, Any]]:
    """What somebody needs to compare: titles, days and certificate numbers. Scores and hours stay on the paper."""
    return [
        {**days, "certificate": line["certificate"], "revoked": line["revoked"], "by_hand": line["by_hand"]}
        for days, line in zip(covered(transcript.lines), transcript.lines, strict=True)
    ]
