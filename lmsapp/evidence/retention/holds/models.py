"""Holds, their lifting, who is held by them, notes. All are only added to."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class LegalHold(Model):
    """What lies under it: everything of `target_id` (an employee, course, department or compliance type, as `scope`
    says), or everything there is; only records of `kind`, where it is not ''; only those made between the two days."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("scope IN ('person', 'course', 'department', 'type', 'everything')", name="scope"),
        CheckConstraint("(scope = 'everything') = (target_id IS NULL)", name="target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    reason: Mapped[str]
    scope: Mapped[str]
    target_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(default="")
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]
    set_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class HoldLifting(Model):
    """From then on the hold holds nothing."""

    __tablename__ = "legal_hold_lifting"

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("legal_hold.id"), unique=True)
    reason: Mapped[str]
    lifted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class HoldCustodian(Model):
    """Somebody of a department under hold: stays under it wherever they go. The database adds who moves away."""

    __tablename__ = "legal_hold_custodian"
    __table_args__ = (UniqueConstraint("hold_id", "employee_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("legal_hold.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    since: Mapped[dt.datetime] = mapped_column(default=clock.now)


class HoldNote(Model):
    """What was said or done about a hold; `employee_id`: the custodian it is about."""

    __tablename__ = "legal_hold_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("legal_hold.id"), index=True)
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    text: Mapped[str]
    noted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
