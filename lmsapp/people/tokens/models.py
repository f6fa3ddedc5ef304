"""One row a token."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.people.accounts.models import User


class AccessToken(Model):
    """`key` finds it and is no secret; `secret_sha256` is all that is kept of the rest. `scopes` as `rules.Scope`.

    `last_used_at` is kept to the minute, `last_used_from` is the address of that call.
    """

    __tablename__ = "access_token"
    __table_args__ = (Index("ix_access_token_owner", "owner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    secret_sha256: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    name: Mapped[str]
    scopes: Mapped[list[Any]]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    last_used_from: Mapped[str] = mapped_column(default="", server_default="")
    revoked_at: Mapped[dt.datetime | None]
    revoked_by_name: Mapped[str] = mapped_column(default="", server_default="")

    owner: Mapped[User] = relationship(lazy="raise_on_sql")
