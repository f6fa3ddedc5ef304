"""When each version of a question was written, and by whom; in which attempts a question was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("question", sa.Column("written_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("question", sa.Column("written_by_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_question_written_by_id"), "question", "app_user", ["written_by_id"], ["id"])
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_quiz_submission_asked")  # of an interrupted attempt
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_quiz_submission_asked ON quiz_submission "
            "USING gin (jsonb_path_query_array(questions, '$[*].id'))"
        )


def downgrade() -> None:
    op.drop_index("ix_quiz_submission_asked", table_name="quiz_submission")
    op.drop_column("question", "written_by_id")
    op.drop_column("question", "written_at")
