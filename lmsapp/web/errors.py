"""Errors in words, as page or toast; never a trace (SEC-6, ASVS 16.5.1)."""

from __future__ import annotations

import json
import logging

from flask import Flask, Response, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from lmsapp.infra import tracing
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.web.addresses import form_page
from lmsapp.web.api.answering import refusal
from lmsapp.web.api.wing import PREFIX
from lmsapp.web.content.said import said
from lmsapp.web.forms import say
from lmsapp.web.render import wants_fragment
from lmsapp.web.two_hosts import at_content_host

log = logging.getLogger(__name__)


def install_errors(app: Flask) -> None:
    """One handler each for: HTTP errors, a broken rule nobody caught, a refusal, and our own mistakes."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(RuleBroken, on_rule)
    app.register_error_handler(NotAllowed, on_refusal)
    app.register_error_handler(Exception, on_mistake)


def on_http(error: HTTPException) -> Response:
    """Keeps the headers of redirects and of 405; words by code."""
    code = error.code or 500
    if code < 400:
        return Response(status=code, headers=error.get_headers())
    if isinstance(error, CSRFError):
        return show(code, _("This page was open too long"), _("Nothing was saved. Go back to the page and repeat it."))
    return show(code, *words_for(code))


def on_rule(broken: RuleBroken) -> Response:
    """A rule that no form was waiting for."""
    return show(429 if isinstance(broken, TooManyTries) else 422, _("That did not work"), say(broken))


def on_refusal(refusal: NotAllowed) -> Response:
    """Visible but forbidden."""
    return show(403, _("You cannot do this"), _(refusal.message, **refusal.values))


def on_mistake(error: Exception) -> Response:
    """Logged with its trace, shown without."""
    log.error("unhandled error at %s", request.path, exc_info=error)
    db.session.rollback()
    return show(500, *words_for(500))


def words_for(code: int) -> tuple[str, str]:
    """Title and what to do."""
    known = {
        400: (_("Something in the request was wrong"), _("Go back, load the page again and repeat it.")),
        401: (_("Please sign in"), _("Your session has ended. Sign in again and carry on where you were.")),
        403: (_("This page is not for you"), _("If you need it for your work, ask your training team for access.")),
        404: (_("There is nothing here"), _("The address may be old or mistyped, or it belongs to somebody else.")),
        405: (_("That does not work this way"), _("Go back and use the buttons on the page.")),
        413: (_("That file is too large"), _("Choose a smaller file. Nothing was stored.")),
        429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
    }
    return known.get(
        code, (_("Something went wrong on our side"), _("What was saved before is safe. Try again in a minute."))
    )


def show(code: int, title: str, text: str) -> Response:
    """A toast for htmx (which swaps nothing), a page for everybody else. Refusals are logged (ASVS 16.3.2)."""
    if at_content_host():
        return said(code, title, text)
    if request.path.startswith(f"{PREFIX}/"):
        return refusal(code, f"{title}. {text}")
    if code == 403:
        viewer = g.get("viewer")
        log.warning("refused %s %s to user %s", request.method, request.path, viewer.user_id if viewer else None)
    if wants_fragment():
        trigger = json.dumps({"toast": {"text": f"{title}. {text}", "tone": "bad"}})
        return Response("", status=code, headers={"HX-Trigger": trigger, "HX-Reswap": "none"})
    # Where the reader cannot mend it, whoever can needs to find it in the log and the trail.
    request_id = tracing.current().request_id if code >= 500 or code in (400, 403) else ""
    back = None if request.method == "GET" else form_page()
    html = render_template("errors/error.html", code=code, title=title, text=text, request_id=request_id, back=back)
    return Response(html, status=code)
