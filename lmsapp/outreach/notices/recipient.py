"""To whom: what a letter needs to know of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role


@dataclass(frozen=True, slots=True)
class Recipient:
    """`address` None: has no e-mail. `language` is a code ('en'), `zone` an IANA name, `mobile` where text
    messages go."""

    name: str
    address: str | None
    user_id: int | None = None
    employee_id: int | None = None
    language: str = "en"
    zone: str = "UTC"
    mobile: str | None = None


def recipient_of(employee: Employee) -> Recipient:
    """The employee as a recipient."""
    return Recipient(
        name=employee.name,
        address=employee.email,
        user_id=employee.user_id,
        employee_id=employee.id,
        language=employee.language,
        zone=employee.time_zone,
        mobile=employee.mobile,
    )


def recipient_for(user: User, *, employee_id: int | None = None, zone: str = "UTC") -> Recipient:
    """A user as a recipient, for letters about the account."""
    return Recipient(user.name, user.email, user.id, employee_id, user.language, zone)


def moderators(*, but: int) -> list[Recipient]:
    """Everybody who moderates, except the employee of that id."""
    return users_where(User.id.in_(select(UserRole.user_id).where(UserRole.role == Role.MODERATOR.value)), but=but)


def users_where(condition: ColumnElement[bool], *, but: int) -> list[Recipient]:
    """Active users by id, except the employee of the id `but`; as employees where they are some."""
    people: Sequence[Any] = db.session.execute(
        select(User, Employee)
        .outerjoin(Employee, Employee.user_id == User.id)
        .where(User.active, condition)
        .order_by(User.id)
    ).all()
    return [
        recipient_of(employee) if employee else recipient_for(user)
        for user, employee in people
        if employee is None or employee.id != but
    ]
