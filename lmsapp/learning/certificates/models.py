"""One row per certificate, and what a course or a path says of its certificates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.certificates.templates.models import CertificateTemplateVersion


class Certificate(Model):
    """The credential for one completion record, of a course or of a learning path. Names are as printed.

    `number` is printed ('NG-2026-00012'); `token` (128 random bits) is in the QR code's address. Of a course:
    `enrollment_id` and `course_id`; of a path: `path_enrollment_id` and `path_id`. `template_id` with its version: how
    it is drawn; null: the built-in way. `printed`: what else is on it: 'minutes', and of a path 'courses', each
    {'title', 'completed_on', 'valid_until'}. `replaced_at`: a newer one, whose `replaces_id` points here, stands in its
    place; one each record stands, guarded here.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["template_id", "template_version"],
            [CertificateTemplateVersion.template_id, CertificateTemplateVersion.number],
        ),
        CheckConstraint("(enrollment_id IS NULL) <> (path_enrollment_id IS NULL)", name="subject"),
        Index("ix_certificate_employee", "employee_id", "issued_on"),
        Index("uq_certificate_record", "record_id", unique=True, postgresql_where=text("replaced_at IS NULL")),
        # Serves the list for staff, newest first.
        Index("ix_certificate_issued", "issued_at", "id"),
        # Serves the latest of an enrollment.
        Index("ix_certificate_enrollment", "enrollment_id", "id"),
        # Serves the certificates of a line that end soon.
        Index(
            "ix_certificate_until",
            "valid_until",
            "employee_id",
            postgresql_where=text("revoked_at IS NULL AND valid_until IS NOT NULL AND enrollment_id IS NOT NULL"),
            postgresql_include=["enrollment_id", "course_id", "id"],
        ),
        # Serves the letters of a person: what of theirs ends soon.
        Index(
            "ix_certificate_ends",
            "employee_id",
            "valid_until",
            postgresql_where=text("revoked_at IS NULL AND valid_until IS NOT NULL AND enrollment_id IS NOT NULL"),
            postgresql_include=["enrollment_id"],
        ),
        # Serves the statistics: what was issued, month by month.
        Index(
            "ix_certificate_standing",
            "issued_on",
            postgresql_where=text("revoked_at IS NULL AND replaced_at IS NULL"),
            postgresql_include=["employee_id", "course_id"],
        ),
        Index("ix_certificate_path", "path_id", postgresql_where=text("path_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("completion_record.id"))
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    path_enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("path_enrollment.id"))
    path_id: Mapped[int | None] = mapped_column(ForeignKey("learning_path.id"))
    holder_name: Mapped[str]
    title: Mapped[str]
    issued_on: Mapped[dt.date]
    valid_until: Mapped[dt.date | None]
    issued_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    template_id: Mapped[int | None]
    template_version: Mapped[int | None]
    printed: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    revoked_at: Mapped[dt.datetime | None]
    revoke_reason: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    replaced_at: Mapped[dt.datetime | None]


class CertificatePlan(Model):
    """What a course or a path says of its certificates; without a row: at completion, in the built-in look.

    `issuing`: 'completion', 'evaluation' (courses only), 'none'. `validity_months` is for paths; null: as long as the
    course that ends first.
    """

    __tablename__ = "certificate_plan"
    __table_args__ = (
        CheckConstraint("(course_id IS NULL) <> (path_id IS NULL)", name="subject"),
        CheckConstraint("issuing IN ('completion', 'evaluation', 'none')", name="issuing"),
        CheckConstraint("validity_months BETWEEN 1 AND 600", name="validity"),
        Index("ix_certificate_plan_template", "template_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), unique=True)
    path_id: Mapped[int | None] = mapped_column(ForeignKey("learning_path.id"), unique=True)
    issuing: Mapped[str] = mapped_column(default="completion")
    template_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_template.id"))
    validity_months: Mapped[int | None]
