"""Active time counted once a learner and course, visits of lessons, lessons in order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0019"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("course", sa.Column("in_order", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("enrollment", sa.Column("counted_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lesson_progress", sa.Column("minutes_at", JSONB, nullable=False, server_default="[]"))
    op.add_column("lesson_progress", sa.Column("course_minutes", JSONB, nullable=False, server_default="{}"))
    op.create_table(
        "lesson_visit",
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beats", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("claimed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("credited", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("spent", sa.Float(), nullable=False, server_default="0"),
        sa.Column("gained", sa.Float(), nullable=False, server_default="0"),
        sa.Column("visits", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("earlier", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_lesson_visit_enrollment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_visit_lesson_id")),
        sa.PrimaryKeyConstraint("enrollment_id", "cycle", "lesson_id", "number", name=op.f("pk_lesson_visit")),
    )


def downgrade() -> None:
    op.drop_table("lesson_visit")
    op.drop_column("lesson_progress", "course_minutes")
    op.drop_column("lesson_progress", "minutes_at")
    op.drop_column("enrollment", "counted_until")
    op.drop_column("course", "in_order")
