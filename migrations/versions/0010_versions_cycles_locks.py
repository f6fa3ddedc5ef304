"""Drafts beside what is published, the version somebody takes, times round, and locks of an enrollment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("course", sa.Column("draft_changed_at", sa.DateTime(timezone=True), nullable=True))

    op.add_column("enrollment", sa.Column("cycle", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("enrollment", sa.Column("content_version", sa.Integer(), nullable=True))
    op.add_column("enrollment", sa.Column("renewal_started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrollment", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("enrollment", sa.Column("renewal_from", sa.Date(), nullable=True))
    op.add_column("enrollment", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrollment", sa.Column("paused_until", sa.Date(), nullable=True))
    op.add_column(
        "enrollment",
        sa.Column("locks", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]"),
    )
    # Whoever has begun goes on in what they have in front of them.
    op.execute(
        """
        UPDATE enrollment SET content_version = course.content_version FROM course
        WHERE course.id = enrollment.course_id AND enrollment.started_at IS NOT NULL AND course.content_version > 0
        """
    )

    op.add_column("lesson_progress", sa.Column("cycle", sa.Integer(), nullable=False, server_default="1"))
    op.drop_constraint("pk_lesson_progress", "lesson_progress", type_="primary")
    op.create_primary_key("pk_lesson_progress", "lesson_progress", ["enrollment_id", "cycle", "lesson_id"])

    op.add_column("quiz_submission", sa.Column("cycle", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("quiz_submission", sa.Column("content_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("quiz_submission", "content_version")
    op.drop_column("quiz_submission", "cycle")
    op.execute("DELETE FROM lesson_progress WHERE cycle > 1")
    op.drop_constraint("pk_lesson_progress", "lesson_progress", type_="primary")
    op.create_primary_key("pk_lesson_progress", "lesson_progress", ["enrollment_id", "lesson_id"])
    op.drop_column("lesson_progress", "cycle")
    for name in (
        "locks",
        "paused_until",
        "paused_at",
        "renewal_from",
        "valid_until",
        "renewal_started_at",
        "content_version",
        "cycle",
    ):
        op.drop_column("enrollment", name)
    op.drop_column("course", "draft_changed_at")
