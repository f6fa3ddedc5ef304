"""Departments as a tree, employees, and the closed reporting line."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.people.accounts.models import User


class Department(Model):
    """An organisational unit; the tree is by `parent_id`."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("parent_id", "name", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))


class Employee(Model):
    """The employee record (ORG-3). `sort_name` orders lists; `status` is 'active' or 'left'."""

    __tablename__ = "employee"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'left')", name="status"),
        CheckConstraint("manager_id <> id", name="not_own_manager"),
        # Serves lists and dashboards, which show active people by name.
        Index("ix_employee_sort_name", "sort_name", "id"),
        Index("ix_employee_department", "department_id", "job_role"),
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
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"), index=True)
    hr_partner_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    time_zone: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    department: Mapped[Department | None] = relationship(lazy="raise_on_sql")
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
