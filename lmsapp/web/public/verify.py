"""Anybody with the address on a certificate sees whether it still counts, and nothing that is not printed on it."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from lmsapp.learning.certificates.queries import certificate_by_token
from lmsapp.learning.certificates.words import long_date
from lmsapp.web.public.wing import bp
from lmsapp.web.render import page


@bp.get("/verify/<token>")
def verify(token: str) -> ResponseReturnValue:
    """What the QR code leads to. An unknown one is a page of its own: it may be a forgery, or a slip of the pen."""
    found = certificate_by_token(token, current_app.config["TIME_ZONE"])
    response = page("public/verify.html", status=200 if found else 404, certificate=found, long_date=long_date)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
