"""Your account: what is held about you, password, language, time zone, letters (ORG-8, ORG-1)."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import HiddenField, PasswordField, SelectField
from wtforms.validators import DataRequired

from lmsapp.outreach.notices.rules import OPTIONAL
from lmsapp.people.accounts.actions import change_password, choose_letters, choose_time_zone, set_language
from lmsapp.people.accounts.queries import asked_email, user_of
from lmsapp.people.employees.queries import employee_of
from lmsapp.web.account.wing import bp
from lmsapp.web.confirming import BOUNDED, status_of
from lmsapp.web.forms import Form
from lmsapp.web.render import page, to
from lmsapp.web.sessions import LANGUAGES, begin_session

LETTERS = {"certificate_ready": __("My certificate is ready, with the PDF")}


class PasswordForm(Form):
    old_password = PasswordField(__("Present password"), [DataRequired(__("Enter your present password.")), BOUNDED])
    password = PasswordField(__("New password"), [DataRequired(__("Choose a password.")), BOUNDED])


class LanguageForm(Form):
    language = HiddenField(validators=[DataRequired()])


class ZoneForm(Form):
    """'' is the zone of the record."""

    time_zone = SelectField(__("Time zone"))

    def offer(self, record_zone: str) -> ZoneForm:
        """The zones of the world, the record's own first."""
        first = _("As in my record: %(zone)s", zone=record_zone)
        self.time_zone.choices = [("", first), *((z, z.replace("_", " ")) for z in sorted(ZONES))]
        return self


class LettersForm(Form):
    """Ticks named after `LETTERS`."""


# Regions as people look for them; the rest are old names and offsets.
REGIONS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
ZONES = frozenset({"UTC", *(zone for zone in available_timezones() if zone.startswith(REGIONS))})


@bp.get("")
def profile() -> ResponseReturnValue:
    """Everything on one page."""
    return _page()


@bp.post("/password")
def change() -> ResponseReturnValue:
    """A new password ends every session; this one begins anew."""
    form = PasswordForm()
    if form.validate():
        with form.rule_errors():
            user = user_of(g.viewer)
            old, new = form.old_password.data or "", form.password.data or ""
            change_password(user, old, new, request.remote_addr or "", g.viewer)
            begin_session(user, "renewed")
            return to(
                url_for("account.profile"), said=_("Your password is changed. Everywhere else you are signed out.")
            )
    return _page(password=form)


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """For pages and letters."""
    form = LanguageForm()
    if not form.validate() or form.language.data not in LANGUAGES:
        abort(400)
    set_language(user_of(g.viewer), form.language.data)
    return to(url_for("account.profile"))


@bp.post("/time-zone")
def choose_zone() -> ResponseReturnValue:
    """For the times on pages; due dates stay where the record has them."""
    form = ZoneForm().offer(g.viewer.zone)
    if form.validate():
        with form.rule_errors():
            choose_time_zone(user_of(g.viewer), form.time_zone.data or None, g.viewer)
            return to(url_for("account.profile") + "#time-zone", said=_("Times are shown in that zone now."))
    return _page(zone=form)


@bp.post("/letters")
def choose_optional_letters() -> ResponseReturnValue:
    """What is not ticked is switched off; only optional letters can be."""
    form = LettersForm()
    if not form.validate():
        abort(400)
    choose_letters(user_of(g.viewer), [name for name in OPTIONAL if name not in request.form], g.viewer)
    return to(url_for("account.profile") + "#letters", said=_("Your choice is saved."))


def _page(password: PasswordForm | None = None, zone: ZoneForm | None = None) -> Response:
    user, employee = user_of(g.viewer), employee_of(g.viewer)
    record_zone = employee.time_zone if employee else g.viewer.zone
    form = password or PasswordForm(formdata=None)
    zone_form = zone or ZoneForm(formdata=None, time_zone=user.time_zone or "").offer(record_zone)
    return page(
        "account/profile.html", status=max(status_of(form), status_of(zone_form)), form=form, zone_form=zone_form,
        employee=employee, record_zone=record_zone, asked=asked_email(g.viewer),
        letters=[(name, LETTERS[name], name not in user.switched_off) for name in OPTIONAL],
    )  # fmt: skip
