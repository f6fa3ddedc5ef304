"""One row for each status that is called otherwise somewhere."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class StatusLabel(Model):
    """`scope_kind` and `scope_id` as `rules.Scope` says; `status` one of `rules.STATUSES`; `language` 'en', 'es'."""

    __tablename__ = "status_label"
    __table_args__ = (
        CheckConstraint("scope_kind IN ('organisation', 'course', 'compliance_type')", name="scope_kind"),
    )

    scope_kind: Mapped[str] = mapped_column(primary_key=True)
    scope_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
