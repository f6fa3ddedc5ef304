"""Departments, people, accounts and roles (ORG-2, ORG-3), hired on their days by the actions everybody uses."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, func, literal, select, update

from lmsapp.demo.accounts import PASSWORD, ROLES
from lmsapp.demo.days import START_DAYS, Days
from lmsapp.demo.moment import moment
from lmsapp.demo.people import Person, people, units
from lmsapp.infra.db import db
from lmsapp.people.accounts import passwords
from lmsapp.people.accounts.actions import grant_role
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.queries import viewer_now
from lmsapp.people.viewer import Viewer

CLINICAL_PARTNER, OTHER_PARTNER = "Geraldine Tate", "Luis Arce"
CLINICAL = ("RN", "LPN", "Technician", "Charge Nurse", "Nurse Manager")


def add_organisation(days: Days) -> None:
    """Everybody in `organisation.yaml`. One hash is computed and shared: the demo's password is one for all."""
    departments = _add_departments()
    hired: dict[str, Employee] = {}
    shared_hash = passwords.make_hash(PASSWORD)
    for person in people():
        with moment(days.at(-min(person.days, START_DAYS), 9 * 60, person.zone)):
            employee = _hire(person, hired, days)
        employee.department_id = departments[person.department].id
        hired[person.name] = employee
    users = [employee.user_id for employee in hired.values() if employee.user_id]
    ago = func.make_interval(0, 0, 0, User.id * 7 % 23, 0, User.id * 37 % 540)
    last = literal(days.at(-1, 17 * 60), DateTime(timezone=True)) - ago
    db.session.execute(update(User).where(User.id.in_(users)).values(password_hash=shared_hash, last_sign_in_at=last))
    _name_partners(hired)
    for name, role in ROLES.items():
        with moment(days.at(-START_DAYS, 10 * 60)):
            grant_role(db.session.get_one(User, hired[name].user_id), role, by=None)


def is_there() -> bool:
    """Whether the demo's people were added before."""
    return db.session.scalar(select(Employee.id).where(Employee.number == people()[0].number)) is not None


def employees() -> dict[str, Employee]:
    """By name."""
    return {employee.name: employee for employee in db.session.scalars(select(Employee))}


def viewer_of(employee: Employee) -> Viewer:
    """As whom they act."""
    viewer = viewer_now(employee.user_id or 0)
    assert viewer is not None
    return viewer


def _add_departments() -> dict[str, Department]:
    made: dict[str, Department] = {}
    for unit in units():
        made[unit.name] = Department(name=unit.name, parent_id=made[unit.parent].id if unit.parent else None)
        db.session.add(made[unit.name])
        db.session.flush()
    return made


def _hire(person: Person, hired: dict[str, Employee], days: Days) -> Employee:
    facts = EmployeeFacts(
        number=person.number,
        name=person.name,
        time_zone=person.zone,
        email=person.email,
        mobile=person.mobile,
        job_role=person.job_role,
        location=person.location,
        region=person.region,
        cohort=person.cohort,
        hire_date=days.today - dt.timedelta(days=person.days),
        manager=hired[person.manager] if person.manager else None,
        language=person.language,
    )
    return hire(facts, None, invited=False)


def _name_partners(hired: dict[str, Employee]) -> None:
    for employee in hired.values():
        partner = hired[CLINICAL_PARTNER if employee.job_role in CLINICAL else OTHER_PARTNER]
        if partner is not employee:
            employee.hr_partner_id = partner.id
    db.session.flush()
