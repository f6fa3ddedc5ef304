"""Assignment lessons: hand-ins, gradings, drafts, claims; who grades a course."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

JSON = postgresql.JSONB(astext_type=sa.Text())
APPEND_ONLY = ("hand_in", "grading")
KINDS = ("text", "video", "pdf", "acknowledgement", "quiz")


def upgrade() -> None:
    _lesson_kinds((*KINDS, "assignment"))
    op.create_table(
        "hand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("task", JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_html", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("submit_key", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_hand_in_enrollment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_hand_in_lesson_id")),
        sa.ForeignKeyConstraint(["handed_in_by_id"], ["app_user.id"], name=op.f("fk_hand_in_handed_in_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in")),
        sa.UniqueConstraint(
            "enrollment_id", "lesson_id", "number", name=op.f("uq_hand_in_enrollment_id_lesson_id_number")
        ),
        sa.UniqueConstraint(
            "enrollment_id", "lesson_id", "submit_key", name=op.f("uq_hand_in_enrollment_id_lesson_id_submit_key")
        ),
    )
    op.create_index("ix_hand_in_handed_in_at", "hand_in", ["handed_in_at"])
    op.create_index("ix_hand_in_lesson_id", "hand_in", ["lesson_id"])
    op.create_table(
        "grading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hand_in_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("points", JSON, nullable=False),
        sa.Column("total", sa.Numeric(8, 2), nullable=True),
        sa.Column("max_points", sa.Numeric(8, 2), nullable=True),
        sa.Column("percent", sa.Numeric(5, 2), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("feedback_html", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("graded_by_id", sa.Integer(), nullable=True),
        sa.Column("graded_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("decision IN ('pass', 'rework', 'fail')", name=op.f("ck_grading_decision")),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_in.id"], name=op.f("fk_grading_hand_in_id")),
        sa.ForeignKeyConstraint(["graded_by_id"], ["app_user.id"], name=op.f("fk_grading_graded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading")),
        sa.UniqueConstraint("hand_in_id", "number", name=op.f("uq_grading_hand_in_id_number")),
    )
    _drafts_and_claims()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _drafts_and_claims() -> None:
    op.create_table(
        "hand_in_draft",
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("files", JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("uploads", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_hand_in_draft_enrollment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_hand_in_draft_lesson_id")),
        sa.PrimaryKeyConstraint("enrollment_id", "lesson_id", "cycle", name=op.f("pk_hand_in_draft")),
    )
    op.create_table(
        "hand_in_claim",
        sa.Column("hand_in_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_in.id"], name=op.f("fk_hand_in_claim_hand_in_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_hand_in_claim_user_id")),
        sa.PrimaryKeyConstraint("hand_in_id", name=op.f("pk_hand_in_claim")),
    )
    op.create_table(
        "course_evaluator",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_evaluator_course_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_course_evaluator_user_id")),
        sa.PrimaryKeyConstraint("course_id", "user_id", name=op.f("pk_course_evaluator")),
    )
    op.create_index("ix_course_evaluator_user_id", "course_evaluator", ["user_id"])


def _lesson_kinds(kinds: tuple[str, ...]) -> None:
    """Checked without a lock that would hold up readers."""
    words = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute("ALTER TABLE lesson DROP CONSTRAINT ck_lesson_kind")
    op.execute(f"ALTER TABLE lesson ADD CONSTRAINT ck_lesson_kind CHECK (kind IN ({words})) NOT VALID")
    op.execute("ALTER TABLE lesson VALIDATE CONSTRAINT ck_lesson_kind")


def downgrade() -> None:
    for table in ("course_evaluator", "hand_in_claim", "hand_in_draft", "grading", "hand_in"):
        op.drop_table(table)
    _lesson_kinds(KINDS)
