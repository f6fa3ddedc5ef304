"""The account that belongs to an employee: made on day one, kept in step with the record (ORG-4)."""

from __future__ import annotations

from sqlalchemy import func, select

from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts.actions import add_roles, invite
from lmsapp.people.accounts.events import AccountChanged
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import roles_of, user_by_email
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer

NO_MAILBOX = "no-mail.invalid"  # RFC 2606: no letter ever arrives there, and nobody can have such an address


def user_for(email: str, name: str, language: str, *, but: int | None = None) -> User:
    """The account of that address, made when there is none. `but`: whose address it may be already.

    Raises RuleBroken when another employee has it.
    """
    _refuse_taken(email, but)
    user = user_by_email(email)
    if user is None:
        user = User(email=email, name=name, language=language)
        db.session.add(user)
        db.session.flush()
    elif one_or_none(select(Employee.id).where(Employee.user_id == user.id)):
        raise _belongs(email)
    return user


def give_account(employee: Employee, by: Viewer | None) -> None:
    """With an e-mail: user, LMS Student role and invitation. Does nothing without one, or for somebody who left."""
    if employee.email is None or employee.user_id is not None or employee.status != "active":
        return
    with db.session.no_autoflush:
        user = user_for(employee.email, employee.name, employee.language, but=employee.id)
    employee.user_id = user.id
    db.session.flush()
    add_roles([user.id], Role.LMS_STUDENT, by)
    if user.active and user.password_hash is None:
        invite(user)


def account_by_link(employee: Employee) -> User:
    """The account of somebody who came by a single-use link (REM-5); made where there is no e-mail, so none yet.

    Its address leads nowhere and it has no password: nothing but another such link enters it. With a first e-mail on
    the record it becomes an account like any other. The record is locked by the caller.
    """
    if employee.user_id is not None:
        return db.session.get_one(User, employee.user_id)
    address = f"employee-{employee.id}@{NO_MAILBOX}"
    user = User(email=address, name=employee.name, language=employee.language)
    db.session.add(user)
    db.session.flush()
    employee.user_id = user.id
    add_roles([user.id], Role.LMS_STUDENT, None)
    emit(AccountChanged(user, "create account", None, after={"email": address, "name": user.name}))
    return user


def is_by_link(user: User) -> bool:
    """Whether only single-use links enter this account: it has no address yet."""
    return user.email.endswith(f"@{NO_MAILBOX}")


def follow_record(employee: Employee) -> None:
    """The account takes the name and, for plain learners, the address of the record.

    Who holds more than the LMS Student role keeps the address they sign in with: otherwise HR could hand an
    administrator's account to whoever reads the new mailbox. People and roles is the place for that. Raises RuleBroken.
    """
    user = db.session.get_one(User, employee.user_id)
    user.name = employee.name
    if employee.email is None or employee.email == user.email.lower():
        return
    with db.session.no_autoflush:
        _refuse_taken(employee.email, but=employee.id)
        other = user_by_email(employee.email)
        if other is not None and other.id != user.id:
            raise RuleBroken(N_("%(email)s signs in somebody else."), field="email", email=employee.email)
        if roles_of(user.id) <= {Role.LMS_STUDENT}:
            first = is_by_link(user)
            user.email = employee.email
            if first and user.active:
                invite(user)


def invite_again(employee: Employee, by: Viewer | None) -> None:
    """A fresh link; the one before stops working. Makes the account where there is none yet.

    Raises RuleBroken without an e-mail, for somebody who left, and for somebody who has chosen a password.
    """
    if employee.status != "active":
        raise RuleBroken(N_("%(name)s does not work here any more."), name=employee.name)
    if employee.email is None:
        raise RuleBroken(N_("%(name)s has no e-mail address. Add one first."), name=employee.name)
    if employee.user_id is None:
        give_account(employee, by)
    else:
        user = db.session.get_one(User, employee.user_id)
        if user.password_hash is not None:
            raise RuleBroken(
                N_("%(name)s has chosen a password already. They can set a new one on the sign-in page."),
                name=employee.name,
            )
        invite(user)
    emit(AccountChanged(db.session.get_one(User, employee.user_id), "invite", by))


def _refuse_taken(email: str, but: int | None = None) -> None:
    holder = one_or_none(select(Employee.id).where(func.lower(Employee.email) == email, Employee.id != (but or 0)))
    if holder is not None:
        raise _belongs(email)


def _belongs(email: str) -> RuleBroken:
    return RuleBroken(N_("%(email)s belongs to another employee."), field="email", email=email)
