"""What must be held, and who holds it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ComplianceType(Model):
    """What must be held (HRD-3). `renewal_months` null: no renewal. `course_id`: the training that supports it, first
    among those of `ComplianceTypeCourse`; `reminder_policy_id`: by which its learners are reminded, unless the course
    chose one itself."""

    __tablename__ = "compliance_type"
    __table_args__ = (CheckConstraint("renewal_months > 0", name="renewal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    regulator: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    renewal_months: Mapped[int | None]
    notice_days: Mapped[int] = mapped_column(default=60)
    evidence_needed: Mapped[bool] = mapped_column(default=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    reminder_policy_id: Mapped[int | None] = mapped_column(ForeignKey("reminder_policy.id"))
    archived_at: Mapped[dt.datetime | None]


class ComplianceTypeCourse(Model):
    """Completing this course supports the type; any one of them does."""

    __tablename__ = "compliance_type_course"

    type_id: Mapped[int] = mapped_column(ForeignKey("compliance_type.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True, index=True)


class ComplianceDuty(Model):
    """Somebody has to hold it, from `since` until `until`; null: does now. Coming back is a row of its own.

    Whoever has no duty may hold it all the same: then there is only a decision.
    """

    __tablename__ = "compliance_duty"
    __table_args__ = (
        # One present duty each; serves the matrix, type by type.
        Index(
            "uq_compliance_duty_present",
            "type_id",
            "employee_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        # What is asked of somebody, now or on a day that is past.
        Index("ix_compliance_duty_employee", "employee_id", "type_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("compliance_type.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    since: Mapped[dt.datetime] = mapped_column(default=clock.now)
    until: Mapped[dt.datetime | None]


class EmployeeCompliance(Model):
    """One decision about one employee and type. The current one has `replaced_at` null.

    `decision`: 'required' (asked for, nothing shown yet), 'complete', 'waived'. Complete, Expiring, Renewal Required,
    Expired follow from `renewal_on` by rule, see `compliance.ledger.rules`. `how`: 'by hand', or 'policy' where the
    type lets a completion mark it by itself.
    """

    __tablename__ = "employee_compliance"
    __table_args__ = (
        CheckConstraint("decision IN ('required', 'complete', 'waived')", name="decision"),
        CheckConstraint("decision <> 'complete' OR completed_on IS NOT NULL", name="complete_has_date"),
        CheckConstraint("how IN ('by hand', 'policy')", name="how"),
        Index(
            "uq_employee_compliance_current",
            "employee_id",
            "type_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_employee_compliance_history", "employee_id", "type_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("compliance_type.id"))
    decision: Mapped[str] = mapped_column(default="required")
    completed_on: Mapped[dt.date | None]
    renewal_on: Mapped[dt.date | None]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("employee_document.id"))
    reason: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_by_name: Mapped[str]
    decided_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    how: Mapped[str] = mapped_column(default="by hand", server_default="by hand")
    replaced_at: Mapped[dt.datetime | None]

    type: Mapped[ComplianceType] = relationship(lazy="raise_on_sql")
