"""Texts to sign, who is asked to, and what was signed. Triggers refuse changes of versions and signatures."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.people.employees.models import Employee


class SigningText(Model):
    """A policy or document to be signed. Its words are in the versions; here is what holds for all of them.

    `title` is that of the version in force (of the draft before the first), for lists. `kind`: 'policy', 'onboarding
    document' or 'lesson'; `status`: 'draft', 'published', 'retired'. `number` is the version in force, None before the
    first. A signature counts as long as its version is not below `counts_from`: a
    changed text raises it, a purely editorial change does not. `source_kind`, `source_id`: what a lesson's text is of.
    """

    __tablename__ = "signing_text"
    __table_args__ = (
        CheckConstraint("kind IN ('policy', 'onboarding document', 'lesson')", name="kind"),
        CheckConstraint("status IN ('draft', 'published', 'retired')", name="status"),
        CheckConstraint("counts_from <= number", name="counts_from"),
        Index(
            "uq_signing_text_source",
            "source_kind",
            "source_id",
            unique=True,
            postgresql_where=text("source_kind IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    status: Mapped[str] = mapped_column(default="draft")
    number: Mapped[int | None]
    counts_from: Mapped[int | None]
    source_kind: Mapped[str | None]
    source_id: Mapped[int | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class SigningTextDraft(Model):
    """What is being written in one language, until it is published as part of the next version."""

    __tablename__ = "signing_text_draft"

    text_id: Mapped[int] = mapped_column(ForeignKey("signing_text.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    meaning: Mapped[str]
    body: Mapped[str]
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    changed_by_name: Mapped[str] = mapped_column(default="")


class SigningTextVersion(Model):
    """The words of one version in one language, never changed. `body` is Markdown, `body_html` safe to print.

    `sha256` is `rules.fingerprint` of title, meaning and body. `asks_again`: whether earlier signatures ended with it;
    `change_note`: what changed, or why this was only editorial.
    """

    __tablename__ = "signing_text_version"
    __table_args__ = (UniqueConstraint("text_id", "number", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("signing_text.id"))
    number: Mapped[int]
    language: Mapped[str]
    title: Mapped[str]
    meaning: Mapped[str]
    body: Mapped[str]
    body_html: Mapped[str]
    sha256: Mapped[str]
    asks_again: Mapped[bool] = mapped_column(default=True)
    change_note: Mapped[str] = mapped_column(default="")
    published_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    published_by_name: Mapped[str]

    text: Mapped[SigningText] = relationship(lazy="raise_on_sql")


class Signature(Model):
    """One person signed one version. Names are copied as at the signing (21 CFR 11.50).

    `local_time` is ISO 8601 with offset in `time_zone`, the signer's. `method`: 'password' (entered again), or
    'demonstration' for data that nobody signed. `sha256` is `rules.seal_of` all of it: a changed row does not match.
    """

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint("method IN ('password', 'demonstration')", name="method"),
        Index("ix_signature_employee", "employee_id", "id"),
        Index("ix_signature_version", "text_version_id", "employee_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    printed_name: Mapped[str]
    employee_number: Mapped[str]
    text_version_id: Mapped[int] = mapped_column(ForeignKey("signing_text_version.id"))
    text_sha256: Mapped[str]
    meaning: Mapped[str]
    signed_at: Mapped[dt.datetime]
    local_time: Mapped[str]
    time_zone: Mapped[str]
    method: Mapped[str] = mapped_column(default="password")
    address: Mapped[str] = mapped_column(default="")
    request_id: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str]

    version: Mapped[SigningTextVersion] = relationship(lazy="raise_on_sql")


class SignatureRequest(Model):
    """An employee is asked to sign a text, once for each source, open until signed or withdrawn.

    `anew`: only a signature made after the asking counts. `told_at`, `next_reminder_on` belong to whoever writes
    letters about requests of that source; `next_reminder_on` None: no more reminders.
    """

    __tablename__ = "signature_request"
    __table_args__ = (
        CheckConstraint("signature_id IS NULL OR withdrawn_at IS NULL", name="one_end"),
        Index(
            "uq_signature_request_source",
            "employee_id",
            "text_id",
            "source_kind",
            "source_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        # Serves what a person has to sign, and who is still to sign a text.
        Index(
            "ix_signature_request_open",
            "employee_id",
            "text_id",
            postgresql_where=text("signature_id IS NULL AND withdrawn_at IS NULL"),
        ),
        # Serves the page of a round.
        Index("ix_signature_request_of_source", "source_kind", "source_id", "id"),
        # Serve the job that writes letters and reminders.
        Index(
            "ix_signature_request_untold",
            "id",
            postgresql_where=text("told_at IS NULL AND signature_id IS NULL AND withdrawn_at IS NULL"),
        ),
        Index(
            "ix_signature_request_reminder",
            "next_reminder_on",
            postgresql_where=text("next_reminder_on IS NOT NULL AND signature_id IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    text_id: Mapped[int] = mapped_column(ForeignKey("signing_text.id"))
    due_on: Mapped[dt.date | None]
    source_kind: Mapped[str]
    source_id: Mapped[int]
    anew: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked_by_name: Mapped[str] = mapped_column(default="")
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    told_at: Mapped[dt.datetime | None]
    next_reminder_on: Mapped[dt.date | None]

    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    text: Mapped[SigningText] = relationship(lazy="raise_on_sql")
    signature: Mapped[Signature | None] = relationship(lazy="raise_on_sql")
