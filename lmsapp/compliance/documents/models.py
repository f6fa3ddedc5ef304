"""Employee documents and their types."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.infra.files import StoredFile


class DocumentType(Model):
    """What a document is. `visible_to`: 'hr', 'manager' (HR and the reporting line), 'employee' (also oneself)."""

    __tablename__ = "document_type"
    __table_args__ = (CheckConstraint("visible_to IN ('hr', 'manager', 'employee')", name="visible_to"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    visible_to: Mapped[str] = mapped_column(default="hr")
    keep_years: Mapped[int | None]
    needs_expiry: Mapped[bool] = mapped_column(default=False)


class EmployeeDocument(Model):
    """A file on the employee's record. `source`: 'certificate', 'quiz_report', 'signature', 'upload'.

    `sealed_file_id` names the evidence it was filed from; the same evidence is filed once, guarded here. `sha256` is
    copied so that the record names the bytes even if the store is moved.
    """

    __tablename__ = "employee_document"
    __table_args__ = (
        CheckConstraint("source IN ('certificate', 'quiz_report', 'signature', 'upload')", name="source"),
        Index(
            "uq_employee_document_sealed", "sealed_file_id", unique=True, postgresql_where=text("archived_at IS NULL")
        ),
        Index("ix_employee_document_employee", "employee_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("document_type.id"))
    title: Mapped[str]
    source: Mapped[str]
    sealed_file_id: Mapped[int | None] = mapped_column(ForeignKey("sealed_file.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str]
    issued_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    filed_by_name: Mapped[str]
    filed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[dt.datetime | None]

    type: Mapped[DocumentType] = relationship(lazy="raise_on_sql")
    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")
