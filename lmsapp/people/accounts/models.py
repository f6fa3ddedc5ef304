"""Users, the roles they hold, single-use links, sign-ins, and the counting of failed ones."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class User(Model):
    """Someone who can sign in. `session_epoch` counts up to end every session at once.

    `time_zone` is their own choice for what pages show; null: that of the employee record. `own_email`: they chose the
    address themselves, so no roster changes it. `switched_off`: optional letters they do not want, by template.
    """

    __tablename__ = "app_user"
    __table_args__ = (Index("uq_app_user_email", text("lower(email)"), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(default="en")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_sign_in_at: Mapped[dt.datetime | None]
    time_zone: Mapped[str | None]
    own_email: Mapped[bool] = mapped_column(default=False, server_default=false())
    switched_off: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))

    roles: Mapped[list[UserRole]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True, foreign_keys="UserRole.user_id"
    )


class UserRole(Model):
    """A role somebody holds, and who gave it."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    granted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class SignInLink(Model):
    """A single-use link. Only the SHA-256 of the token is kept. `email`: the address the link would change to."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]  # 'invitation' | 'reset' | 'email'
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    email: Mapped[str | None]


class SignIn(Model):
    """One sign-in and the session it began, or (`how` 'failed') one that did not succeed.

    `user_id` null: a failed one for an address without account, written so that both take the same time. `browser` is
    the user agent, shortened. `how`: 'password', 'invitation', 'reset', 'renewed' (began anew after a change of
    password or address), 'link', 'failed'. The session carries `session_key`; `ended_at` ends that session alone,
    `epoch` is the user's at the time. Goes by a review (EVD-6). By a single-use link: `only_course` is the id of
    the one course it opens, and `ends_at` when it is over at the latest.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("how IN ('password', 'invitation', 'reset', 'renewed', 'link', 'failed')", name="how"),
        Index("ix_sign_in_user", "user_id", "id"),
        # Serves the daily job that forgets old ones.
        Index("ix_sign_in_at", "at"),
        # Serves every request: whether its session was ended.
        Index("uq_sign_in_session_key", "session_key", unique=True, postgresql_where=text("session_key IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    how: Mapped[str]
    epoch: Mapped[int | None]
    session_key: Mapped[str | None]
    ended_at: Mapped[dt.datetime | None]
    only_course: Mapped[int | None]
    ends_at: Mapped[dt.datetime | None]


class ResetAsked(Model):
    """Somebody asked for a link to set a new password; gone as soon as the worker has seen to it."""

    __tablename__ = "reset_asked"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class SignInFailure(Model):
    """A failed sign-in, by account and by address; the limit survives restarts because it is a row."""

    __tablename__ = "sign_in_failure"
    # Serves the count of recent failures for one key.
    __table_args__ = (Index("ix_sign_in_failure_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
