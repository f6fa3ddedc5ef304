"""Agreeing to text messages, taking it back, and how one wants to be told (REM-8)."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.contact.queries import quiet_of_organisation
from lmsapp.outreach.contact.rules import Quiet, check_quiet, same_number
from lmsapp.people.changes import Changed
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SLACK_MEMBER = re.compile(r"[UW][A-Z0-9]{5,20}")


def give_sms_consent(employee: Employee, by: Viewer, *, number: str, words: str, reason: str = "") -> None:
    """Text messages may be sent to `number`, which is the one on file; `words` are what was agreed to, as read.

    By the person; or by HR with a reason, where the person agreed on paper. Raises NotAllowed, RuleBroken.
    """
    _check_may_decide(employee, by, reason)
    if not employee.mobile:
        raise RuleBroken(N_("There is no phone number on file. Add one first."), field="agreed")
    if not same_number(number, employee.mobile):
        raise RuleBroken(N_("The phone number was changed meanwhile. Look at it again."), field="agreed")
    row = _preference(employee)
    if row.sms_consent and row.sms_number is not None and same_number(row.sms_number, number):
        return
    before = _consent(row)
    row.sms_consent, row.sms_consent_at = True, clock.now()
    row.sms_number, row.sms_words = employee.mobile, words
    row.sms_noted_by = "" if by.employee_id == employee.id else by.name
    emit(Changed("text messages agreed to", ("employee", employee.id), by, before, _consent(row), reason.strip()))


def withdraw_sms_consent(employee: Employee, by: Viewer, *, reason: str = "") -> None:
    """No text messages from now on, those that wait included. By the person; or by HR, who were told: with a reason.

    Where nobody ever agreed it is kept as a no. Raises NotAllowed, RuleBroken.
    """
    _check_may_decide(employee, by, reason)
    row = _preference(employee)
    if row.sms_consent is False:
        return
    before = _consent(row)
    row.sms_consent, row.sms_consent_at = False, clock.now()
    row.sms_number, row.sms_words = None, ""
    row.sms_noted_by = "" if by.employee_id == employee.id else by.name
    emit(Changed("text messages declined", ("employee", employee.id), by, before, _consent(row), reason.strip()))


def choose_digest(employee: Employee, digest: bool, by: Viewer) -> None:
    """Reminders in one letter a day, where their policy allows it. One's own choice. Raises NotAllowed."""
    _set(employee, by, "digest chosen", digest=digest)


def choose_quiet_hours(employee: Employee, own: Quiet | None, by: Viewer) -> None:
    """Quiet hours beside the organisation's; None: only those. One's own choice. Raises NotAllowed, RuleBroken."""
    if own is not None:
        check_quiet(own, quiet_of_organisation())
    start, end = (own.start, own.end) if own and own.start != own.end else (None, None)
    _set(employee, by, "quiet hours chosen", quiet_from=start, quiet_until=end)


def name_slack_member(employee: Employee, member: str, by: Viewer) -> None:
    """Who one is in Slack, '' for nobody. One's own choice. Raises NotAllowed, RuleBroken for what is no member id."""
    member = member.strip()
    if member and not SLACK_MEMBER.fullmatch(member):
        raise RuleBroken(
            N_("A member id of Slack looks like U024BE7LH. In Slack: your profile, the three dots, Copy member ID."),
            field="member",
        )
    _set(employee, by, "Slack member chosen", slack_member=member)


def _set(employee: Employee, by: Viewer, action: str, **wanted: Any) -> None:
    if by.employee_id != employee.id:
        raise NotAllowed(N_("Everybody chooses this for themselves."))
    row = _preference(employee)
    before = {name: getattr(row, name) for name in wanted}
    if before != wanted:
        for name, value in wanted.items():
            setattr(row, name, value)
        emit(Changed(action, ("employee", employee.id), by, before, wanted))


def _check_may_decide(employee: Employee, by: Viewer, reason: str) -> None:
    if by.employee_id == employee.id:
        return
    if not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only the person and HR decide about text messages."))
    if not reason.strip():
        raise RuleBroken(N_("Say how you know; the audit trail keeps it."), field="reason")


def _preference(employee: Employee) -> ContactPreference:
    """The row, made if there is none, locked until it is done."""
    make = insert(ContactPreference).values(employee_id=employee.id)
    db.session.execute(make.on_conflict_do_nothing(index_elements=["employee_id"]))
    wanted = select(ContactPreference).where(ContactPreference.employee_id == employee.id).with_for_update()
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def _consent(row: ContactPreference) -> dict[str, Any]:
    """For the trail: what was agreed to, and for which number."""
    return {"text_messages": row.sms_consent, "number": row.sms_number, "words": row.sms_words}
