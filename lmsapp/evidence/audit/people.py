"""What the trail keeps of people: accounts, employees, rosters (EVD-3)."""

from __future__ import annotations

from lmsapp.evidence.audit.actions import record_change
from lmsapp.people.accounts.events import AccountChanged
from lmsapp.people.employees.events import EmployeeChanged, EmployeesHired, EmployeesLeft
from lmsapp.people.roster.events import RosterApplied, RosterFileOpened
from lmsapp.people.settings.events import SettingsChanged


def note_account_change(event: AccountChanged) -> None:
    record_change(event.action, ("user", event.user.id), by=event.by, before=event.before, after=event.after)


def note_hires(event: EmployeesHired) -> None:
    for employee in event.employees:
        after = {"number": employee.number, "name": employee.name}
        record_change("hire", ("employee", employee.id), by=event.by, after=after)


def note_employee_change(event: EmployeeChanged) -> None:
    record_change("change", ("employee", event.employee.id), by=event.by, before=event.before, after=event.after)


def note_leavers(event: EmployeesLeft) -> None:
    for employee in event.employees:
        after = {"status": "left", "left_on": employee.left_on}
        record_change("leave", ("employee", employee.id), by=event.by, before={"status": "active"}, after=after)


def note_roster(event: RosterApplied) -> None:
    after = {"file": event.run.file_name, **event.run.counts}
    record_change("apply roster", ("roster_run", event.run.id), by=event.by, after=after)


def note_roster_file(event: RosterFileOpened) -> None:
    record_change("opened", ("roster_run", event.run.id), by=event.by, after={"file": event.run.file_name})


def note_settings(event: SettingsChanged) -> None:
    record_change(
        "settings changed", ("settings", 0), by=event.by, before=event.before, after=event.after, reason=event.reason
    )
