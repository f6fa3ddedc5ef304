"""Users, the roles they hold, single-use links, and failed sign-ins."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class User(Model):
    """Someone who can sign in. `session_epoch` counts up to end every session at once."""

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
    """A single-use link for an invitation or a reset. Only the SHA-256 of the token is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]  # 'invitation' | 'reset'
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class SignInFailure(Model):
    """A failed sign-in, by account and by address; the limit survives restarts because it is a row."""

    __tablename__ = "sign_in_failure"
    # Serves the count of recent failures for one key.
    __table_args__ = (Index("ix_sign_in_failure_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
