"""Eight kinds of questions, tags, pools and draws; quiz settings; open answers that wait; gradings of attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

JSON = postgresql.JSONB(astext_type=sa.Text())
OLD_KINDS = ("single", "multiple", "true_false")
KINDS = (*OLD_KINDS, "short", "numeric", "matching", "ordering", "open")


def upgrade() -> None:
    op.create_table(
        "question_pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_question_pool_course_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_question_pool_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_pool")),
    )
    op.create_index("ix_question_pool_course_id", "question_pool", ["course_id"])
    op.create_table(
        "quiz_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(6, 2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_quiz_draw_count")),
        sa.CheckConstraint("points > 0", name=op.f("ck_quiz_draw_points")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_draw_quiz_id")),
        sa.ForeignKeyConstraint(["pool_id"], ["question_pool.id"], name=op.f("fk_quiz_draw_pool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_draw")),
    )
    op.create_index("ix_quiz_draw_quiz_id", "quiz_draw", ["quiz_id"])
    op.create_index("ix_quiz_draw_pool_id", "quiz_draw", ["pool_id"])
    _questions()
    _quizzes()
    _gradings()


def _questions() -> None:
    op.alter_column("question", "quiz_id", nullable=True)
    op.add_column("question", sa.Column("pool_id", sa.Integer(), nullable=True))
    op.add_column("question", sa.Column("detail", JSON, server_default="{}", nullable=False))
    op.add_column("question", sa.Column("tags", JSON, server_default="[]", nullable=False))
    op.add_column("question", sa.Column("copied_from_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_question_pool_id"), "question", "question_pool", ["pool_id"], ["id"])
    op.create_foreign_key(op.f("fk_question_copied_from_id"), "question", "question", ["copied_from_id"], ["id"])
    op.create_index("ix_question_pool", "question", ["pool_id", "position"])
    _question_kinds(KINDS)
    op.create_check_constraint(op.f("ck_question_place"), "question", "num_nonnulls(quiz_id, pool_id) = 1")


def _question_kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_question_kind"), "question", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_question_kind"), "question", f"kind IN ({listed})")


def _quizzes() -> None:
    op.add_column("quiz", sa.Column("wait_minutes", sa.Integer(), nullable=True))
    op.add_column("quiz", sa.Column("negative_percent", sa.Integer(), server_default="0", nullable=False))
    op.add_column("quiz", sa.Column("practice", sa.Boolean(), server_default="false", nullable=False))
    op.create_check_constraint(op.f("ck_quiz_wait"), "quiz", "wait_minutes > 0")
    op.create_check_constraint(op.f("ck_quiz_negative"), "quiz", "negative_percent BETWEEN 0 AND 100")
    op.add_column("quiz_submission", sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("quiz_submission", sa.Column("returned", JSON, nullable=True))
    op.add_column("quiz_submission", sa.Column("submit_seen", sa.Text(), nullable=True))
    op.add_column("quiz_submission", sa.Column("practice", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("quiz_submission", sa.Column("negative_percent", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE quiz_submission SET graded_at = submitted_at WHERE submitted_at IS NOT NULL")
    op.create_index(
        "ix_quiz_submission_waiting",
        "quiz_submission",
        ["submitted_at"],
        postgresql_where=sa.text("submitted_at IS NOT NULL AND graded_at IS NULL"),
    )


def _gradings() -> None:
    op.create_table(
        "quiz_grading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(8, 2), nullable=False),
        sa.Column("max_points", sa.Numeric(8, 2), nullable=False),
        sa.Column("percent", sa.Numeric(5, 2), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("result", JSON, nullable=False),
        sa.Column("feedback", JSON, nullable=False),
        sa.Column("corrections", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('scored', 'graded', 'regraded', 'returned')", name=op.f("ck_quiz_grading_kind")),
        sa.ForeignKeyConstraint(["submission_id"], ["quiz_submission.id"], name=op.f("fk_quiz_grading_submission_id")),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_quiz_grading_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_grading")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_quiz_grading_submission_id_number")),
    )
    op.execute(
        "CREATE TRIGGER quiz_grading_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON quiz_grading "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("quiz_grading")
    op.drop_index("ix_quiz_submission_waiting", table_name="quiz_submission")
    for name in ("negative_percent", "practice", "submit_seen", "returned", "graded_at"):
        op.drop_column("quiz_submission", name)
    for name in ("practice", "negative_percent", "wait_minutes"):
        op.drop_column("quiz", name)
    op.drop_constraint(op.f("ck_question_place"), "question", type_="check")
    _question_kinds(OLD_KINDS)
    for name in ("copied_from_id", "tags", "detail", "pool_id"):
        op.drop_column("question", name)
    op.alter_column("question", "quiz_id", nullable=False)
    op.drop_table("quiz_draw")
    op.drop_table("question_pool")
