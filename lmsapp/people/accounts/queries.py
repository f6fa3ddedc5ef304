"""Who signs in, whose link this is, who has an account."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select

from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts import passwords, visits
from lmsapp.people.accounts.models import SignIn, SignInLink, User, UserRole
from lmsapp.people.accounts.rules import Purpose, SessionLimits, is_usable
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer

PAGE = 25
ENTERED = ("password", "invitation", "reset")  # how somebody came in from outside


@dataclass(frozen=True, slots=True)
class UserFilters:
    """`q` finds in name and e-mail; `role` one of Role; `state` '', 'active' or 'inactive'."""

    q: str = ""
    role: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class UserPage:
    """Rows have id, name, email, active, roles (list of words), last_sign_in_at, has_password."""

    rows: list[Any]
    total: int
    number: int
    size: int


def authenticate(email: str, password: str, address: str, browser: str = "") -> User:
    """The user who may sign in. `address` is where the request came from, `browser` its user agent.

    Raises RuleBroken in the same words, after the same time, whether or not the account exists, has a password or is
    active; TooManyTries at the limit.
    """
    noted = visits.book_sign_in(email, address, browser)
    # Columns, not the entity: making one takes longer than finding nothing.
    found = db.session.execute(
        select(User.id, User.password_hash).where(func.lower(User.email) == email.strip().lower(), User.active)
    ).one_or_none()
    fits = passwords.matches(password, found.password_hash if found else None)
    if found is None or not fits:
        raise RuleBroken(N_("E-mail or password is not right. Check both, or set a new password."))
    visits.forgive_sign_in(email, address, noted)
    return db.session.get_one(User, found.id)


def user_by_email(email: str) -> User | None:
    """Whatever the case it is written in."""
    return one_or_none(select(User).where(func.lower(User.email) == email.strip().lower()))


def user_of(viewer: Viewer) -> User:
    """The viewer's own account."""
    return db.session.get_one(User, viewer.user_id)


def user_with(user_id: int | None) -> User | None:
    """The account of that id, for areas that know it from a record of theirs."""
    return db.session.get(User, user_id) if user_id else None


def switched_off_by(user_id: int) -> frozenset[str]:
    """The optional letters this user does not want, by template."""
    return frozenset(db.session.scalar(select(User.switched_off).where(User.id == user_id)) or ())


def account_for(viewer: Viewer, user_id: int) -> User | None:
    """The account a system manager looks at; its password hash is none of their business, but stays on the row."""
    return db.session.get(User, user_id)


def token_hash(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_by_link(token: str, purpose: str, *, lock: bool = False) -> tuple[User, SignInLink] | None:
    """Whose link it is, when it still opens anything. `lock` makes two uses at once impossible."""
    statement = (
        select(User, SignInLink)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(SignInLink.token_hash == token_hash(token), SignInLink.purpose == purpose, User.active)
    )
    found = db.session.execute(statement.with_for_update() if lock else statement).one_or_none()
    if found is None or not is_usable(found[1].used_at, found[1].expires_at, clock.now()):
        return None
    return found[0], found[1]


def visits_of(viewer: Viewer, limit: int = 20) -> list[Row[Any]]:
    """The viewer's own sign-ins, newest first; failed ones too. Columns: id, at, address, browser, how, ended_at."""
    return list(
        db.session.execute(
            select(SignIn.id, SignIn.at, SignIn.address, SignIn.browser, SignIn.how, SignIn.ended_at)
            .where(SignIn.user_id == viewer.user_id)
            .order_by(SignIn.id.desc())
            .limit(limit)
        )
    )


def failed_lately(viewer: Viewer, limit: int = 20) -> list[Row[Any]]:
    """Failed tries at the viewer's account since the sign-in before their last one. Columns: at, address, browser."""
    mine = SignIn.user_id == viewer.user_id
    entered = select(SignIn.id).where(mine, SignIn.how.in_(ENTERED)).order_by(SignIn.id.desc())
    before = entered.offset(1).limit(1).scalar_subquery()
    return list(
        db.session.execute(
            select(SignIn.at, SignIn.address, SignIn.browser)
            .where(mine, SignIn.how == "failed", SignIn.id > func.coalesce(before, 0))
            .order_by(SignIn.id.desc())
            .limit(limit)
        )
    )


def open_visits_of(viewer: Viewer, limits: SessionLimits) -> list[Row[Any]]:
    """The viewer's sessions that may still be open, newest first. Columns: id, at, address, browser, session_key.

    One that ended by itself because nothing was done in it is still among them: only its cookie knows.
    """
    user = select(User.session_epoch).where(User.id == viewer.user_id).scalar_subquery()
    return list(
        db.session.execute(
            select(SignIn.id, SignIn.at, SignIn.address, SignIn.browser, SignIn.session_key)
            .where(
                SignIn.user_id == viewer.user_id,
                SignIn.session_key.is_not(None),
                SignIn.ended_at.is_(None),
                SignIn.epoch == user,
                SignIn.at > clock.now() - limits.whole,
                or_(SignIn.ends_at.is_(None), SignIn.ends_at > clock.now()),
            )
            .order_by(SignIn.id.desc())
        )
    )


def visit_of(viewer: Viewer, visit_id: int) -> SignIn | None:
    """One of the viewer's own sessions."""
    return one_or_none(
        select(SignIn).where(SignIn.id == visit_id, SignIn.user_id == viewer.user_id, SignIn.session_key.is_not(None))
    )


def asked_email(viewer: Viewer) -> Any:
    """The address the viewer wants to sign in with and has not confirmed yet (email, expires_at), or None."""
    return db.session.execute(
        select(SignInLink.email, SignInLink.expires_at)
        .where(
            SignInLink.user_id == viewer.user_id,
            SignInLink.purpose == Purpose.EMAIL.value,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > clock.now(),
        )
        .order_by(SignInLink.id.desc())
        .limit(1)
    ).one_or_none()


def roles_of(user_id: int) -> frozenset[Role]:
    """The roles somebody holds."""
    held = db.session.scalars(select(UserRole.role).where(UserRole.user_id == user_id))
    return frozenset(Role(role) for role in held)


def count_holders(role: Role) -> int:
    """How many active users hold the role."""
    statement = select(func.count()).select_from(UserRole).join(User, User.id == UserRole.user_id)
    return db.session.scalar(statement.where(UserRole.role == role.value, User.active)) or 0


def holders_of(role: Role) -> list[User]:
    """The active users who hold the role."""
    held = select(UserRole.user_id).where(UserRole.user_id == User.id, UserRole.role == role.value)
    return list(db.session.scalars(select(User).where(User.active, held.exists()).order_by(User.id)))


def list_users(viewer: Viewer | None, filters: UserFilters, page: int = 1, size: int = PAGE) -> UserPage:
    """Accounts by name, one page. `viewer` None is the command line."""
    roles = select(func.array_agg(UserRole.role)).where(UserRole.user_id == User.id).correlate(User).scalar_subquery()
    total = db.session.scalar(select(func.count()).select_from(User).where(*_wanted(filters))) or 0
    page = min(max(page, 1), max(1, -(-total // size)))
    rows = db.session.execute(
        select(
            User.id,
            User.name,
            User.email,
            User.active,
            User.last_sign_in_at,
            User.password_hash.is_not(None).label("has_password"),
            roles.label("roles"),
        )
        .where(*_wanted(filters))
        .order_by(func.lower(User.name), User.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return UserPage(list(rows), total, page, size)


def link_expires(user_id: int, purpose: str) -> dt.datetime | None:
    """Until when the newest unused link of that purpose opens."""
    statement = select(func.max(SignInLink.expires_at)).where(
        SignInLink.user_id == user_id, SignInLink.purpose == purpose, SignInLink.used_at.is_(None)
    )
    return db.session.scalar(statement)


def _wanted(filters: UserFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.q:
        wanted.append(
            or_(User.name.icontains(filters.q, autoescape=True), User.email.icontains(filters.q, autoescape=True))
        )
    if filters.role:
        wanted.append(
            select(UserRole.user_id).where(UserRole.user_id == User.id, UserRole.role == filters.role).exists()
        )
    if filters.state in ("active", "inactive"):
        wanted.append(User.active == (filters.state == "active"))
    return wanted
