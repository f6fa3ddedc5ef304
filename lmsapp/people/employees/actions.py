"""Hire, change, leave; departments; the closed reporting line. One of each here, many at once in `roster`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts.actions import add_roles, invite, reactivate, shut, strip_roles
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import user_by_email
from lmsapp.people.accounts.rules import clean_email
from lmsapp.people.changes import Changed
from lmsapp.people.employees.events import EmployeeChanged, EmployeeLeft, EmployeesHired
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.employees.rules import find_circle, sort_name, split_name
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer

# Every manager above every employee, as it should be, set against what is stored: one statement, and only what differs
# is written. `find_circle` has refused circles before, the depth is bounded all the same.
REBUILD = text(
    """
    WITH RECURSIVE line (manager_id, employee_id, depth) AS (
        SELECT manager_id, id, 1 FROM employee WHERE manager_id IS NOT NULL
        UNION ALL
        SELECT above.manager_id, line.employee_id, line.depth + 1
        FROM line JOIN employee above ON above.id = line.manager_id
        WHERE above.manager_id IS NOT NULL AND line.depth < 100
    ), gone AS (
        DELETE FROM reporting_line old WHERE NOT EXISTS (
            SELECT 1 FROM line WHERE line.manager_id = old.manager_id AND line.employee_id = old.employee_id)
    )
    INSERT INTO reporting_line (manager_id, employee_id, depth) SELECT manager_id, employee_id, depth FROM line
    ON CONFLICT (manager_id, employee_id) DO UPDATE SET depth = excluded.depth
    WHERE reporting_line.depth <> excluded.depth
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeFacts:
    """What is known of somebody when they start. `time_zone` is an IANA name; `department` a name, made when new."""

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


def hire(facts: EmployeeFacts, by: Viewer | None, *, invited: bool = True) -> Employee:
    """A new employee; with an e-mail also the user, the LMS Student role and, unless `invited` is false, the letter.

    Raises RuleBroken when the number is taken, or the e-mail by another employee.
    """
    number = facts.number.strip()
    if not number or not facts.name.strip():
        raise RuleBroken(N_("An employee needs a number and a name."), field="number")
    if one_or_none(select(Employee.id).where(Employee.number == number)):
        raise RuleBroken(N_("Employee number %(number)s is taken."), field="number", number=number)
    email = clean_email(facts.email) if facts.email else None
    user = user_for(email, facts.name.strip(), facts.language) if email else None
    employee = Employee(
        number=number,
        name=facts.name.strip(),
        sort_name=facts.sort_name or sort_name(*split_name(facts.name)),
        email=email,
        department_id=department_named(facts.department).id if facts.department else None,
        manager_id=facts.manager.id if facts.manager else None,
        hr_partner_id=facts.hr_partner.id if facts.hr_partner else None,
        user_id=user.id if user else None,
        **{name: getattr(facts, name) for name in COPIED},
    )
    db.session.add(employee)
    db.session.flush()
    _join_line(employee)
    if user:
        add_roles([user.id], Role.LMS_STUDENT, by)
        if invited and user.password_hash is None:
            invite(user)
    emit(EmployeesHired((employee,), by))
    return employee


COPIED = ("mobile", "job_role", "location", "region", "cohort", "hire_date", "time_zone", "language")


def update_employee(employee: Employee, changes: dict[str, Any], by: Viewer | None) -> None:
    """Set columns of the record; a new manager moves the whole line below. Raises RuleBroken for a circle."""
    before = {name: getattr(employee, name) for name in changes}
    after = {name: value for name, value in changes.items() if value != before[name]}
    if not after:
        return
    for name, value in after.items():
        setattr(employee, name, value)
    if "name" in after and "sort_name" not in after:
        employee.sort_name = sort_name(*split_name(employee.name))
    db.session.flush()
    if "manager_id" in after:
        rebuild_reporting_line()
    emit(EmployeeChanged(employee, by, {name: before[name] for name in after}, after))


def leave(employee: Employee, left_on: dt.date, by: Viewer | None) -> None:
    """Access ends at once, roles beyond learning go; every record stays. The people below keep their line (ORG-5)."""
    if employee.status == "left":
        return
    employee.status, employee.left_on = "left", left_on
    user = db.session.get(User, employee.user_id) if employee.user_id else None
    if user:
        strip_roles(user, keep=Role.LMS_STUDENT, by=by)
        shut(user)
    emit(EmployeeLeft(employee, by))


def come_back(employee: Employee, by: Viewer | None) -> None:
    """Somebody who left works here again: the same record, the same account."""
    employee.status, employee.left_on = "active", None
    user = db.session.get(User, employee.user_id) if employee.user_id else None
    if user:
        reactivate(user, by)


def user_for(email: str, name: str, language: str) -> User:
    """The account of that address, made when there is none. Raises RuleBroken when another employee has it."""
    user = user_by_email(email)
    if user is None:
        user = User(email=email, name=name, language=language)
        db.session.add(user)
        db.session.flush()
    elif one_or_none(select(Employee.id).where(Employee.user_id == user.id)):
        raise RuleBroken(N_("%(email)s belongs to another employee."), field="email", email=email)
    return user


def department_named(name: str) -> Department:
    """The department of that name at the top of the tree, made when there is none."""
    return departments_named([name])[name.strip()]


def departments_named(names: Iterable[str]) -> dict[str, Department]:
    """The same for many: name -> department."""
    wanted = sorted({name.strip() for name in names if name.strip()})
    if wanted:
        rows = [{"name": name, "parent_id": None} for name in wanted]
        made = insert(Department).on_conflict_do_nothing().returning(Department.id, Department.name)
        for department_id, name in db.session.execute(made, rows).all():
            emit(Changed("created", ("department", department_id), after={"name": name}))
    found = db.session.scalars(select(Department).where(Department.name.in_(wanted), Department.parent_id.is_(None)))
    return {department.name: department for department in found}


def rebuild_reporting_line() -> None:
    """Make the closed line agree with `manager_id` everywhere. Raises RuleBroken naming the people of a circle."""
    db.session.flush()
    pairs = db.session.execute(select(Employee.id, Employee.manager_id).where(Employee.manager_id.is_not(None)))
    circle = find_circle({pair.id: pair.manager_id for pair in pairs})
    if circle:
        names = db.session.scalars(select(Employee.name).where(Employee.id.in_(circle)).order_by(Employee.sort_name))
        raise RuleBroken(
            N_("These people would report to each other in a circle: %(names)s."),
            field="manager_id",
            names=", ".join(names),
        )
    db.session.execute(REBUILD)


def _join_line(employee: Employee) -> None:
    """Nobody reports to somebody new, so their own line is all there is to write."""
    if employee.manager_id is None:
        return
    above = select(ReportingLine.manager_id, ReportingLine.depth).where(
        ReportingLine.employee_id == employee.manager_id
    )
    line = [{"manager_id": m, "employee_id": employee.id, "depth": d + 1} for m, d in db.session.execute(above)]
    line.append({"manager_id": employee.manager_id, "employee_id": employee.id, "depth": 1})
    db.session.execute(insert(ReportingLine), line)
