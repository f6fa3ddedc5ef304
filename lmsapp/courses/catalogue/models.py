"""Course > chapter > lesson; content versions; completion rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.infra.files import StoredFile


class Course(Model):
    """A training container. `status`: 'draft', 'published', 'retired'. `minutes` is the expected time in all.

    `kind`: programme kind ('mandatory compliance', 'professional certification', 'elective development',
    'onboarding'). `validity_months` null: never expires; `renewal_months` is the age at which renewing begins (CRS-6).
    `validity_terms`: the rest of the policy, as `courses.validity.policy` keeps it; what is left out has its default.
    `citation` names the law or standard behind it. `content_version` 0: never published.
    `in_order`: each lesson opens when the one before it is done.
    `mandatory_for`: for whom it is mandatory, as `people.forwhom` keeps it; empty: everybody. `onboarding_due_days`:
    how many days somebody new has for it; null: as the organisation's setting says.
    `lesson_count` and `minutes` are of what learners see. `draft_changed_at`: the draft differs from what is
    published since then; null: it does not. `topics`: the author's words for what it is about. `price` null: it costs
    nothing (CRS-9); `currency` ISO 4217.
    """

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'published', 'retired')", name="status"),
        CheckConstraint("validity_months > 0", name="validity"),
        CheckConstraint("onboarding_due_days BETWEEN 1 AND 365", name="onboarding_due_days"),
        CheckConstraint("renewal_months > 0 AND renewal_months <= validity_months", name="renewal"),
        CheckConstraint("price > 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="mandatory compliance")
    language: Mapped[str] = mapped_column(default="en")
    minutes: Mapped[int] = mapped_column(default=0)
    mandatory: Mapped[bool] = mapped_column(default=False)
    mandatory_for: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    onboarding_due_days: Mapped[int | None]
    self_enroll: Mapped[bool] = mapped_column(default=True)
    in_order: Mapped[bool] = mapped_column(default=False, server_default="false")
    validity_months: Mapped[int | None]
    renewal_months: Mapped[int | None]
    validity_terms: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    citation: Mapped[str] = mapped_column(default="")
    topics: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    currency: Mapped[str] = mapped_column(default="USD", server_default="USD")
    status: Mapped[str] = mapped_column(default="draft")
    content_version: Mapped[int] = mapped_column(default=0)
    rule_version: Mapped[int] = mapped_column(default=0)
    lesson_count: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    published_at: Mapped[dt.datetime | None]
    draft_changed_at: Mapped[dt.datetime | None]

    chapters: Mapped[list[Chapter]] = relationship(
        lazy="raise_on_sql", order_by="Chapter.position", back_populates="course"
    )


class Chapter(Model):
    """A heading in the outline."""

    __tablename__ = "chapter"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    archived_at: Mapped[dt.datetime | None]

    course: Mapped[Course] = relationship(lazy="raise_on_sql", back_populates="chapters")
    lessons: Mapped[list[Lesson]] = relationship(
        lazy="raise_on_sql", order_by="Lesson.position", back_populates="chapter"
    )


class Lesson(Model):
    """One thing to do. `kind`: 'text', 'video', 'pdf', 'acknowledgement', 'quiz', 'assignment', 'scorm'.

    `body` is Markdown (text to read, statement to acknowledge, transcript of a video, the task of an
    assignment). `minutes` expected;
    `min_seconds` the least active time before it can be marked done (text, acknowledgement); `share` per cent of
    a video's seconds or a PDF's pages that must be seen. `detail`: video {'seconds': 68.0, 'captions':
    file id or null}, pdf {'pages': 4, 'page_files': [{'image': file id, 'width':, 'height':, 'text': '...'}]},
    assignment {'task': as `courses.tasks.rules.Task` writes it}, scorm {'scorm': {'package': id, 'edition': '1.2',
    'title': '...', 'scos': 3, and `courses.packages.rules.PackageTerms`}}, where `file_id` is the ZIP as it came.
    Beside it 'poster': file id; 'files': [{'name': 'hand.png', 'file': id}], what the text names as files/hand.png;
    'resources': [{'key': 1, 'title': '...', 'file': id or 'url': '...'}].
    A lesson with history is archived, never deleted. `revision` counts what is written, so that two windows do not
    overwrite each other; `writing` is the present session of somebody who writes, see `publishing.writings`.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('text', 'video', 'pdf', 'acknowledgement', 'quiz', 'assignment', 'scorm')", name="kind"
        ),
        CheckConstraint("share BETWEEN 1 AND 100", name="share"),
        # Serves the outline of a course.
        Index("ix_lesson_course", "course_id", "chapter_id", "position"),
        # Serves the sweep for sessions of writing that have ended.
        Index("ix_lesson_writing", "id", postgresql_where=text("writing IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id"))
    position: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    body_html: Mapped[str] = mapped_column(default="")  # rendered and sanitised once, when saved
    minutes: Mapped[int] = mapped_column(default=5)
    min_seconds: Mapped[int] = mapped_column(default=0)
    share: Mapped[int] = mapped_column(default=90)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    writing: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    archived_at: Mapped[dt.datetime | None]

    chapter: Mapped[Chapter] = relationship(lazy="raise_on_sql", back_populates="lessons")
    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")


class ContentVersion(Model):
    """What the course said from `published_at` on: the whole content as canonical JSON, and its SHA-256."""

    __tablename__ = "content_version"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    content: Mapped[dict[str, Any]]
    published_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class CompletionRule(Model):
    """What must be met (CRS-3). `mode` 'all' or 'any'; `criteria` a list of objects, see `courses.catalogue.rules`."""

    __tablename__ = "completion_rule"
    __table_args__ = (UniqueConstraint("course_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    version: Mapped[int]
    mode: Mapped[str] = mapped_column(default="all")
    criteria: Mapped[list[Any]]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
