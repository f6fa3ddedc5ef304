"""A path, its items and gates as the author has them, and the versions that were published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import Model


class LearningPath(Model):
    """A set of courses that counts as a whole. `status`: 'draft', 'published', 'retired'.

    `ordering`: 'free', 'in order', 'gated', see `courses.paths.rules`. `electives`: how many of the elective courses
    are asked. `due_days` is what assigning proposes, counted from that day. `version` 0: never published. Title,
    summary and due days act at once; `ordering`, `electives`, items and gates once published.
    """

    __tablename__ = "learning_path"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'published', 'retired')", name="status"),
        CheckConstraint("ordering IN ('free', 'in order', 'gated')", name="ordering"),
        CheckConstraint("electives BETWEEN 0 AND 100", name="electives"),
        CheckConstraint("due_days BETWEEN 1 AND 3650", name="due_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    ordering: Mapped[str] = mapped_column(default="gated")
    electives: Mapped[int] = mapped_column(default=0)
    due_days: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(default="")  # of the version in force
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    published_at: Mapped[dt.datetime | None]


class PathItem(Model):
    """A course in the draft of a path, once. `role`: 'required', 'elective', 'optional'.

    `needed`: how many of its gates open it; null: all of them. `section` is a heading above it, or empty.
    """

    __tablename__ = "path_item"
    __table_args__ = (
        UniqueConstraint("path_id", "course_id"),
        CheckConstraint("role IN ('required', 'elective', 'optional')", name="role"),
        CheckConstraint("needed > 0", name="needed"),
        # Serves 'in which paths is this course'.
        Index("ix_path_item_course", "course_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path_id: Mapped[int] = mapped_column(ForeignKey("learning_path.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(default="required")
    section: Mapped[str] = mapped_column(default="")
    needed: Mapped[int | None]

    course: Mapped[Course] = relationship(lazy="raise_on_sql")


class PathGate(Model):
    """`item_id` opens after `needs_id`, both of the same path. Counts where the path is gated."""

    __tablename__ = "path_gate"
    __table_args__ = (CheckConstraint("item_id <> needs_id", name="itself"), Index("ix_path_gate_needs", "needs_id"))

    item_id: Mapped[int] = mapped_column(ForeignKey("path_item.id", ondelete="CASCADE"), primary_key=True)
    needs_id: Mapped[int] = mapped_column(ForeignKey("path_item.id", ondelete="CASCADE"), primary_key=True)


class PathVersion(Model):
    """What the path asked from `published_at` on: `rules.Asked` as canonical JSON, and its SHA-256. Never changed."""

    __tablename__ = "path_version"

    path_id: Mapped[int] = mapped_column(ForeignKey("learning_path.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    content: Mapped[dict[str, Any]]
    published_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
