"""A file, what is asked of the worker, and its lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class EnrollmentRun(Model):
    """`status`: 'planned' until somebody decides, 'applied', 'discarded', or 'refused' (no table of the kind).

    `asked` ('plan', 'apply') and `state` ('waiting', 'running', 'ready', 'failed') are the promise of work;
    `lease_until` frees the claim of a dead worker. `counts`: lines by kind; once applied, by outcome.
    """

    __tablename__ = "enrollment_run"
    __table_args__ = (
        CheckConstraint("status IN ('planned', 'applied', 'discarded', 'refused')", name="status"),
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        CheckConstraint("asked IN ('plan', 'apply')", name="asked"),
        # Serves the sweep for promises whose doorbell was lost.
        Index("ix_enrollment_run_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str]
    status: Mapped[str] = mapped_column(default="planned")
    asked: Mapped[str] = mapped_column(default="plan")
    state: Mapped[str] = mapped_column(default="waiting")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[dt.datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    error_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class EnrollmentRunLine(Model):
    """One line of the file. `kind`: 'assign', 'enroll', 'same' (nothing to do), 'problem'; `words` with `values` say
    why. `outcome`, once applied: 'assigned', 'enrolled', 'same', 'problem'."""

    __tablename__ = "enrollment_run_line"
    __table_args__ = (
        # Serves a page of one kind, in the order of the file.
        Index("ix_enrollment_run_line_run", "run_id", "kind", "line"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("enrollment_run.id", ondelete="CASCADE"))
    line: Mapped[int]
    kind: Mapped[str]
    who: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    course: Mapped[str]
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    due_on: Mapped[dt.date | None]
    note: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outcome: Mapped[str | None]
