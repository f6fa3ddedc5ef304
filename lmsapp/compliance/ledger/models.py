"""What must be held, by whom, and who holds it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.compliance.ledger.rules import EVERYBODY, REMINDER_DAYS
from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ComplianceType(Model):
    """What must be held (HRD-3). `renewal_months` null: no renewal; how it is counted stands in `validity_terms`, as a
    course keeps it (`courses.validity.policy`). `notice_days` before the renewal date it is Expiring; `reminder_days`
    before it people are told.

    `course_id`: the training that supports it, first among those of `ComplianceTypeCourse`; `reminder_policy_id`: by
    which its learners are reminded, unless the course chose one itself. Who has to hold it: whoever belongs to the
    audience, else whom `rule` takes (as `people.audiences.rules.AudienceRule` keeps it).
    """

    __tablename__ = "compliance_type"
    __table_args__ = (
        CheckConstraint("renewal_months > 0", name="renewal"),
        CheckConstraint(
            "kind IN ('training', 'identity', 'background check', 'licence', 'health', 'other')", name="kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="training", server_default="training")
    regulator: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    renewal_months: Mapped[int | None]
    validity_terms: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    notice_days: Mapped[int] = mapped_column(default=60)
    reminder_days: Mapped[list[Any]] = mapped_column(
        default=lambda: list(REMINDER_DAYS), server_default=text("'[60, 30, 7]'::jsonb")
    )
    evidence_needed: Mapped[bool] = mapped_column(default=True)
    document_type_id: Mapped[int | None] = mapped_column(ForeignKey("document_type.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    reminder_policy_id: Mapped[int | None] = mapped_column(ForeignKey("reminder_policy.id"))
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    rule: Mapped[dict[str, Any]] = mapped_column(
        default=lambda: dict(EVERYBODY), server_default=text("""'{"everybody": true}'::jsonb""")
    )
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


class ComplianceSwitch(Model):
    """What a completion does by itself for a type, from `on_at` until `off_at`; null: it does so now.

    `what`: 'file' its certificate, 'mark' the type Complete. Switching on again is a row of its own, so that each
    document and decision names who had switched it on.
    """

    __tablename__ = "compliance_switch"
    __table_args__ = (
        CheckConstraint("what IN ('file', 'mark')", name="what"),
        Index("uq_compliance_switch_on", "type_id", "what", unique=True, postgresql_where=text("off_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("compliance_type.id"))
    what: Mapped[str]
    on_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    on_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    on_by_name: Mapped[str]
    off_at: Mapped[dt.datetime | None]
    off_by_name: Mapped[str] = mapped_column(default="", server_default="")


class EmployeeCompliance(Model):
    """One decision about one employee and type. The current one has `replaced_at` null.

    `decision`: 'required' (asked for, nothing shown yet), 'complete', 'waived'. Complete, Expiring, Renewal Required,
    Expired follow from `renewal_on` by rule, see `compliance.ledger.rules`. `how`: 'by hand', or 'policy' where the
    type lets a completion mark it by itself; then `switch_id` says who had switched that on. `counted_from` and
    `anchor_day`: what `renewal_on` is counted from, see `courses.validity.rules.Dates`. `not_applicable`: waived for
    good because it does not concern this person. `undoes_id`: the decision that was taken back by this one.
    """

    __tablename__ = "employee_compliance"
    __table_args__ = (
        CheckConstraint("decision IN ('required', 'complete', 'waived')", name="decision"),
        CheckConstraint("decision <> 'complete' OR completed_on IS NOT NULL", name="complete_has_date"),
        CheckConstraint("how IN ('by hand', 'policy')", name="how"),
        CheckConstraint("approved_by_id <> decided_by_id", name="two_people"),
        Index(
            "uq_employee_compliance_current",
            "employee_id",
            "type_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_employee_compliance_history", "employee_id", "type_id", "id"),
        # Serves the list of what ends soon, type by type.
        Index("ix_employee_compliance_renewal", "renewal_on", "type_id", postgresql_where=text("replaced_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("compliance_type.id"))
    decision: Mapped[str] = mapped_column(default="required")
    completed_on: Mapped[dt.date | None]
    renewal_on: Mapped[dt.date | None]
    counted_from: Mapped[dt.date | None]
    anchor_day: Mapped[int | None]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("employee_document.id"))
    not_applicable: Mapped[bool] = mapped_column(default=False, server_default="false")
    reason: Mapped[str] = mapped_column(default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_by_name: Mapped[str]
    decided_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_by_name: Mapped[str] = mapped_column(default="", server_default="")
    how: Mapped[str] = mapped_column(default="by hand", server_default="by hand")
    switch_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_switch.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("employee_compliance.id"))
    replaced_at: Mapped[dt.datetime | None]

    type: Mapped[ComplianceType] = relationship(lazy="raise_on_sql")


class ComplianceLook(Model):
    """What the clock does about a decision that ends: a pointer beside it, no fact of it.

    `next_look_on`: the next day there is something to tell or to assign, null when nothing is. `looked_through`: the
    last day looked at. `assigned_as`: what came of assigning the renewal training: 'assigned', 'there' (was open
    already) or 'not open' (the course can not be taken again as it is set up); null while its day has not come.
    """

    __tablename__ = "compliance_look"
    __table_args__ = (
        CheckConstraint("assigned_as IN ('assigned', 'there', 'not open')", name="assigned_as"),
        # Serves the job that looks.
        Index("ix_compliance_look_next", "next_look_on", postgresql_where=text("next_look_on IS NOT NULL")),
    )

    decision_id: Mapped[int] = mapped_column(
        ForeignKey("employee_compliance.id"), primary_key=True, autoincrement=False
    )
    next_look_on: Mapped[dt.date | None]
    looked_through: Mapped[dt.date]
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("training_assignment.id"))
    assigned_as: Mapped[str | None]


class WaiverRequest(Model):
    """A waiver that a second person has to approve, where the organisation wants two.

    `state`: 'waiting', 'approved', 'declined' or 'dropped' (by whoever asked). `decision_id`: what it became.
    """

    __tablename__ = "waiver_request"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'declined', 'dropped')", name="state"),
        CheckConstraint("decided_by_id <> asked_by_id OR state = 'dropped'", name="two_people"),
        Index(
            "uq_waiver_request_waiting",
            "employee_id",
            "type_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("compliance_type.id"))
    until: Mapped[dt.date | None]
    not_applicable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("employee_document.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(default="waiting")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_by_name: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[dt.datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("employee_compliance.id"))
