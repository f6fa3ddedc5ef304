"""Lessons count what is written; courses come as files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("lesson", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("lesson", sa.Column("writing", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index("ix_lesson_writing", "lesson", ["id"], postgresql_where=sa.text("writing IS NOT NULL"))
    op.create_table(
        "course_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_course_import_state")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_course_import_asked_by_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_import_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_import")),
    )
    op.create_index(
        "ix_course_import_open",
        "course_import",
        ["id"],
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_index("ix_course_import_asked_by_id", "course_import", ["asked_by_id", "id"])


def downgrade() -> None:
    op.drop_table("course_import")
    op.drop_index("ix_lesson_writing", "lesson")
    op.drop_column("lesson", "writing")
    op.drop_column("lesson", "revision")
