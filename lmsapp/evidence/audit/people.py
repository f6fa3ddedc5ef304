"""What the trail keeps of people: accounts, employees, rosters (EVD-3)."""

from __future__ import annotations

from typing import Any

from lmsapp.evidence.audit.actions import record_change, record_changes
from lmsapp.people.accounts.events import AccountChanged, UsersInvited
from lmsapp.people.calendar.events import HolidaysChanged
from lmsapp.people.changes import Changed
from lmsapp.people.employees.events import EmployeeChanged, EmployeesExported, EmployeesHired, EmployeesLeft
from lmsapp.people.labels.events import StatusWordsChanged
from lmsapp.people.organisation.events import DepartmentChanged, ValueChanged, ValueRenamed
from lmsapp.people.roles import Role
from lmsapp.people.roster.events import RosterApplied, RosterFileOpened
from lmsapp.people.settings.events import SettingsChanged


def note_account_change(event: AccountChanged) -> None:
    record_change(event.action, ("user", event.user.id), by=event.by, before=event.before, after=event.after)


def note_links(event: UsersInvited) -> None:
    """That a link was made and until when it opens; never the link."""
    for action, invites in (("invited", True), ("reset link made", False)):
        made = [one for one in event.invitations if (one.purpose == "invitation") is invites]
        record_changes(action, [(("user", one.user.id), {"expires_at": one.expires_at}) for one in made], by=None)


def note_change(event: Changed) -> None:
    """Whatever areas below the trail, or beside it, have to tell."""
    record_change(event.action, event.subject, by=event.by, before=event.before, after=event.after, reason=event.reason)


def note_hires(event: EmployeesHired) -> None:
    record_changes("hire", [(("employee", employee.id), _hired(employee)) for employee in event.employees], by=event.by)


def _hired(employee: Any) -> dict[str, object]:
    after: dict[str, object] = {"number": employee.number, "name": employee.name}
    if employee.user_id:
        after |= {"email": employee.email, "user_id": employee.user_id, "roles": [Role.LMS_STUDENT.value]}
    return after


def note_employee_change(event: EmployeeChanged) -> None:
    """In words: of departments and people the trail keeps the names of that day, not the ids beside them."""
    before, after = _in_words(event.before), _in_words(event.after)
    record_change(
        "change", ("employee", event.employee.id), by=event.by, before=before, after=after, reason=event.reason
    )


def note_leavers(event: EmployeesLeft) -> None:
    before = {"status": "active"}
    for employee in event.employees:
        after = {"status": "left", "left_on": employee.left_on}
        subject = ("employee", employee.id)
        record_change("leave", subject, by=event.by, before=before, after=after, reason=event.reason)


def note_roster(event: RosterApplied) -> None:
    after = {"file": event.run.file_name, **event.run.counts}
    record_change("apply roster", ("roster_run", event.run.id), by=event.by, after=after)


def note_roster_file(event: RosterFileOpened) -> None:
    record_change("opened", ("roster_run", event.run.id), by=event.by, after={"file": event.run.file_name})


def note_settings(event: SettingsChanged) -> None:
    record_change(
        "settings changed", ("settings", 0), by=event.by, before=event.before, after=event.after, reason=event.reason
    )


def note_status_words(event: StatusWordsChanged) -> None:
    record_change(
        "status words changed", event.subject, by=event.by, before=event.before, after=event.after, reason=event.reason
    )


def note_department(event: DepartmentChanged) -> None:
    record_change(
        event.action, ("department", event.department_id), by=event.by, before=event.before, after=event.after
    )


def note_value(event: ValueChanged) -> None:
    subject = ("organisation_value", event.value_id)
    list_name = {"list": event.kind.replace("_", " ")}
    record_change(event.action, subject, by=event.by, before=event.before, after={**event.after, **list_name})


def note_renaming(event: ValueRenamed) -> None:
    after = {"name": event.after, "people": event.people, "list": event.kind.replace("_", " ")}
    action = "word merged" if event.merged else "word renamed"
    subject = ("organisation_value", event.value_id)
    record_change(action, subject, by=event.by, before={"name": event.before}, after=after)


def note_holidays(event: HolidaysChanged) -> None:
    before = {day.isoformat(): name for day, name in event.removed}
    after = {day.isoformat(): name for day, name in event.added}
    record_change("holidays changed", ("holidays", 0), by=event.by, before=before, after=after)


def note_export(event: EmployeesExported) -> None:
    record_change("employees exported", ("employees", 0), by=event.by, after={"people": event.people, **event.asked})


def _in_words(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not name.endswith("_id")}
