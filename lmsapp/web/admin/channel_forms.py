"""The forms of channels (REM-4). What is secret is written, never shown."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from lmsapp.outreach.channels.rules import METHODS, Kind, fields_as_text
from lmsapp.people.organisation.queries import department_tree
from lmsapp.web.forms import Form, LineField
from lmsapp.web.meanwhile import SharedForm

LINE = Length(max=500)
INSIDE = __("It is inside our network")


class ChannelForm(SharedForm):
    """What every channel has."""

    asked_once = frozenset({"secret"})  # never shown, so never seen

    name = LineField(__("Name"), [DataRequired(__("Give it a name by which staff know it.")), Length(max=80)])
    department_id = SelectField(__("For the people of"), validate_choice=False)
    inside = BooleanField(INSIDE)

    def offer(self) -> None:
        """Departments in use, as a tree."""
        units = [(unit, depth) for unit, depth in department_tree().in_order() if not unit.archived]
        everybody = ("", _("Everybody whose department has no channel of its own"))
        self.department_id.choices = [everybody, *((str(u.id), "\u2003" * depth + u.name) for u, depth in units)]

    @property
    def department(self) -> int | None:
        """The id chosen. 0, which no department has, for what is no id."""
        given = self.department_id.data or ""
        return None if not given else int(given) if given.isdecimal() and len(given) < 10 else 0

    def config(self) -> dict[str, Any]:
        """The settings as `channels.rules.checked` takes them."""
        return {name: field.data for name, field in self._fields.items() if name not in NOT_SETTINGS}


class SmsForm(ChannelForm):
    """An HTTP gateway."""

    url = LineField(__("Address"), [DataRequired(__("Enter the address of the gateway.")), LINE])
    method = SelectField(__("Method"), validate_choice=False)
    form = SelectField(__("Written as"), validate_choice=False)
    fields_text = TextAreaField(__("Fields"), [Length(max=4000)])
    auth = SelectField(__("Signs in with"), validate_choice=False)
    user = LineField(__("User name, or name of the header"), [LINE])
    secret = PasswordField(__("Password or token"), [Length(max=2000)])
    country = LineField(__("Calling code"), [Length(max=5)])
    key_header = LineField(__("Header for the key"), [Length(max=61)])
    honours_keys = BooleanField(__("It knows a second copy by this key"))
    answer_id = LineField(__("Where its answer has the id"), [Length(max=100)])

    def offer(self) -> None:
        """Departments, and the ways of a gateway."""
        super().offer()
        self.method.choices = [(name, name) for name in METHODS]
        self.form.choices = [("json", "JSON"), ("form", _("Form fields"))]
        self.auth.choices = [
            ("bearer", _("Bearer token")),
            ("basic", _("User name and password")),
            ("header", _("A header of its own")),
            ("none", _("Nothing")),
        ]


class SlackForm(ChannelForm):
    """An incoming webhook."""

    secret = StringField(__("Address of the webhook"), [Length(max=2000)])


class FurtherForm(ChannelForm):
    """A service of the library."""

    secret = StringField(__("Address of the service"), [Length(max=2000)])


FORMS: dict[Kind, type[ChannelForm]] = {Kind.SMS: SmsForm, Kind.SLACK: SlackForm, Kind.FURTHER: FurtherForm}
NOT_SETTINGS = ("name", "department_id", "secret", "csrf_token", "opened")
NEW: dict[str, Any] = {"key_header": "Idempotency-Key", "method": "POST", "form": "json", "auth": "bearer"}


class TestForm(Form):
    """Where a test goes."""

    to = LineField(__("Send a test to"), [Length(max=200)])


class StateForm(Form):
    """On or off."""

    on = BooleanField(__("On"))


class RemovalForm(Form):
    """Nothing but its token."""


def form_for(kind: Kind, row: Any | None, sent: bool) -> ChannelForm:
    """As sent, or filled with what holds. `row` None: a new one."""
    made = FORMS[kind]
    if sent:
        form = made()
    elif row is None:
        form = made(formdata=None, data={**NEW, "fields_text": fields_as_text({})})
    else:
        shown = {**row.config, "name": row.name, "department_id": str(row.department_id or "")}
        form = made(formdata=None, data={**shown, "fields_text": fields_as_text(row.config)})
    form.offer()
    return form
