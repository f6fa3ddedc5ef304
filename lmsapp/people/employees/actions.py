"""Hire and change, one at a time; see `leaving` for those who go, `many` and `roster` for many at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.accounts.actions import add_roles, invite
from lmsapp.people.employees.account import follow_record, give_account, user_for
from lmsapp.people.employees.events import EmployeeChanged, EmployeesHired, OwnMobileChanged
from lmsapp.people.employees.facts import checked_facts
from lmsapp.people.employees.leaving import come_back, leave, leave_all
from lmsapp.people.employees.line import join_line, rebuild_reporting_line
from lmsapp.people.employees.models import Employee
from lmsapp.people.employees.rules import clean_mobile, sort_name, split_name
from lmsapp.people.organisation.naming import department_named, note_words, usual_words
from lmsapp.people.organisation.queries import department_tree, spellings
from lmsapp.people.organisation.rules import Kind
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer

__all__ = [
    "EmployeeFacts",
    "come_back",
    "hire",
    "leave",
    "leave_all",
    "rebuild_reporting_line",
    "update_employee",
    "user_for",
]

WORDS = tuple(kind.value for kind in Kind)
# An id, and the name under which the trail says what it means.
TOLD = {"department_id": "department", "manager_id": "manager", "hr_partner_id": "hr_partner"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeFacts:
    """What is known of somebody when they start. `time_zone` is an IANA name; `department` a name or path, made when
    new."""

    number: str
    name: str
    time_zone: str
    email: str | None = None
    mobile: str | None = None
    department: str | None = None
    job_role: str = ""
    location: str = ""
    region: str = ""
    cohort: str = ""
    hire_date: dt.date | None = None
    manager: Employee | None = None
    hr_partner: Employee | None = None
    language: str = "en"
    sort_name: str = field(default="")


COPIED = ("number", "name", "email", "mobile", *WORDS, "hire_date", "time_zone", "language")


def hire(facts: EmployeeFacts, by: Viewer | None, *, invited: bool = True) -> Employee:
    """A new employee; with an e-mail also the user, the LMS Student role and, unless `invited` is false, the letter.

    Raises RuleBroken when the number is taken, the e-mail by another employee, or a fact cannot be one.
    """
    told = checked_facts({name: getattr(facts, name) for name in COPIED})
    told |= usual_words({kind: told[kind] for kind in WORDS}, spellings())
    _refuse_taken_number(told["number"])
    user = user_for(told["email"], told["name"], told["language"]) if told["email"] else None
    employee = Employee(
        **told,
        sort_name=facts.sort_name or sort_name(*split_name(told["name"])),
        department_id=department_named(facts.department).id if facts.department else None,
        manager_id=facts.manager.id if facts.manager else None,
        hr_partner_id=facts.hr_partner.id if facts.hr_partner else None,
        user_id=user.id if user else None,
    )
    db.session.add(employee)
    db.session.flush()
    join_line(employee)
    note_words((kind, told[kind]) for kind in WORDS)
    if user:
        add_roles([user.id], Role.LMS_STUDENT, by)
        if invited and user.password_hash is None:
            invite(user)
    emit(EmployeesHired((employee,), by))
    return employee


def update_employee(employee: Employee, changes: dict[str, Any], by: Viewer | None, reason: str = "") -> dict[str, Any]:
    """Set columns of the record; a new manager moves the whole line below, a first e-mail brings an account (ORG-4).

    Returns what differed, as it is now. Raises RuleBroken for a circle, a number or an address somebody has, and for
    what cannot be such a fact.
    """
    told = checked_facts(changes)
    told |= usual_words({kind: told[kind] for kind in WORDS if kind in told}, spellings())
    before = {name: getattr(employee, name) for name in told}
    after = {name: value for name, value in told.items() if value != before[name]}
    if not after:
        return {}
    if "number" in after:
        _refuse_taken_number(after["number"])
    for name, value in after.items():
        setattr(employee, name, value)
    if "name" in after and "sort_name" not in after:
        employee.sort_name = sort_name(*split_name(employee.name))
    _settle(employee, after, by)
    old, new = in_words({name: before[name] for name in after}), in_words(after)
    emit(EmployeeChanged(employee, by, old, new, reason.strip()))
    return after


def in_words(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the names of departments and people beside their ids, as events and the trail carry them."""
    words: dict[str, Any] = {}
    if "department_id" in values:
        words["department"] = department_tree().words(values["department_id"]) or None
    ids = {name: values[name] for name in ("manager_id", "hr_partner_id") if name in values}
    if ids:
        named = select(Employee.id, Employee.name, Employee.number).where(Employee.id.in_(filter(None, ids.values())))
        people = {row.id: f"{row.name} ({row.number})" for row in db.session.execute(named)}
        words |= {TOLD[name]: people.get(id_ or 0) for name, id_ in ids.items()}
    return {**values, **words}


def _settle(employee: Employee, after: dict[str, Any], by: Viewer | None) -> None:
    """What follows from new values: the account, the line, the lists of words."""
    if {"email", "name"} & set(after):
        if employee.user_id is None:
            give_account(employee, by)
        else:
            follow_record(employee)
    db.session.flush()
    if "manager_id" in after:
        rebuild_reporting_line()
    note_words((kind, after[kind]) for kind in WORDS if kind in after)


def change_own_mobile(employee: Employee, typed: str, by: Viewer) -> None:
    """By the employee, after the password was asked. Raises RuleBroken for what is no number, NotAllowed for others."""
    if by.employee_id != employee.id:
        raise NotAllowed(N_("You can change your own number only."))
    old, new = employee.mobile, clean_mobile(typed)
    if new != old:
        update_employee(employee, {"mobile": new}, by)
        emit(OwnMobileChanged(employee, old))


def _refuse_taken_number(number: str) -> None:
    if one_or_none(select(Employee.id).where(Employee.number == number)):
        raise RuleBroken(N_("Employee number %(number)s is taken."), field="number", number=number)
