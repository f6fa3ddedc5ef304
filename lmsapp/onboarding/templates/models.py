"""Templates and their tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.compliance.documents.models import DocumentType
from lmsapp.evidence.signatures.models import SigningText
from lmsapp.infra import clock
from lmsapp.infra.db import Model

KINDS = "kind IN ('todo', 'upload', 'signature', 'training')"
WHO = "who IN ('employee', 'manager', 'hr', 'partner')"


class OnboardingTemplate(Model):
    """What a kind of newcomer is asked. `for_whom` as `people.forwhom` keeps it; the default is for all others."""

    __tablename__ = "onboarding_template"
    __table_args__ = (
        Index(
            "uq_onboarding_template_default",
            "is_default",
            unique=True,
            postgresql_where=text("is_default AND archived_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    for_whom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[dt.datetime | None]


class TemplateTask(Model):
    """One task; the words as in `templates.rules`. `instructions_html` is rendered and sanitised once, when saved."""

    __tablename__ = "onboarding_template_task"
    __table_args__ = (
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint(WHO, name="who"),
        CheckConstraint("counted_from IN ('hire', 'start')", name="counted_from"),
        Index("ix_onboarding_template_task_template", "template_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("onboarding_template.id"))
    position: Mapped[int]
    title: Mapped[str]
    instructions: Mapped[str] = mapped_column(default="")
    instructions_html: Mapped[str] = mapped_column(default="")
    who: Mapped[str]
    kind: Mapped[str]
    document_type_id: Mapped[int | None] = mapped_column(ForeignKey("document_type.id"))
    signing_text_id: Mapped[int | None] = mapped_column(ForeignKey("signing_text.id"))
    days: Mapped[int] = mapped_column(default=0)
    counted_from: Mapped[str] = mapped_column(default="hire")
    required: Mapped[bool] = mapped_column(default=True)
    archived_at: Mapped[dt.datetime | None]

    template: Mapped[OnboardingTemplate] = relationship(lazy="raise_on_sql")
    document_type: Mapped[DocumentType | None] = relationship(lazy="raise_on_sql")
    signing_text: Mapped[SigningText | None] = relationship(lazy="raise_on_sql")
