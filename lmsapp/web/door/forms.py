"""The forms at the door."""

from __future__ import annotations

from flask_babel import lazy_gettext as __
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from lmsapp.people.accounts.rules import LONGEST_PASSWORD
from lmsapp.web.forms import Form

NEEDED_EMAIL = DataRequired(__("Enter your e-mail address."))
NEEDED_PASSWORD = DataRequired(__("Enter your password."))
# Not refused for length by a rule of its own: more than this is never hashed.
BOUNDED = Length(max=LONGEST_PASSWORD, message=__("This is too long."))


class SignInForm(Form):
    email = EmailField(__("E-mail"), [NEEDED_EMAIL, BOUNDED])
    password = PasswordField(__("Password"), [NEEDED_PASSWORD, BOUNDED])
    next = HiddenField()


class DemoForm(Form):
    email = HiddenField(validators=[DataRequired()])
    next = HiddenField()


class ResetForm(Form):
    email = EmailField(__("E-mail"), [NEEDED_EMAIL, BOUNDED])


class NewPasswordForm(Form):
    password = PasswordField(__("New password"), [DataRequired(__("Choose a password.")), BOUNDED])


class LanguageForm(Form):
    language = HiddenField(validators=[DataRequired()])
    next = HiddenField()
