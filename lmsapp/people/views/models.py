"""A saved view, and which of them somebody sees first."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class SavedView(Model):
    """`page`: which list, a word of its page; `query`: the filters as in its address, without '?'.

    `shared`: everybody who may open the page finds it; only the owner changes it.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        # One name a list and person.
        Index("uq_saved_view_name", "owner_id", "page", text("lower(name)"), unique=True),
        # Serves the views of others on a list.
        Index("ix_saved_view_shared", "page", postgresql_where=text("shared")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    owner_name: Mapped[str]
    page: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    shared: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class FirstView(Model):
    """Which view of a list somebody sees when they open it without asking for anything."""

    __tablename__ = "first_view"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    page: Mapped[str] = mapped_column(primary_key=True)
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id", ondelete="CASCADE"), index=True)
