"""What the trail keeps of people: accounts, employees, rosters (EVD-3)."""

from __future__ import annotations

from lmsapp.evidence.audit.actions import record_change
from lmsapp.people.accounts.events import AccountChanged, UsersInvited
from lmsapp.people.changes import Changed
from lmsapp.people.employees.events import EmployeeChanged, EmployeeLeft, EmployeesHired
from lmsapp.people.roles import Role
from lmsapp.people.roster.events import RosterApplied
from lmsapp.people.settings.events import SettingsChanged


def note_account_change(event: AccountChanged) -> None:
    record_change(event.action, ("user", event.user.id), by=event.by, before=event.before, after=event.after)


def note_links(event: UsersInvited) -> None:
    """That a link was made and until when it opens; never the link."""
    for one in event.invitations:
        action = "invited" if one.purpose == "invitation" else "reset link made"
        record_change(action, ("user", one.user.id), by=None, after={"expires_at": one.expires_at})


def note_change(event: Changed) -> None:
    """Whatever areas below the trail, or beside it, have to tell."""
    record_change(event.action, event.subject, by=event.by, before=event.before, after=event.after, reason=event.reason)


def note_hires(event: EmployeesHired) -> None:
    for employee in event.employees:
        after: dict[str, object] = {"number": employee.number, "name": employee.name}
        if employee.user_id:
            after |= {"email": employee.email, "user_id": employee.user_id, "roles": [Role.LMS_STUDENT.value]}
        record_change("hire", ("employee", employee.id), by=event.by, after=after)


def note_employee_change(event: EmployeeChanged) -> None:
    record_change("change", ("employee", event.employee.id), by=event.by, before=event.before, after=event.after)


def note_leaving(event: EmployeeLeft) -> None:
    after = {"status": "left", "left_on": event.employee.left_on}
    record_change("leave", ("employee", event.employee.id), by=event.by, before={"status": "active"}, after=after)


def note_roster(event: RosterApplied) -> None:
    after = {"file": event.run.file_name, **event.run.counts}
    record_change("apply roster", ("roster_run", event.run.id), by=event.by, after=after)


def note_settings(event: SettingsChanged) -> None:
    record_change(
        "settings changed", ("settings", 0), by=event.by, before=event.before, after=event.after, reason=event.reason
    )
