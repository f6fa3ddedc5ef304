"""One change for many employees at once, in few statements (ORG-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts.actions import invite_all
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.actions import TOLD, in_words
from lmsapp.people.employees.events import EmployeeChanged
from lmsapp.people.employees.facts import checked_facts
from lmsapp.people.employees.leaving import last_managers, leave_all
from lmsapp.people.employees.line import rebuild_reporting_line
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.naming import note_words, usual_words
from lmsapp.people.organisation.queries import department_tree, spellings
from lmsapp.people.organisation.rules import Kind
from lmsapp.people.viewer import Viewer

CHANGEABLE = ("department_id", "job_role", "location", "region", "cohort", "manager_id", "hr_partner_id")
CHUNK = 5000
ALREADY = N_("It is so already.")


@dataclass(slots=True)
class Outcome:
    """`done` employees; `refused`: employee -> why not, with the values of the words."""

    done: list[Employee] = field(default_factory=list)
    refused: list[tuple[Employee, RuleBroken]] = field(default_factory=list)

    def refuse(self, employee: Employee, words: str, **values: Any) -> None:
        self.refused.append((employee, RuleBroken(words, **values)))


def change_many(employees: Sequence[Employee], name: str, value: Any, by: Viewer | None, reason: str = "") -> Outcome:
    """Set one of CHANGEABLE for everybody it can be set for. Raises RuleBroken when a new manager makes a circle."""
    if name not in CHANGEABLE:
        raise ValueError(name)
    outcome, value = Outcome(), _checked(name, value)
    for employee in employees:
        if why := _why_not(employee, name, value):
            outcome.refuse(employee, why)
        else:
            outcome.done.append(employee)
    before = {employee.id: getattr(employee, name) for employee in outcome.done}
    for chunk in chunks(list(before)):
        db.session.execute(
            update(Employee).where(Employee.id.in_(chunk)).values({name: value}),
            execution_options={"synchronize_session": False},
        )
    for employee in outcome.done:
        set_committed_value(employee, name, value)
    if name == "manager_id" and outcome.done:
        rebuild_reporting_line()
    _tell(outcome.done, name, before, value, by, reason)
    return outcome


def leave_many(employees: Sequence[Employee], left_on: dt.date, by: Viewer | None, reason: str = "") -> Outcome:
    """Mark them as left; who cannot go stays and is named."""
    outcome, last = Outcome(), {employee.id for employee in last_managers(employees)}
    for employee in employees:
        if employee.status != "active":
            outcome.refuse(employee, N_("Has left already."))
        elif by is not None and by.employee_id == employee.id:
            outcome.refuse(employee, N_("You cannot mark yourself as left. Ask somebody else in HR."))
        elif employee.id in last:
            outcome.refuse(employee, N_("Is the only System Manager. Give somebody else the role first."))
        else:
            outcome.done.append(employee)
    leave_all(outcome.done, left_on, by, reason)
    return outcome


def invite_many(employees: Sequence[Employee]) -> Outcome:
    """A fresh invitation for everybody who has not chosen a password yet; two statements for all."""
    outcome = Outcome()
    ids = [employee.user_id for employee in employees if employee.user_id]
    users = {u.id: u for chunk in chunks(ids) for u in db.session.scalars(select(User).where(User.id.in_(chunk)))}
    wanted = []
    for employee in employees:
        user = users.get(employee.user_id or 0)
        if employee.status != "active":
            outcome.refuse(employee, N_("Does not work here any more."))
        elif user is None:
            outcome.refuse(employee, N_("Has no e-mail address, so no account."))
        elif user.password_hash is not None:
            outcome.refuse(employee, N_("Has chosen a password already."))
        elif not user.active:
            outcome.refuse(employee, N_("The account is closed."))
        else:
            wanted.append(user)
            outcome.done.append(employee)
    if wanted:
        invite_all(wanted)
    return outcome


def chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    """Parts a statement can carry."""
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))


def _why_not(employee: Employee, name: str, value: Any) -> str:
    if employee.status != "active":
        return N_("Does not work here any more.")
    if getattr(employee, name) == value:
        return ALREADY
    if name in ("manager_id", "hr_partner_id") and value == employee.id:
        return N_("Nobody is their own manager or HR partner.")
    return ""


def _checked(name: str, value: Any) -> Any:
    if name not in set(Kind):
        return value
    told = usual_words(checked_facts({name: value}), spellings())
    note_words(told.items())
    return told[name]


def _tell(
    employees: list[Employee], name: str, before: dict[int, Any], value: Any, by: Viewer | None, reason: str
) -> None:
    old = _words(name, set(before.values()))
    new = in_words({name: value})
    for employee in employees:
        emit(EmployeeChanged(employee, by, old[before[employee.id]], new, reason))


def _words(name: str, values: set[Any]) -> dict[Any, dict[str, Any]]:
    """What each former value is called; one statement for all of them."""
    if name == "department_id":
        tree = department_tree()
        return {value: {name: value, "department": tree.words(value) or None} for value in values}
    if name not in TOLD:
        return {value: {name: value} for value in values}
    people: dict[int, str] = {}
    for chunk in chunks([value for value in values if value]):
        named = select(Employee.id, Employee.name, Employee.number).where(Employee.id.in_(chunk))
        people |= {row.id: f"{row.name} ({row.number})" for row in db.session.execute(named)}
    return {value: {name: value, TOLD[name]: people.get(value or 0)} for value in values}
