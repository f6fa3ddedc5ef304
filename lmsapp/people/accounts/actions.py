"""What changes accounts. Everything that narrows access ends the sessions of that user at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import delete, select, update
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
    COPIES_PER_ACCOUNT,
    LINK_LIFETIME,
    Purpose,
    check_password,
    check_zone,
    clean_email,
    may_hand_out,
)
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer

ONLY_MANAGER = N_("%(name)s is the only System Manager. Give somebody else the role first.")


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


def make_link(user: User, purpose: Purpose) -> str:
    """A fresh link of that purpose. Raises RuleBroken for an account that is not active. Returns the token."""
    return _make_links([user], purpose)[0]


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


def choose_time_zone(user: User, zone: str | None, by: Viewer) -> None:
    """The zone pages show times in; None: that of the employee record. Due dates stay where the record has them.

    Raises RuleBroken for a name that is none.
    """
    if zone is not None:
        check_zone(zone)
    if zone != user.time_zone:
        before, user.time_zone = user.time_zone, zone
        emit(AccountChanged(user, "choose time zone", by, {"time_zone": before}, {"time_zone": zone}))


def choose_letters(user: User, switched_off: Iterable[str], by: Viewer) -> None:
    """Which optional letters the user does not want, by template. The caller knows which are optional."""
    wanted = sorted(set(switched_off))
    if wanted != user.switched_off:
        before, user.switched_off = user.switched_off, wanted
        emit(AccountChanged(user, "choose letters", by, {"switched_off": before}, {"switched_off": wanted}))


def end_sessions(user: User) -> None:
    """Every session of the user is over with the next request."""
    user.session_epoch = User.session_epoch + 1
    db.session.flush()
    db.session.refresh(user, ["session_epoch"])


def sign_out_everywhere(user: User, by: Viewer | None) -> None:
    """Asked for by the user: no session is left."""
    end_sessions(user)
    emit(AccountChanged(user, "sign out everywhere", by))


def note_copy(user: User, by: Viewer) -> None:
    """Somebody takes a copy of everything held about them. Raises TooManyTries: making one costs the server a lot."""
    throttle.book({f"copy/{user.id}": COPIES_PER_ACCOUNT})
    emit(AccountChanged(user, "everything held downloaded", by))


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


def shut_all(user_ids: list[int], *, keep: Role, by: Viewer | None) -> None:
    """End access at once, for many in a few statements: sessions, open links, every role but one.

    For leavers, whose event tells the reason; who loses more than that role has an entry of it. Raises RuleBroken for
    the last System Manager: a roster must not lock everybody out.
    """
    if not user_ids:
        return
    others = delete(UserRole).where(UserRole.user_id.in_(user_ids), UserRole.role != keep.value)
    taken: dict[int, list[str]] = {}
    for user_id, role in db.session.execute(others.returning(UserRole.user_id, UserRole.role)):
        taken.setdefault(user_id, []).append(role)
    users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(taken)))}
    managers = [users[user_id] for user_id, roles in taken.items() if Role.SYSTEM_MANAGER in roles]
    if managers and not count_holders(Role.SYSTEM_MANAGER):
        raise RuleBroken(ONLY_MANAGER, name=managers[0].name)
    _spend_links(user_ids)
    closed = update(User).where(User.id.in_(user_ids)).values(active=False, session_epoch=User.session_epoch + 1)
    db.session.execute(closed, execution_options={"synchronize_session": "fetch"})
    for user_id, roles in taken.items():
        emit(AccountChanged(users[user_id], "take role", by, {"roles": sorted(roles)}, {"roles": []}))


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
    user.active = False
    _spend_links([user.id])
    end_sessions(user)
    emit(AccountChanged(user, "deactivate account", by, {"active": True}, {"active": False}))


def reactivate(user: User, by: Viewer | None) -> None:
    """Access again, with the roles still held and the old password."""
    if user.active:
        return
    user.active = True
    emit(AccountChanged(user, "activate account", by, {"active": False}, {"active": True}))


def spend_links(user: User, purpose: Purpose | None = None) -> None:
    """The open links of the user, of that purpose or all, open nothing any more."""
    _spend_links([user.id], purpose)


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
        raise RuleBroken(ONLY_MANAGER, name=user.name)


def _words(roles: frozenset[Role]) -> dict[str, list[str]]:
    return {"roles": sorted(role.value for role in roles)}
