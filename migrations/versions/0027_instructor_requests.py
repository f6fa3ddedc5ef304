"""Time with the instructor, asked for after failing twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "instructor_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("quiz_title", sa.Text(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False, server_default=""),
        sa.Column("times", postgresql.JSONB(), nullable=False, server_default="[]"),
        sa.Column("state", sa.Text(), nullable=False, server_default="open"),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("meet_at", moment, nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("closed_by_name", sa.Text(), nullable=False, server_default=""),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'done', 'taken back')", name=op.f("ck_instructor_request_state")
        ),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_instructor_request_enrollment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_instructor_request_lesson_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["app_user.id"], name=op.f("fk_instructor_request_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructor_request")),
    )
    op.create_index(
        "uq_instructor_request_under_way",
        "instructor_request",
        ["enrollment_id", "cycle"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'answered')"),
    )
    op.create_index("ix_instructor_request_state", "instructor_request", ["state", "asked_at"])


def downgrade() -> None:
    op.drop_table("instructor_request")
