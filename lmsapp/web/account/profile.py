"""Your account: what is held about you, password, language, sessions (ORG-8, ORG-1)."""

from __future__ import annotations

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from lmsapp.people.accounts.actions import change_password, set_language, sign_out_everywhere
from lmsapp.people.accounts.queries import user_of
from lmsapp.people.accounts.rules import LONGEST_PASSWORD
from lmsapp.people.employees.queries import employee_of
from lmsapp.web.account.wing import bp
from lmsapp.web.forms import Form
from lmsapp.web.render import page, to
from lmsapp.web.sessions import LANGUAGES, begin_session, end_session

BOUNDED = Length(max=LONGEST_PASSWORD, message=__("This is too long."))


class PasswordForm(Form):
    old_password = PasswordField(__("Present password"), [DataRequired(__("Enter your present password.")), BOUNDED])
    password = PasswordField(__("New password"), [DataRequired(__("Choose a password.")), BOUNDED])


class LanguageForm(Form):
    language = HiddenField(validators=[DataRequired()])


@bp.get("")
def profile() -> ResponseReturnValue:
    """Everything on one page."""
    return _page(PasswordForm(formdata=None))


@bp.post("/password")
def change() -> ResponseReturnValue:
    """A new password ends every session; this one begins anew."""
    form = PasswordForm()
    if form.validate():
        with form.rule_errors():
            user = user_of(g.viewer)
            old, new = form.old_password.data or "", form.password.data or ""
            change_password(user, old, new, request.remote_addr or "", g.viewer)
            begin_session(user.id, user.session_epoch)
            return to(
                url_for("account.profile"), said=_("Your password is changed. Everywhere else you are signed out.")
            )
    return _page(form)


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """For pages and letters."""
    form = LanguageForm()
    if not form.validate() or form.language.data not in LANGUAGES:
        abort(400)
    set_language(user_of(g.viewer), form.language.data)
    return to(url_for("account.profile"))


@bp.post("/sessions/end")
def end_all_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    sign_out_everywhere(user_of(g.viewer), g.viewer)
    end_session()
    return to(url_for("door.sign_in"), said=_("You are signed out everywhere."))


def _page(form: PasswordForm) -> Response:
    status = 422 if form.errors else 200
    return page("account/profile.html", status=status, form=form, employee=employee_of(g.viewer))
