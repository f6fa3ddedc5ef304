"""Files of questions, and what was found in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0023"

JSON = postgresql.JSONB(astext_type=sa.Text())
STATUSES = "status IN ('planned', 'applied', 'undone', 'discarded', 'refused')"


def upgrade() -> None:
    op.create_table(
        "question_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("pool_id", sa.Integer(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_values", JSON, nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.CheckConstraint(STATUSES, name=op.f("ck_question_import_status")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_question_import_state")),
        sa.CheckConstraint("asked IN ('read', 'apply')", name=op.f("ck_question_import_asked")),
        sa.CheckConstraint("num_nonnulls(quiz_id, pool_id) = 1", name=op.f("ck_question_import_place")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_question_import_file_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_question_import_quiz_id")),
        sa.ForeignKeyConstraint(["pool_id"], ["question_pool.id"], name=op.f("fk_question_import_pool_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_question_import_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_import")),
    )
    open_ones = sa.text("state IN ('waiting', 'running')")
    op.create_index("ix_question_import_open", "question_import", ["id"], postgresql_where=open_ones)
    op.create_index("ix_question_import_asked_by_id", "question_import", ["asked_by_id", "id"])
    op.create_table(
        "question_import_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("draft", JSON, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("same", sa.Text(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('question', 'problem')", name=op.f("ck_question_import_line_kind")),
        sa.CheckConstraint("same IN ('', 'there', 'file')", name=op.f("ck_question_import_line_same")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["question_import.id"], name=op.f("fk_question_import_line_import_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_import_line_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_import_line")),
    )
    op.create_index("ix_question_import_line_import_id", "question_import_line", ["import_id", "number"])


def downgrade() -> None:
    op.drop_table("question_import_line")
    op.drop_table("question_import")
