"""How you are told: text messages, one letter a day, quiet hours, Slack (REM-4, REM-8)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length

from lmsapp.insight.messages.digests import never_gathered
from lmsapp.outreach.contact.actions import (
    choose_digest,
    choose_quiet_hours,
    give_sms_consent,
    name_slack_member,
    withdraw_sms_consent,
)
from lmsapp.outreach.contact.queries import preference_of, quiet_of_organisation
from lmsapp.outreach.contact.rules import Quiet
from lmsapp.people.employees.queries import employee_of, record_of
from lmsapp.people.settings.queries import settings
from lmsapp.web.account.wing import bp
from lmsapp.web.dates import hour
from lmsapp.web.forms import Form
from lmsapp.web.render import get_or_404, page, to

NONE = ""


class TextForm(Form):
    """`number`: the one that was shown."""

    number = HiddenField(validators=[Length(max=60)])
    agreed = BooleanField(__("I agree to this"))


class DigestForm(Form):
    digest = BooleanField(__("One letter a day instead of one for each reminder"))


class QuietForm(Form):
    quiet_from = SelectField(__("Quiet from"))
    quiet_until = SelectField(__("Quiet until"))

    def offer(self) -> QuietForm:
        """The hours of the day, and none."""
        hours = [(NONE, _("None")), *((str(one), hour(one)) for one in range(24))]
        self.quiet_from.choices, self.quiet_until.choices = hours, hours
        return self

    @property
    def chosen(self) -> Quiet | None:
        """What the two fields say together; one alone says nothing."""
        if NONE in (self.quiet_from.data, self.quiet_until.data):
            return None
        return Quiet(int(self.quiet_from.data), int(self.quiet_until.data))


class SlackForm(Form):
    member = StringField(__("Your member id in Slack"), [Length(max=40)])


class PlainForm(Form):
    """Nothing but its token."""


@bp.get("/how-you-are-told")
def telling() -> ResponseReturnValue:
    """What comes by which way, and what one may choose."""
    return _page()


@bp.post("/how-you-are-told/text-messages")
def agree_to_texts() -> ResponseReturnValue:
    """For the number that was shown, in the words that were shown."""
    employee, form = get_or_404(record_of(g.viewer)), TextForm()
    if form.validate():
        if not form.agreed.data:
            form.agreed.errors = [_("Tick this if you agree. Without it no text messages come.")]
            return _page(text=form)
        with form.rule_errors():
            number = form.number.data or ""
            give_sms_consent(employee, g.viewer, number=number, words=consent_words(employee.mobile or ""))
            return _done("text-messages", _("Text messages go to %(number)s from now on.", number=employee.mobile))
    return _page(text=form)


@bp.post("/how-you-are-told/text-messages/end")
def end_texts() -> ResponseReturnValue:
    """Those that wait are not sent either."""
    employee, form = get_or_404(record_of(g.viewer)), PlainForm()
    if not form.validate():
        abort(400)
    withdraw_sms_consent(employee, g.viewer)
    return _done("text-messages", _("No more text messages come to you."))


@bp.post("/how-you-are-told/digest")
def save_digest() -> ResponseReturnValue:
    """One letter a day, or one for each reminder."""
    employee, form = get_or_404(record_of(g.viewer)), DigestForm()
    if not form.validate():
        abort(400)
    choose_digest(employee, bool(form.digest.data), g.viewer)
    return _done("one-letter", _("Your choice is saved."))


@bp.post("/how-you-are-told/quiet-hours")
def save_quiet_hours() -> ResponseReturnValue:
    """Besides those of the organisation."""
    employee, form = get_or_404(record_of(g.viewer)), QuietForm().offer()
    if form.validate():
        with form.rule_errors():
            choose_quiet_hours(employee, form.chosen, g.viewer)
            return _done("quiet-hours", _("Your quiet hours are saved."))
    return _page(quiet=form)


@bp.post("/how-you-are-told/slack")
def save_slack_member() -> ResponseReturnValue:
    """Empty: nobody is named."""
    employee, form = get_or_404(record_of(g.viewer)), SlackForm()
    if form.validate():
        with form.rule_errors():
            name_slack_member(employee, form.member.data or "", g.viewer)
            return _done("slack", _("Your choice is saved."))
    return _page(slack=form)


def consent_words(number: str) -> str:
    """What somebody agrees to, as they read it; kept with the date."""
    chosen = settings()
    return _(
        "%(organisation)s may send text messages about my training to %(number)s: reminders, as a rule at most "
        "%(day)s a day and %(week)s a week. My phone company may charge for them. I do not have to agree to work here "
        "or to take training. I can end them at any time on this page or by telling HR.",
        organisation=current_app.config["ORGANISATION"],
        number=number,
        day=chosen["cap_sms_day"],
        week=chosen["cap_sms_week"],
    )


def _done(section: str, said: str) -> Response:
    return to(f"{url_for('account.telling')}#{section}", said=said)


def _page(
    text: Form | None = None, quiet: QuietForm | None = None, slack: SlackForm | None = None
) -> ResponseReturnValue:
    employee = get_or_404(employee_of(g.viewer))
    said = preference_of(g.viewer, employee.id)
    own: dict[str, Any] = {"quiet_from": NONE, "quiet_until": NONE}
    if said.quiet:
        own = {"quiet_from": str(said.quiet.start), "quiet_until": str(said.quiet.end)}
    wrong = any(form is not None and form.errors for form in (text, quiet, slack))
    return page(
        "account/telling.html",
        status=422 if wrong else 200,
        employee=employee,
        said=said,
        words=consent_words(employee.mobile or ""),
        organisation_quiet=quiet_of_organisation(),
        hour=hour,
        never_gathered=never_gathered(g.viewer),
        text_form=text or TextForm(formdata=None, number=employee.mobile or ""),
        digest_form=DigestForm(formdata=None, digest=said.digest),
        quiet_form=quiet or QuietForm(formdata=None, **own).offer(),
        slack_form=slack or SlackForm(formdata=None, member=said.slack_member),
    )
