"""What changes accounts. Everything that narrows access ends the sessions of that user at once."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.accounts import passwords, throttle
from lmsapp.people.accounts.events import AccountChanged, UserInvited, UsersInvited
from lmsapp.people.accounts.models import SignInLink, User, UserRole
from lmsapp.people.accounts.queries import count_holders, roles_of, token_hash, user_by_email, user_by_link
from lmsapp.people.accounts.rules import (
    LINK_LIFETIME,
    LINKS_PER_ACCOUNT,
    Purpose,
    check_password,
    clean_email,
    may_hand_out,
)
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer


def create_user(email: str, name: str, *, by: Viewer | None, language: str = "en") -> User:
    """A new account without password and roles. Raises RuleBroken when the address has one already."""
    email = clean_email(email)
    if not name.strip():
        raise RuleBroken(N_("Enter a name."), field="name")
    if user_by_email(email) is not None:
        raise RuleBroken(N_("%(email)s has an account already."), field="email", email=email)
    user = User(email=email, name=name.strip(), language=language)
    db.session.add(user)
    db.session.flush()
    emit(AccountChanged(user, "create account", by, after={"email": email, "name": user.name}))
    return user


def invite(user: User) -> str:
    """A fresh invitation link; earlier ones stop working. The letter follows from the event. Returns the token."""
    return invite_all([user])[0]


def invite_all(users: list[User]) -> list[str]:
    """The same for many, with two statements instead of two for each."""
    return _make_links(users, Purpose.INVITATION)


def ask_for_reset(email: str, address: str) -> None:
    """A reset link, if that address has an active account; nobody is told whether it has. Raises TooManyTries.

    Without an account everything is done for a stand-in and undone, so that the time it takes tells nothing either.
    """
    throttle.book({throttle.account_key(email, "reset"): LINKS_PER_ACCOUNT, f"reset-from/{address}": 30})
    user = user_by_email(email)
    if user is not None and user.active:
        _make_links([user], Purpose.RESET)
        return
    with db.session.begin_nested() as savepoint:
        stand_in = User(email=f"{secrets.token_hex(8)}@nobody.invalid", name="", active=True)
        db.session.add(stand_in)
        db.session.flush()
        _make_links([stand_in], Purpose.RESET)
        savepoint.rollback()


def use_link(token: str, purpose: Purpose, password: str) -> User:
    """Set a password by a link, which is spent by it. Raises RuleBroken for a spent, expired or unknown link."""
    found = user_by_link(token, purpose, lock=True)
    if found is None:
        raise RuleBroken(N_("This link has been used or has expired. Ask for a new one."))
    user, link = found
    set_password(user, password)
    link.used_at = clock.now()
    return user


def set_password(user: User, password: str, by: Viewer | None = None) -> None:
    """A new password; every session and every open link of the user ends. Raises RuleBroken for a weak one."""
    check_password(password, about=(user.email, user.name))
    user.password_hash = passwords.make_hash(password)
    _spend_links([user.id])
    end_sessions(user)
    emit(AccountChanged(user, "set password", by))


def change_password(user: User, old: str, new: str, address: str, by: Viewer) -> None:
    """By its owner, who knows the old one. Raises RuleBroken; wrong tries count as failed sign-ins."""
    confirm_password(user, old, address, field="old_password")
    set_password(user, new, by)


def confirm_password(user: User, password: str, address: str, *, field: str = "password") -> None:
    """Whoever sits there knows the password: asked before signing and before an address changes (ASVS 7.5.1, 7.5.3).

    `address` is where the request came from. Raises RuleBroken (`field`); wrong tries count as failed sign-ins, so
    TooManyTries at the limit.
    """
    throttle.book_try(user.email, address)
    if not passwords.matches(password, user.password_hash):
        raise RuleBroken(N_("This is not your present password."), field=field)
    throttle.give_back(user.email, address)


def note_sign_in(user: User, password: str) -> None:
    """After a successful sign-in: when it was, and a fresh hash where the old one is of another profile."""
    user.last_sign_in_at = clock.now()
    if user.password_hash and passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.make_hash(password)


def set_language(user: User, language: str) -> None:
    """How pages and letters speak to this user."""
    user.language = language


def end_sessions(user: User) -> None:
    """Every session of the user is over with the next request."""
    user.session_epoch = User.session_epoch + 1
    db.session.flush()
    db.session.refresh(user, ["session_epoch"])


def sign_out_everywhere(user: User, by: Viewer | None) -> None:
    """Asked for by the user: no session is left."""
    end_sessions(user)
    emit(AccountChanged(user, "sign out everywhere", by))


def grant_role(user: User, role: Role, by: Viewer | None) -> None:
    """Give a role. `by` None is the command line. Raises NotAllowed beyond the giver's own grants or to oneself."""
    _may_hand_out(user, role, by)
    held = roles_of(user.id)
    if role in held:
        return
    add_roles([user.id], role, by)
    end_sessions(user)
    emit(AccountChanged(user, "give role", by, _words(held), _words(held | {role})))


def revoke_role(user: User, role: Role, by: Viewer | None) -> None:
    """Take a role. Raises NotAllowed as `grant_role` does, RuleBroken for the last System Manager."""
    _may_hand_out(user, role, by)
    held = roles_of(user.id)
    if role not in held:
        return
    if role is Role.SYSTEM_MANAGER:
        _keep_one_manager(user)
    db.session.execute(delete(UserRole).where(UserRole.user_id == user.id, UserRole.role == role.value))
    end_sessions(user)
    emit(AccountChanged(user, "take role", by, _words(held), _words(held - {role})))


def add_roles(user_ids: list[int], role: Role, by: Viewer | None) -> None:
    """Write the role for users who may hold it already; no check, no event: for hiring."""
    rows = [{"user_id": u, "role": role.value, "granted_by_id": by.user_id if by else None} for u in user_ids]
    if rows:
        db.session.execute(insert(UserRole).on_conflict_do_nothing(), rows)


def strip_roles(user: User, *, keep: Role, by: Viewer | None) -> None:
    """Everything but one role goes: for leavers."""
    gone = delete(UserRole).where(UserRole.user_id == user.id, UserRole.role != keep.value).returning(UserRole.role)
    if taken := sorted(db.session.scalars(gone)):
        emit(AccountChanged(user, "take role", by, {"roles": taken}, {"roles": []}))


def deactivate(user: User, by: Viewer | None) -> None:
    """No access from now on; what the user did stays.

    Raises NotAllowed for oneself, RuleBroken for the last System Manager.
    """
    if by is not None and by.user_id == user.id:
        raise NotAllowed(N_("You cannot deactivate your own account. Ask another system manager."))
    if not user.active:
        return
    if Role.SYSTEM_MANAGER in roles_of(user.id):
        _keep_one_manager(user)
    shut(user)
    emit(AccountChanged(user, "deactivate account", by, {"active": True}, {"active": False}))


def reactivate(user: User, by: Viewer | None) -> None:
    """Access again, with the roles still held and the old password."""
    if user.active:
        return
    user.active = True
    emit(AccountChanged(user, "activate account", by, {"active": False}, {"active": True}))


def shut(user: User) -> None:
    """End access at once: sessions and open links. For leavers too, whose event tells the reason."""
    user.active = False
    _spend_links([user.id])
    end_sessions(user)


def _make_links(users: list[User], purpose: Purpose) -> list[str]:
    if not all(user.active for user in users):
        raise RuleBroken(N_("This account is not active. Activate it first."))
    expires_at = clock.now() + LINK_LIFETIME[purpose]
    _spend_links([user.id for user in users], purpose)
    tokens = [secrets.token_urlsafe(32) for _user in users]
    links = [
        SignInLink(user_id=user.id, purpose=purpose.value, token_hash=token_hash(token), expires_at=expires_at)
        for user, token in zip(users, tokens, strict=True)
    ]
    db.session.add_all(links)
    db.session.flush()
    invitations = (
        UserInvited(user, f"/{purpose.value}/{token}", purpose.value, link.id, expires_at)
        for user, token, link in zip(users, tokens, links, strict=True)
    )
    emit(UsersInvited(tuple(invitations)))
    return tokens


def _spend_links(user_ids: list[int], purpose: Purpose | None = None) -> None:
    statement = update(SignInLink).where(SignInLink.user_id.in_(user_ids), SignInLink.used_at.is_(None))
    if purpose:
        statement = statement.where(SignInLink.purpose == purpose.value)
    db.session.execute(statement.values(used_at=clock.now()), execution_options={"synchronize_session": "fetch"})


def _may_hand_out(user: User, role: Role, by: Viewer | None) -> None:
    if by is None:
        return
    if by.user_id == user.id:
        raise NotAllowed(N_("You cannot change your own roles. Ask another system manager."))
    if not may_hand_out(by, user.id, role):
        raise NotAllowed(N_("You cannot give or take a role that may do more than you."))


def _keep_one_manager(user: User) -> None:
    if user.active and count_holders(Role.SYSTEM_MANAGER) <= 1:
        raise RuleBroken(N_("%(name)s is the only System Manager. Give somebody else the role first."), name=user.name)


def _words(roles: frozenset[Role]) -> dict[str, list[str]]:
    return {"roles": sorted(role.value for role in roles)}
