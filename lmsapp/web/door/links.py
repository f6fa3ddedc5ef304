"""Single-use links. Looking changes nothing, so that mail scanners can open them; only the form's POST uses one."""

from __future__ import annotations

from flask import Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.people.accounts.actions import use_link
from lmsapp.people.accounts.queries import user_by_link
from lmsapp.people.accounts.resets import ask_for_reset
from lmsapp.people.accounts.rules import Purpose, clean_email
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.web.door.forms import NewPasswordForm, ResetForm
from lmsapp.web.door.wing import bp
from lmsapp.web.navigation import home_of
from lmsapp.web.render import page, to
from lmsapp.web.sessions import begin_session


@bp.get("/reset")
def reset() -> ResponseReturnValue:
    """Ask for a link."""
    return page("door/reset.html", form=ResetForm(email=request.args.get("email", "")), asked=False)


@bp.post("/reset")
def ask() -> ResponseReturnValue:
    """The answer is the same whether or not the account exists."""
    form = ResetForm()
    asked = False
    if form.validate():
        with form.rule_errors():
            ask_for_reset(clean_email(form.email.data or ""), request.remote_addr or "")
            asked = True
    status = 429 if isinstance(form.broken, TooManyTries) else 422 if form.errors else 200
    return page("door/reset.html", status=status, form=form, asked=asked)


@bp.get("/invitation/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """Set the first password."""
    return _form_page(token, Purpose.INVITATION, NewPasswordForm(formdata=None))


@bp.post("/invitation/<token>")
def accept_invitation(token: str) -> ResponseReturnValue:
    """Uses the link."""
    return _use(token, Purpose.INVITATION)


@bp.get("/reset/<token>")
def new_password(token: str) -> ResponseReturnValue:
    """Set a new password."""
    return _form_page(token, Purpose.RESET, NewPasswordForm(formdata=None))


@bp.post("/reset/<token>")
def set_new_password(token: str) -> ResponseReturnValue:
    """Uses the link."""
    return _use(token, Purpose.RESET)


def _use(token: str, purpose: Purpose) -> Response:
    form = NewPasswordForm()
    if user_by_link(token, purpose) and form.validate():
        with form.rule_errors():
            user = use_link(token, purpose, form.password.data or "")
            g.viewer = begin_session(user, purpose.value)
            return to(home_of(g.viewer), said=_("Your password is set. You are signed in."))
    return _form_page(token, purpose, form)


def _form_page(token: str, purpose: Purpose, form: NewPasswordForm) -> Response:
    found = user_by_link(token, purpose)
    if found is None:
        return page("door/link_gone.html", status=410)
    status = 422 if form.errors else 200
    return page("door/new_password.html", status=status, form=form, user=found[0], purpose=purpose.value)
