"""A template by name, and its versions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class CertificateTemplate(Model):
    """What courses and paths choose by its title. `version`: the newest, which certificates are issued with."""

    __tablename__ = "certificate_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[dt.datetime | None]


class CertificateTemplateVersion(Model):
    """How certificates look from `made_at` on: `design` as `rules.Design` writes it. Never changed.

    The pictures are PNG, written anew when they came in.
    """

    __tablename__ = "certificate_template_version"

    template_id: Mapped[int] = mapped_column(ForeignKey("certificate_template.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    design: Mapped[dict[str, Any]]
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    second_signature_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    made_by_name: Mapped[str] = mapped_column(default="")
