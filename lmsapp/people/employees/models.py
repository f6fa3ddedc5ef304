"""Departments as a tree, employees, and the closed reporting line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.people.accounts.models import User


class Department(Model):
    """An organisational unit; the tree is by `parent_id`. `also_called`: former names, which rosters may still use.

    Archived: nobody works there any more, but records name it.
    """

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("parent_id", "name", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    # Made after both tables, because employees name departments too.
    head_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id", use_alter=True))
    also_called: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    archived_at: Mapped[dt.datetime | None]


class Employee(Model):
    """The employee record (ORG-3). `sort_name` orders lists; `status` is 'active' or 'left'.

    `leaves_on`: their last day, known beforehand; access ends after it and `successor_id` leads their people.
    `erased_at`: nothing personal is left in this row (EVD-6).
    """

    __tablename__ = "employee"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'left')", name="status"),
        CheckConstraint("manager_id <> id", name="not_own_manager"),
        # Serves lists and dashboards, which show active people by name.
        Index("ix_employee_sort_name", "sort_name", "id"),
        Index("ix_employee_department", "department_id", "job_role"),
        # Serves the daily look for those whose last day is over.
        Index("ix_employee_leaves_on", "leaves_on", postgresql_where=text("leaves_on IS NOT NULL")),
        Index("uq_employee_email", text("lower(email)"), unique=True, postgresql_where=text("email IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_name: Mapped[str]
    email: Mapped[str | None]
    mobile: Mapped[str | None]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    job_role: Mapped[str] = mapped_column(default="")
    location: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    cohort: Mapped[str] = mapped_column(default="")
    hire_date: Mapped[dt.date | None]
    status: Mapped[str] = mapped_column(default="active")
    left_on: Mapped[dt.date | None]
    leaves_on: Mapped[dt.date | None]
    leave_reason: Mapped[str] = mapped_column(default="", server_default="")
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"), index=True)
    hr_partner_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    time_zone: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    erased_at: Mapped[dt.datetime | None]

    department: Mapped[Department | None] = relationship(lazy="raise_on_sql", foreign_keys="Employee.department_id")
    manager: Mapped[Employee | None] = relationship(
        lazy="raise_on_sql", remote_side="Employee.id", foreign_keys="Employee.manager_id"
    )
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")


class ReportingLine(Model):
    """Every manager above every employee. `depth` 1 is the direct manager."""

    __tablename__ = "reporting_line"
    __table_args__ = (Index("ix_reporting_line_employee", "employee_id", "depth"),)

    manager_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    depth: Mapped[int]
