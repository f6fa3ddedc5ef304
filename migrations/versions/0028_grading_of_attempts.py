"""Open answers of attempts: who is on them, points for single answers; regrades and what became of each attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"

JSON = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "quiz_claim",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["quiz_submission.id"], name=op.f("fk_quiz_claim_submission_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_quiz_claim_user_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_quiz_claim")),
    )
    op.create_table(
        "quiz_mark",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(8, 2), nullable=True),
        sa.Column("criteria", JSON, server_default="{}", nullable=False),
        sa.Column("feedback", sa.Text(), server_default="", nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["quiz_submission.id"], name=op.f("fk_quiz_mark_submission_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_quiz_mark_question_id")),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_quiz_mark_by_id")),
        sa.PrimaryKeyConstraint("submission_id", "question_id", name=op.f("pk_quiz_mark")),
    )
    _regrades()
    _papers()


def _regrades() -> None:
    op.create_table(
        "quiz_regrade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("correction", JSON, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.CheckConstraint("policy IN ('good', 'both')", name=op.f("ck_quiz_regrade_policy")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_quiz_regrade_state")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_regrade_quiz_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_quiz_regrade_question_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["quiz_submission.id"], name=op.f("fk_quiz_regrade_submission_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_quiz_regrade_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_regrade")),
    )
    op.create_index("ix_quiz_regrade_quiz", "quiz_regrade", ["quiz_id", "id"])
    op.create_table(
        "quiz_regrade_line",
        sa.Column("regrade_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("points_before", sa.Numeric(8, 2), nullable=True),
        sa.Column("points_after", sa.Numeric(8, 2), nullable=True),
        sa.Column("percent_before", sa.Numeric(5, 2), nullable=True),
        sa.Column("percent_after", sa.Numeric(5, 2), nullable=True),
        sa.Column("passed_before", sa.Boolean(), nullable=True),
        sa.Column("passed_after", sa.Boolean(), nullable=True),
        sa.Column("stands", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("grading_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["regrade_id"], ["quiz_regrade.id"], name=op.f("fk_quiz_regrade_line_regrade_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["quiz_submission.id"], name=op.f("fk_quiz_regrade_line_submission_id")
        ),
        sa.ForeignKeyConstraint(["grading_id"], ["quiz_grading.id"], name=op.f("fk_quiz_regrade_line_grading_id")),
        sa.PrimaryKeyConstraint("regrade_id", "submission_id", name=op.f("pk_quiz_regrade_line")),
    )
    op.create_index("ix_quiz_regrade_line_submission", "quiz_regrade_line", ["submission_id"])


def _papers() -> None:
    op.create_table(
        "quiz_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=True),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state_sha256", sa.Text(), nullable=False),
        sa.Column("shows", JSON, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('course', 'analysis')", name=op.f("ck_quiz_paper_kind")),
        sa.CheckConstraint("num_nonnulls(enrollment_id, quiz_id) = 1", name=op.f("ck_quiz_paper_subject")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_quiz_paper_enrollment_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_paper_quiz_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_quiz_paper_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_paper")),
        sa.UniqueConstraint("state_sha256", name=op.f("uq_quiz_paper_state_sha256")),
    )
    op.create_index("ix_quiz_paper_enrollment", "quiz_paper", ["enrollment_id"])
    op.create_index("ix_quiz_paper_quiz", "quiz_paper", ["quiz_id"])
    op.alter_column("sealed_file", "employee_id", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM sealed_file WHERE employee_id IS NULL")
    op.alter_column("sealed_file", "employee_id", nullable=False)
    for name in ("quiz_paper", "quiz_regrade_line", "quiz_regrade", "quiz_mark", "quiz_claim"):
        op.drop_table(name)
