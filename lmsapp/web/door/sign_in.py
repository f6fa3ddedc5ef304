"""Home, sign in, sign out."""

from __future__ import annotations

from flask import Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.people.accounts.actions import note_sign_in
from lmsapp.people.accounts.queries import authenticate
from lmsapp.people.accounts.rules import SessionEnd
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.people.queries import session_limits
from lmsapp.web.addresses import local_path
from lmsapp.web.door.forms import DemoForm, SignInForm
from lmsapp.web.door.wing import bp
from lmsapp.web.forms import Form
from lmsapp.web.headers import cleared
from lmsapp.web.navigation import home_of
from lmsapp.web.render import page, to
from lmsapp.web.sessions import begin_session, end_session, sign_in_address


@bp.get("/")
def home() -> ResponseReturnValue:
    """Where the viewer's day begins."""
    return redirect(home_of(g.viewer) if g.viewer else sign_in_address(None))


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form; who is signed in has nothing to do here."""
    if g.viewer and g.viewer.only_course is None:
        return redirect(local_path(request.args.get("next")) or home_of(g.viewer))
    return _form_page(SignInForm(next=request.args.get("next", "")))


@bp.post("/sign-in")
def create_session() -> ResponseReturnValue:
    """E-mail and password."""
    form = SignInForm()
    if form.validate():
        with form.rule_errors():
            return _enter(form.email.data or "", form.password.data or "", form.next.data)
    return _form_page(form)


@bp.post("/sign-in/demo")
def create_demo_session() -> ResponseReturnValue:
    """One of the demo's own accounts; outside the demo there is no such address."""
    form = DemoForm()
    if form.email.data not in [email for email, *_rest in _demo_accounts()]:
        abort(404)
    if form.validate():
        with form.rule_errors():
            return _enter(form.email.data, current_app.config["DEMO_PASSWORD"], form.next.data)
    return _form_page(SignInForm(formdata=None, email=form.email.data), form)


@bp.post("/sign-out")
def end() -> ResponseReturnValue:
    """This session; 'sign out everywhere' is on the account page."""
    end_session()
    return cleared(to(url_for("door.sign_in"), said=_("You are signed out.")))


def _enter(email: str, password: str, address: str | None) -> Response:
    user = authenticate(email, password, request.remote_addr or "", request.user_agent.string)
    note_sign_in(user, password)
    g.viewer = begin_session(user, "password")
    return to(local_path(address) or home_of(g.viewer))


def _form_page(form: SignInForm, failed: Form | None = None) -> Response:
    failed = failed or form
    status = 429 if isinstance(failed.broken, TooManyTries) else 422 if failed.errors else 200
    return page(
        "door/sign_in.html", status=status, form=form, failed=failed, demo_accounts=_demo_accounts(), ended=_why_ended()
    )


def _why_ended() -> str:
    """Why the last session is over, in words; '' when it was not said."""
    why = request.args.get("ended")
    if why == SessionEnd.CHANGED:
        return _("You signed out on another device, or your password, your roles or your account changed.")
    if why == SessionEnd.LINK:
        return _("The time of your link is over. Nothing you saved was lost. Use the newest message, or sign in.")
    if why not in (SessionEnd.IDLE, SessionEnd.LONG):
        return ""
    limits = session_limits()
    if why == SessionEnd.LONG:
        hours = round(limits.whole.total_seconds() / 3600)
        return ngettext(
            "A session ends %(num)s hour after signing in. Nothing you saved was lost.",
            "A session ends %(num)s hours after signing in. Nothing you saved was lost.",
            hours,
        )
    minutes = round(limits.idle.total_seconds() / 60)
    return ngettext(
        "You were signed out because nothing was done for %(num)s minute. Nothing you saved was lost.",
        "You were signed out because nothing was done for %(num)s minutes. Nothing you saved was lost.",
        minutes,
    )


def _demo_accounts() -> tuple[tuple[str, str, str], ...]:
    return tuple(current_app.config.get("DEMO_ACCOUNTS", ())) if current_app.config["DEMO"] else ()
