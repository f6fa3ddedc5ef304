"""One row per roster file tried, the lines of its plan, and what lies in the drop folder."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class RosterRun(Model):
    """A roster file, what is asked of the worker, and what came of it.

    `status` is the outcome so far: 'planned' until somebody decides, 'applied', 'discarded', or 'refused' (no roster).
    `asked` ('read', 'plan', 'apply') and `state` ('waiting', 'running', 'ready', 'failed') are the promise of work, as
    the fragment shows it; `lease_until` frees the claim of a dead worker. `source`: 'upload', 'folder', 'command'.
    `facts` is what the dry run says as a whole (see `actions.keep_plan`), `unchanged` its people without a change.
    """

    __tablename__ = "roster_run"
    __table_args__ = (
        CheckConstraint("status IN ('planned', 'applied', 'discarded', 'refused')", name="status"),
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        # Serves the sweep for promises whose doorbell was lost.
        Index("ix_roster_run_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        # Serves the question which columns were applied last for these headings.
        Index("ix_roster_run_headings", "headings", "id", postgresql_where=text("status = 'applied'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="planned")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[dt.datetime | None]

    source: Mapped[str] = mapped_column(default="upload", server_default="upload")
    asked: Mapped[str] = mapped_column(default="read", server_default="read")
    state: Mapped[str] = mapped_column(default="ready", server_default="ready")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_until: Mapped[dt.datetime | None]
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None]
    error_values: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    shape: Mapped[str] = mapped_column(default="", server_default="")
    row_count: Mapped[int] = mapped_column(default=0, server_default="0")
    header: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    samples: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    headings: Mapped[str] = mapped_column(default="", server_default="")
    columns_of_id: Mapped[int | None] = mapped_column(ForeignKey("roster_run.id"))
    after_id: Mapped[int | None] = mapped_column(ForeignKey("roster_run.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    unchanged: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]", deferred=True)
    fingerprint: Mapped[str] = mapped_column(default="", server_default="")
    planned_at: Mapped[dt.datetime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class RosterLine(Model):
    """A line of a plan. `kind`: 'problem', 'joiner', 'mover', 'leaver', 'missing'. `told` is what the page shows.

    `line` is None for people the file does not name; `number` and `name` as the file, else the record, has them.
    """

    __tablename__ = "roster_line"
    __table_args__ = (
        # Serves a page of one kind, in the order of the file.
        Index("ix_roster_line_run", "run_id", "kind", "id"),
        # Serves the question which file touched an employee last.
        Index("ix_roster_line_employee", "employee_id", "run_id", postgresql_where=text("employee_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("roster_run.id", ondelete="CASCADE"))
    kind: Mapped[str]
    line: Mapped[int | None]
    number: Mapped[str]
    name: Mapped[str]
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    told: Mapped[dict[str, Any]]


class RosterSighting(Model):
    """A file that lies in the drop folder, as it was at the last look. `run_id`: taken, and by which run."""

    __tablename__ = "roster_sighting"

    name: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    changed_ns: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("roster_run.id"))
    note: Mapped[str] = mapped_column(default="", server_default="")
