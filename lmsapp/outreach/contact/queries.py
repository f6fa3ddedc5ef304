"""What somebody allows, and when they may be written to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import bindparam, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.contact.rules import DISTURBING, Cap, Quiet, next_open, same_number
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.settings.queries import settings
from lmsapp.people.settings.rules import Value
from lmsapp.people.viewer import Viewer

READER = (
    select(
        Employee.time_zone, Employee.mobile, ContactPreference.sms_consent, ContactPreference.sms_number,
        ContactPreference.quiet_from, ContactPreference.quiet_until,
    )
    .outerjoin(ContactPreference, ContactPreference.employee_id == Employee.id)
    .where(Employee.id == bindparam("of_id"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """What the gate asks about a recipient. `consent` None: never asked. `number`: the one they agreed for, None: any.

    Somebody without an employee record, or a channel of many readers: the organisation's zone and nothing else.
    """

    zone: ZoneInfo
    mobile: str | None = None
    consent: bool | None = None
    number: str | None = None
    quiet: Quiet | None = None

    @property
    def agreed(self) -> bool:
        """To text messages, whatever the number."""
        return bool(self.consent)

    @property
    def agreed_for_another(self) -> bool:
        """To text messages, but for a number that is not theirs any more."""
        return self.agreed and self.number is not None and not same_number(self.number, self.mobile)


def allows_sms(employee_id: int | None) -> bool:
    """Only whoever said yes, and for the number they said it about."""
    reader = reader_of(employee_id)
    return reader.agreed and not reader.agreed_for_another


def reader_of(employee_id: int | None) -> Reader:
    """In one statement."""
    row = db.session.execute(READER, {"of_id": employee_id}).one_or_none()
    if row is None:
        return Reader(clock.zone(current_app.config["TIME_ZONE"]))
    own = None if row.quiet_from is None or row.quiet_until is None else Quiet(row.quiet_from, row.quiet_until)
    return Reader(clock.zone(row.time_zone), row.mobile, row.sms_consent, row.sms_number, own)


def quiet_of_organisation(chosen: Mapping[str, Value] | None = None) -> Quiet:
    """Its hours; `chosen` are the settings where somebody read them already."""
    values = chosen or settings()
    return Quiet(int(values["quiet_from_hour"]), int(values["quiet_until_hour"]))


def cap_of(channel: str, chosen: Mapping[str, Value]) -> Cap:
    """How many reminders by that channel one person gets; other services count as Slack does."""
    name = channel if channel in ("email", "sms") else "slack"
    return Cap(int(chosen[f"cap_{name}_day"]), int(chosen[f"cap_{name}_week"]))


def opens_at(channel: str, reader: Reader, at: dt.datetime, chosen: Mapping[str, Value]) -> dt.datetime:
    """`at`, or the first instant after it at which that channel may disturb the reader."""
    if channel not in DISTURBING:
        return at
    organisation = quiet_of_organisation(chosen)
    quiets = [organisation, reader.quiet] if reader.quiet else [organisation]
    working = channel == "sms" and bool(chosen["sms_working_days"])
    return next_open(at, reader.zone, quiets, working_days=working, holidays=holidays() if working else frozenset())


@dataclass(frozen=True, slots=True)
class Preference:
    """What one employee chose. `consent` None: never asked; `agreed_on` since when it is so; `number` for which number,
    with the `words` read; `noted_by` whoever noted it for them. `lapsed`: they agreed, but for a number that is not
    the one on file any more."""

    consent: bool | None = None
    agreed_on: dt.datetime | None = None
    number: str | None = None
    words: str = ""
    noted_by: str = ""
    digest: bool = False
    quiet: Quiet | None = None
    slack_member: str = ""
    lapsed: bool = False


def preference_of(viewer: Viewer, employee_id: int) -> Preference:
    """Of oneself, or of anybody for those who keep records. Raises NotAllowed."""
    if viewer.employee_id != employee_id and not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        raise NotAllowed(N_("Only the person and HR see how somebody wants to be told."))
    row = db.session.get(ContactPreference, employee_id)
    if row is None:
        return Preference()
    own = None if row.quiet_from is None or row.quiet_until is None else Quiet(row.quiet_from, row.quiet_until)
    lapsed = bool(row.sms_consent) and not allows_sms(employee_id)
    return Preference(
        row.sms_consent, row.sms_consent_at, row.sms_number, row.sms_words, row.sms_noted_by, row.digest, own,
        row.slack_member, lapsed,
    )  # fmt: skip
