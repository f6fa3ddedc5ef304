"""Another e-mail address to sign in with, another phone number: the password is asked again (ORG-1, ORG-8)."""

from __future__ import annotations

from flask import Response, abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import EmailField, TelField
from wtforms.validators import DataRequired

from lmsapp.people.accounts.email_change import ask_for_email, confirm_email, email_by_link, give_up_email
from lmsapp.people.accounts.queries import asked_email, user_of
from lmsapp.people.employees.actions import change_own_mobile
from lmsapp.people.employees.queries import employee_of, record_of
from lmsapp.web.account.wing import bp
from lmsapp.web.confirming import BOUNDED, ConfirmForm, confirm, status_of
from lmsapp.web.forms import Form
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.sessions import begin_session


class EmailForm(ConfirmForm):
    email = EmailField(__("New address"), [DataRequired(__("Enter an e-mail address.")), BOUNDED])


class MobileForm(ConfirmForm):
    mobile = TelField(__("Phone number"), [BOUNDED])


class TokenForm(Form):
    """Nothing but its token."""


@bp.get("/email")
def email() -> ResponseReturnValue:
    """What the address is for, and the form to change it."""
    return _email_page(EmailForm(formdata=None))


@bp.post("/email")
def ask_for_new_email() -> ResponseReturnValue:
    """Sends a link to the new address; nothing changes yet."""
    form = EmailForm()
    if form.validate():
        with form.rule_errors():
            confirm(form)
            asked = ask_for_email(user_of(g.viewer), form.email.data or "", g.viewer)
            return to(url_for("account.email"), said=_("A link is on its way to %(email)s.", email=asked))
    return _email_page(form)


@bp.post("/email/withdrawal")
def withdraw_email() -> ResponseReturnValue:
    """The link that was sent opens nothing any more."""
    form = TokenForm()
    if not form.validate():
        abort(400)
    give_up_email(user_of(g.viewer), g.viewer)
    return to(url_for("account.email"), said=_("Your address stays as it is."))


@bp.get("/email/<token>")
def new_email(token: str) -> ResponseReturnValue:
    """Looking changes nothing."""
    return _confirm_page(token, TokenForm(formdata=None))


@bp.post("/email/<token>")
def use_new_email(token: str) -> ResponseReturnValue:
    """Uses the link: every session ends, this one begins anew."""
    form = TokenForm()
    record = employee_of(g.viewer)
    if email_by_link(g.viewer, token) and form.validate():
        with form.rule_errors():
            user = confirm_email(token, g.viewer, record.email if record else None)
            begin_session(user, "renewed")
            said = _("You sign in with %(email)s from now on. Everywhere else you are signed out.", email=user.email)
            return to(url_for("account.profile"), said=said)
    return _confirm_page(token, form)


@bp.get("/mobile")
def mobile() -> ResponseReturnValue:
    """For people with an employee record."""
    record = get_or_404(employee_of(g.viewer))
    return _mobile_page(MobileForm(formdata=None, mobile=record.mobile or ""))


@bp.post("/mobile")
def change_mobile() -> ResponseReturnValue:
    """An empty one takes the number away."""
    form, record = MobileForm(), get_or_404(record_of(g.viewer))
    if form.validate():
        with form.rule_errors():
            confirm(form)
            change_own_mobile(record, form.mobile.data or "", g.viewer)
            return to(url_for("account.profile"), said=_("Your phone number is saved."))
    return _mobile_page(form)


def _email_page(form: EmailForm) -> Response:
    asked, record = asked_email(g.viewer), employee_of(g.viewer)
    return page("account/email.html", status=status_of(form), form=form, asked=asked, employee=record)


def _confirm_page(token: str, form: TokenForm) -> Response:
    wanted = email_by_link(g.viewer, token)
    if wanted is None:
        return page("account/email_gone.html", status=410)
    return page("account/email_confirm.html", status=status_of(form), form=form, wanted=wanted, token=token)


def _mobile_page(form: MobileForm) -> Response:
    return page("account/mobile.html", status=status_of(form), form=form)
