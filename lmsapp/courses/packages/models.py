"""Packages, their files, and the work of importing one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ScormPackage(Model):
    """A package as it was imported; it never changes. `manifest` as `rules.Manifest.as_json` writes it.

    `file_id`: the ZIP as it came. `size`: bytes of all files unpacked.
    """

    __tablename__ = "scorm_package"
    __table_args__ = (CheckConstraint("edition IN ('1.2', '2004')", name="edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    edition: Mapped[str]
    title: Mapped[str]
    manifest: Mapped[dict[str, Any]]
    file_count: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class PackageFile(Model):
    """A file of a package. `path` as the manifest and the content name it, `sha256` where its bytes lie."""

    __tablename__ = "package_file"

    package_id: Mapped[int] = mapped_column(ForeignKey("scorm_package.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]


class PackageImport(Model):
    """A ZIP that somebody sent for a lesson, and what came of it.

    `status`: 'reading', 'taken', 'refused', or 'discarded' by whoever sent it. `asked`, `state`, `tries`, `done` of
    `total` bytes and `lease_until`: the promise of work, see `infra.claims`. `error` with `error_values`: why not.
    `notes`: [[words, values], ...] about what was imported all the same. `file_id` null: refused or set aside, and the
    file is gone.
    """

    __tablename__ = "package_import"
    __table_args__ = (
        CheckConstraint("status IN ('reading', 'taken', 'refused', 'discarded')", name="status"),
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        # Serves the sweep for promises whose doorbell was lost.
        Index("ix_package_import_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        # Serves the page of a lesson.
        Index("ix_package_import_lesson_id", "lesson_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    package_id: Mapped[int | None] = mapped_column(ForeignKey("scorm_package.id"))
    status: Mapped[str] = mapped_column(default="reading")
    asked: Mapped[str] = mapped_column(default="read")
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    error: Mapped[str | None]
    error_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[list[Any]] = mapped_column(default=list)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[dt.datetime | None]
