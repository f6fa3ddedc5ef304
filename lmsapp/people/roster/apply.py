"""A plan made true: many people at once, in few statements and batches. See `employees.actions` for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm.attributes import set_committed_value

from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts.actions import add_roles, invite_all
from lmsapp.people.accounts.events import AccountChanged
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.account import is_by_link
from lmsapp.people.employees.actions import come_back, leave_all, rebuild_reporting_line
from lmsapp.people.employees.events import EmployeeChanged, EmployeesHired
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.naming import departments_named, note_words
from lmsapp.people.roles import Role
from lmsapp.people.roster.people import Person
from lmsapp.people.roster.plan import Mover, Plan
from lmsapp.people.roster.table import Tell, say_nothing
from lmsapp.people.viewer import Viewer

# One statement sets every manager, whatever the order of the lines.
SET_MANAGERS = text(
    """
    UPDATE employee SET manager_id = boss.id
    FROM unnest(CAST(:numbers AS text[]), CAST(:managers AS text[])) AS told (number, manager)
    LEFT JOIN employee boss ON boss.number = told.manager
    WHERE employee.number = told.number AND employee.manager_id IS DISTINCT FROM boss.id
    RETURNING employee.id, employee.manager_id
    """
)
PLAIN = ("mobile", "job_role", "location", "region", "cohort")
CHUNK = 2000


def apply_changes(plan: Plan, by: Viewer | None, *, zone: str, today: dt.date, tell: Tell = say_nothing) -> None:
    """Leavers first, so that their addresses and accounts are free; the line is rebuilt once, events come last."""
    people = len(plan.leavers) + len(plan.movers) + len(plan.joiners)
    leave_all(_employees(leaver.known.id for leaver in plan.leavers), today, by)
    tell(len(plan.leavers), people)
    departments = departments_named(_departments_in(plan))
    moved = _move(plan.movers, departments, by)
    joined = [_new_employee(person, departments, zone) for person in plan.joiners]
    db.session.add_all(joined)
    db.session.flush()
    tell(people // 3, people)
    newly_invited = _give_accounts([*moved, *joined], by)
    note_words((kind, getattr(employee, kind)) for employee in (*moved, *joined) for kind in PLAIN[1:])
    db.session.flush()
    _set_managers([*plan.joiners, *(mover.person for mover in plan.movers)])
    rebuild_reporting_line()
    for at in range(0, len(newly_invited), CHUNK):
        tell(people // 2, people)
        invite_all(newly_invited[at : at + CHUNK])
    tell(people * 3 // 4, people)
    if joined:
        emit(EmployeesHired(tuple(joined), by))
    for employee, mover in zip(moved, plan.movers, strict=True):
        before = {name: change[0] for name, change in mover.changes.items()}
        emit(EmployeeChanged(employee, by, before, {name: change[1] for name, change in mover.changes.items()}))


def _new_employee(person: Person, departments: dict[str, Department], zone: str) -> Employee:
    told = person.values
    return Employee(
        number=person.number,
        name=told["name"],
        sort_name=told["sort_name"],
        email=told.get("email"),
        hire_date=told.get("hire_date"),
        time_zone=told.get("time_zone") or zone,
        language=told.get("language") or "en",
        department_id=_department_id(told.get("department"), departments),
        **{name: told.get(name) or (None if name == "mobile" else "") for name in PLAIN},
    )


def _move(movers: list[Mover], departments: dict[str, Department], by: Viewer | None) -> list[Employee]:
    """In the order of the movers. Addresses that change are emptied first: two people may swap theirs."""
    found = {employee.id: employee for employee in _employees(mover.known.id for mover in movers)}
    moved = [found[mover.known.id] for mover in movers]
    # One statement loads the accounts that come back; `come_back` then finds them in the session.
    _kept = _users(User.id, (e.user_id for e in moved if e.status == "left" and e.user_id))
    for employee, mover in zip(moved, movers, strict=True):
        if "email" in mover.changes:
            employee.email = None
    db.session.flush()
    for employee, mover in zip(moved, movers, strict=True):
        after = {name: change[1] for name, change in mover.changes.items()}
        if after.pop("status", None):
            come_back(employee, by)
        if "department" in after:
            employee.department_id = _department_id(after.pop("department"), departments)
        if "name" in after:
            employee.sort_name = mover.person.values["sort_name"]
        after.pop("manager_number", None)
        for name, value in after.items():
            setattr(employee, name, value or (None if name in ("email", "mobile") else ""))
    return moved


def _give_accounts(employees: Sequence[Employee], by: Viewer | None) -> list[User]:
    """Everybody with an e-mail gets a user and the LMS Student role (ORG-4). Returns whom to invite."""
    with_account = {user.id: user for user in _users(User.id, (e.user_id for e in employees if e.user_id))}
    by_link = [user for user in with_account.values() if is_by_link(user)]  # until now nothing else entered it
    _follow_addresses([e for e in employees if e.user_id in with_account], with_account, by)
    first = [user for user in by_link if not is_by_link(user)]
    wanting = [e for e in employees if e.email and not e.user_id]
    by_email = {user.email.lower(): user for user in _users(func.lower(User.email), (e.email for e in wanting))}
    _refuse_linked(by_email.values())
    new = {e.email: User(email=e.email, name=e.name, language=e.language) for e in wanting if e.email not in by_email}
    db.session.add_all(new.values())
    db.session.flush()
    for employee in wanting:
        user = new.get(employee.email) or by_email[employee.email or ""]
        employee.user_id = user.id
    add_roles([e.user_id for e in wanting if e.user_id], Role.LMS_STUDENT, by)
    return [user for user in (*new.values(), *by_email.values(), *first) if user.active and user.password_hash is None]


def _follow_addresses(employees: list[Employee], users: dict[int, User], by: Viewer | None) -> None:
    """The account takes the name and, for plain learners who chose none of their own, the new address of the record.

    Who holds more than the LMS Student role keeps the address they sign in with: otherwise a roster could hand an
    administrator's account to whoever reads the new mailbox. People and roles is the place for that.
    """
    privileged = set(db.session.scalars(select(UserRole.user_id).where(UserRole.role != Role.LMS_STUDENT.value)))
    in_step = [e for e in employees if e.user_id and not users[e.user_id].own_email]
    changed = [e for e in in_step if e.email and users[e.user_id or 0].email.lower() != e.email]
    taken = {user.email.lower() for user in _users(func.lower(User.email), (e.email for e in changed))}
    for employee in employees:
        users[employee.user_id or 0].name = employee.name
    for employee in changed:
        if employee.email in taken:
            raise RuleBroken(N_("%(email)s belongs to another employee."), email=employee.email)
        if employee.user_id not in privileged:
            user = users[employee.user_id or 0]
            before, user.email = user.email, employee.email or ""
            emit(AccountChanged(user, "change e-mail", by, {"email": before}, {"email": user.email}))


def _refuse_linked(users: Iterable[User]) -> None:
    linked = select(User.email).join(Employee, Employee.user_id == User.id)
    if email := db.session.scalar(linked.where(User.id.in_([user.id for user in users])).limit(1)):
        raise RuleBroken(N_("%(email)s belongs to another employee."), email=email)


def _set_managers(people: list[Person]) -> None:
    told = [person for person in people if person.tells_manager]
    values = {"numbers": [person.number for person in told], "managers": [person.manager_number for person in told]}
    for employee_id, manager_id in db.session.execute(SET_MANAGERS, values):
        if loaded := db.session.identity_map.get(db.session.identity_key(Employee, employee_id)):
            set_committed_value(loaded, "manager_id", manager_id)


def _employees(ids: Iterable[int]) -> list[Employee]:
    wanted = list(ids)
    chunks = (wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK))
    return [e for chunk in chunks for e in db.session.scalars(select(Employee).where(Employee.id.in_(chunk)))]


def _users(column: Any, values: Iterable[Any]) -> list[User]:
    wanted = list(values)
    chunks = (wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK))
    return [user for chunk in chunks for user in db.session.scalars(select(User).where(column.in_(chunk)))]


def _departments_in(plan: Plan) -> Iterable[str]:
    people = [*plan.joiners, *(mover.person for mover in plan.movers)]
    return (person.values.get("department") or "" for person in people)


def _department_id(name: str | None, departments: dict[str, Department]) -> int | None:
    return departments[name].id if name else None
