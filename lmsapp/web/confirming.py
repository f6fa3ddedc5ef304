"""The password again, before something that a person at a forgotten screen must not do (ASVS 7.5.1, 7.5.3).

A form that asks for it is a `ConfirmForm`, shows the field with `ui.password_again(form.present_password)`, and calls
`confirm(form)` first inside `form.rule_errors()`. `status_of(form)` is the status of the page that shows it again.
"""

from __future__ import annotations

from flask import g, request
from flask_babel import lazy_gettext as __
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from lmsapp.people.accounts.actions import confirm_password
from lmsapp.people.accounts.queries import user_of
from lmsapp.people.accounts.rules import LONGEST_PASSWORD
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.web.forms import Form

BOUNDED = Length(max=LONGEST_PASSWORD, message=__("This is too long."))


class ConfirmForm(Form):
    """Base of forms that ask for the password again."""

    present_password = PasswordField(__("Your password"), [DataRequired(__("Enter your password.")), BOUNDED])


def confirm(form: ConfirmForm) -> None:
    """Whoever sits there knows the password. Raises RuleBroken, TooManyTries."""
    password = form.present_password.data or ""
    confirm_password(user_of(g.viewer), password, request.remote_addr or "", field="present_password")


def status_of(form: Form) -> int:
    """200, 422 with errors, 429 when it was tried too often."""
    return 429 if isinstance(form.broken, TooManyTries) else 422 if form.errors else 200
