"""Employee documents and their types."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.claims import Claimed
from lmsapp.infra.db import Model
from lmsapp.infra.files import StoredFile


class DocumentType(Model):
    """What a document is. `visible_to`: 'hr', 'manager' (HR and the reporting line), 'employee' (also oneself).

    `keep_years` null: for good; else from `keep_from` on: 'filed', 'expiry' or 'leaving'. `several`: a person may have
    several current ones; else a new one replaces the old. `standard`: the name it shipped with, whatever it is called
    now: the product files some papers by itself.
    """

    __tablename__ = "document_type"
    __table_args__ = (
        CheckConstraint("visible_to IN ('hr', 'manager', 'employee')", name="visible_to"),
        CheckConstraint("keep_from IN ('filed', 'expiry', 'leaving')", name="keep_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    visible_to: Mapped[str] = mapped_column(default="hr")
    keep_years: Mapped[int | None]
    needs_expiry: Mapped[bool] = mapped_column(default=False)
    standard: Mapped[str | None] = mapped_column(unique=True)
    keep_from: Mapped[str] = mapped_column(default="filed", server_default="filed")
    several: Mapped[bool] = mapped_column(default=True, server_default=true())
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    archived_at: Mapped[dt.datetime | None]


class EmployeeDocument(Model):
    """A file on the employee's record. `source`: 'certificate', 'quiz_report', 'signature', 'upload'.

    `sealed_file_id` names the evidence it was filed from; the same evidence is filed once, guarded here. `sha256` is
    copied so that the record names the bytes even if the store is moved. File and digest are those of the version that
    counts, the newest: all of them are `DocumentVersion`s. `archived_at`: taken out; `replaced_at`: another document
    of its type counts instead.
    """

    __tablename__ = "employee_document"
    __table_args__ = (
        CheckConstraint("source IN ('certificate', 'quiz_report', 'signature', 'upload')", name="source"),
        Index(
            "uq_employee_document_sealed", "sealed_file_id", unique=True, postgresql_where=text("archived_at IS NULL")
        ),
        Index("ix_employee_document_employee", "employee_id", "id"),
        # Documents that end, soonest first.
        Index(
            "ix_employee_document_expires",
            "expires_on",
            "id",
            postgresql_where=text("archived_at IS NULL AND replaced_at IS NULL AND expires_on IS NOT NULL"),
        ),
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
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    replaced_at: Mapped[dt.datetime | None]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("employee_document.id"))

    type: Mapped[DocumentType] = relationship(lazy="raise_on_sql")
    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")


class DocumentVersion(Model):
    """One file of a document: 1 is the first. Rows are added and never changed; the ledger holds each."""

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        # Whether somebody's file holds these very bytes already.
        Index("ix_document_version_same", "employee_id", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("employee_document.id", ondelete="CASCADE"))
    number: Mapped[int]
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str]
    file_name: Mapped[str]
    size: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    added_by_name: Mapped[str]
    added_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")


class DocumentIntake(Model):
    """A file that came in and is not filed yet: whose it is and what it is waits for `owner_id` to confirm."""

    __tablename__ = "document_intake"
    __table_args__ = (Index("ix_document_intake_owner", "owner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("document_type.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")


class RefusedFile(Model):
    """An upload in which the scanner found something. Its bytes were not kept, or are never given out."""

    __tablename__ = "refused_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    found: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    told_at: Mapped[dt.datetime | None]


class DocumentBundle(Claimed, Model):
    """Many documents as one zip, made by the worker (`infra.claims`). `left_out`: how many could not be put in."""

    __tablename__ = "document_bundle"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    document_ids: Mapped[list[Any]]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    left_out: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked: Mapped[str] = mapped_column(default="zip")

    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
