"""One row for what is done to many, a line for each assignment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.claims import Claimed
from lmsapp.infra.db import Model


class AssignmentAct(Claimed, Model):
    """`asked`: of `rules.Act`, with `terms` as `rules.Terms` keeps them. `same`: digest of that and of the assignments,
    by which a second click is known. `lines`: how many it has had. `state`: see `rules.ActState`."""

    __tablename__ = "assignment_act"
    __table_args__ = (
        CheckConstraint("asked IN ('remind', 'extend', 'escalate', 'assign')", name="asked"),
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed', 'cancelled')", name="state"),
        # Asked for twice while it is being done: one.
        Index(
            "uq_assignment_act_open",
            "asked_by_id",
            "same",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        # Serves the sweep.
        Index("ix_assignment_act_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        # Serves 'what I did lately'.
        Index("ix_assignment_act_asked_by", "asked_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    same: Mapped[str]
    lines: Mapped[int]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[dt.datetime | None]


class AssignmentActLine(Model):
    """What came of one: `result` of `rules.Result`, `message` in words with `values`. It goes with the assignment."""

    __tablename__ = "assignment_act_line"
    __table_args__ = (
        CheckConstraint("result IN ('waiting', 'done', 'left', 'refused')", name="result"),
        # Serves the worker, who takes those that wait, and a page of one result.
        Index("ix_assignment_act_line_act", "act_id", "result", "id"),
        Index("ix_assignment_act_line_assignment_id", "assignment_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("assignment_act.id", ondelete="CASCADE"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("training_assignment.id", ondelete="CASCADE"))
    result: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    message: Mapped[str] = mapped_column(default="", server_default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
