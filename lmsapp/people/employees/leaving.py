"""Who leaves, now or on a day to come, and who comes back. Every record stays (ORG-5)."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from sqlalchemy import Date, cast, func, select, update

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.accounts.actions import invite, reactivate, shut_all
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.account import give_account
from lmsapp.people.employees.events import EmployeeChanged, EmployeesLeft
from lmsapp.people.employees.line import rebuild_reporting_line
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer

FURTHEST = dt.timedelta(days=366)
BATCH = 100

log = logging.getLogger(__name__)


def leave(
    employee: Employee, left_on: dt.date, by: Viewer | None, reason: str = "", successor: Employee | None = None
) -> None:
    """Access ends at once, roles beyond learning go; every record stays (ORG-5).

    The people below keep their line, or report to `successor`. Raises RuleBroken for the last System Manager,
    NotAllowed for oneself.
    """
    if employee.status == "left":
        return
    _may_go(employee, by)
    if successor is not None:
        hand_over(employee, successor, by, reason)
    leave_all([employee], left_on, by, reason)


def leave_all(employees: Sequence[Employee], left_on: dt.date, by: Viewer | None, reason: str = "") -> None:
    """The same for many, in a few statements. Who left before is passed over. Raises RuleBroken as `leave` does."""
    leaving = [employee for employee in employees if employee.status != "left"]
    if not leaving:
        return
    if last := last_managers(leaving):
        words = N_("%(name)s is the only System Manager. Give somebody else the role first.")
        raise RuleBroken(words, name=last[0].name)
    for employee in leaving:
        employee.status, employee.left_on = "left", left_on
        employee.leaves_on, employee.leave_reason, employee.successor_id = None, reason, None
    db.session.flush()
    gone = [employee.id for employee in leaving]
    db.session.execute(update(Department).where(Department.head_id.in_(gone)).values(head_id=None))
    shut_all([employee.user_id for employee in leaving if employee.user_id], keep=Role.LMS_STUDENT, by=by)
    emit(EmployeesLeft(tuple(leaving), by, reason))


def last_managers(leaving: Sequence[Employee]) -> list[Employee]:
    """Those among them without whom nobody would be System Manager any more."""
    held = select(UserRole.user_id).where(UserRole.user_id == User.id, UserRole.role == Role.SYSTEM_MANAGER.value)
    holders = set(db.session.scalars(select(User.id).where(User.active, held.exists())))
    found = [employee for employee in leaving if employee.user_id in holders]
    return found if found and len(found) == len(holders) else []


def plan_leaving(
    employee: Employee, last_day: dt.date, by: Viewer | None, reason: str = "", successor: Employee | None = None
) -> bool:
    """With a last day to come access ends after it; with today or a day gone by at once. Returns whether it is over.

    Raises RuleBroken (field 'last_day' or 'successor'), NotAllowed for oneself.
    """
    today = clock.today(employee.time_zone)
    if employee.status == "left":
        raise RuleBroken(N_("%(name)s has left already."), name=employee.name)
    if employee.hire_date and last_day < employee.hire_date:
        raise RuleBroken(N_("The last day lies before the day of hire."), field="last_day")
    if last_day > today + FURTHEST:
        raise RuleBroken(N_("Choose a day within a year from now."), field="last_day")
    if successor is not None:
        _check_successor(employee, successor)
    if last_day <= today:
        leave(employee, last_day, by, reason, successor)
        return True
    _may_go(employee, by)
    if last_managers([employee]):
        words = N_("%(name)s is the only System Manager. Give somebody else the role first.")
        raise RuleBroken(words, name=employee.name)
    before = {"leaves_on": employee.leaves_on}
    employee.leaves_on, employee.leave_reason = last_day, reason
    employee.successor_id = successor.id if successor else None
    db.session.flush()
    if before["leaves_on"] != last_day:
        emit(EmployeeChanged(employee, by, before, {"leaves_on": last_day}, reason))
    return False


def cancel_leaving(employee: Employee, by: Viewer | None) -> None:
    """They stay after all."""
    if employee.status == "active" and employee.leaves_on is not None:
        before = {"leaves_on": employee.leaves_on}
        employee.leaves_on, employee.leave_reason, employee.successor_id = None, "", None
        emit(EmployeeChanged(employee, by, before, {"leaves_on": None}))


def leave_due() -> int:
    """End the access of those whose last day is over where they are; one batch, returns how many.

    Whoever cannot go (the only System Manager by now) stays and is logged; the others go all the same.
    """
    local_day = cast(func.timezone(Employee.time_zone, clock.now()), Date)
    due = db.session.scalars(
        select(Employee)
        .where(Employee.leaves_on.is_not(None), Employee.leaves_on < local_day, Employee.status == "active")
        .order_by(Employee.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    gone = 0
    for employee in due:
        successor = db.session.get(Employee, employee.successor_id) if employee.successor_id else None
        if successor is not None and successor.status != "active":
            successor = None
        left_on = employee.leaves_on or clock.today(employee.time_zone)
        try:
            with db.session.begin_nested():
                leave(employee, left_on, None, employee.leave_reason, successor)
            gone += 1
        except RuleBroken as refused:
            log.warning("employee %s cannot leave as planned: %s", employee.id, refused)
    return gone


def come_back(employee: Employee, by: Viewer | None) -> None:
    """Somebody who left works here again: the same record, the same account."""
    employee.status, employee.left_on, employee.leave_reason = "active", None, ""
    user = db.session.get(User, employee.user_id) if employee.user_id else None
    if user:
        reactivate(user, by)


def return_employee(employee: Employee, by: Viewer | None, reason: str = "") -> None:
    """The same by hand: with the trail, and an invitation where no password was ever chosen."""
    if employee.status != "left":
        return
    left_on = employee.left_on
    come_back(employee, by)
    db.session.flush()
    user = db.session.get(User, employee.user_id) if employee.user_id else None
    if user is None:
        give_account(employee, by)
    elif user.password_hash is None:
        invite(user)
    before, after = {"status": "left", "left_on": left_on}, {"status": "active", "left_on": None}
    emit(EmployeeChanged(employee, by, before, after, reason))


def hand_over(employee: Employee, successor: Employee, by: Viewer | None, reason: str = "") -> int:
    """Whoever reports to `employee` and works here reports to `successor`, who takes the leaver's own place if below.

    `successor` may stand any number of levels below: without moving up they would report to themselves in a circle.
    Returns how many. Raises RuleBroken for somebody who cannot lead them.
    """
    _check_successor(employee, successor)
    places: dict[Employee, Employee | None] = dict.fromkeys(_reports_of(employee), successor)
    if _stands_below(successor, employee):
        places[successor] = db.session.get(Employee, employee.manager_id) if employee.manager_id else None
    for report, boss in places.items():
        former = db.session.get_one(Employee, report.manager_id)
        report.manager_id = boss.id if boss else None
        emit(EmployeeChanged(report, by, _manager_told(former), _manager_told(boss), reason))
    rebuild_reporting_line()
    return len(places)


def _reports_of(employee: Employee) -> Sequence[Employee]:
    return db.session.scalars(
        select(Employee).where(Employee.manager_id == employee.id, Employee.status == "active").order_by(Employee.id)
    ).all()


def _stands_below(employee: Employee, above: Employee) -> bool:
    line = select(ReportingLine).where(ReportingLine.employee_id == employee.id, ReportingLine.manager_id == above.id)
    return bool(db.session.scalar(select(line.exists())))


def _manager_told(manager: Employee | None) -> dict[str, int | str | None]:
    """As the audit trail and the timeline tell it."""
    if manager is None:
        return {"manager_id": None, "manager": None}
    return {"manager_id": manager.id, "manager": f"{manager.name} ({manager.number})"}


def _check_successor(employee: Employee, successor: Employee) -> None:
    if successor.id == employee.id:
        raise RuleBroken(N_("Choose somebody else than who leaves."), field="successor")
    if successor.status != "active":
        raise RuleBroken(N_("%(name)s does not work here any more."), field="successor", name=successor.name)


def _may_go(employee: Employee, by: Viewer | None) -> None:
    if by is not None and by.employee_id == employee.id:
        raise NotAllowed(N_("You cannot mark yourself as left. Ask somebody else in HR."))
