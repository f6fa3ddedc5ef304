"""Reports asked for as PDF, which are nobody's evidence in particular."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.alter_column("sealed_file", "employee_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "report_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_report_request_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_request")),
    )
    op.create_index("ix_report_request_asked_by", "report_request", ["asked_by_id", "id"])


def downgrade() -> None:
    op.drop_table("report_request")
    op.execute("DELETE FROM sealed_file WHERE employee_id IS NULL")
    op.alter_column("sealed_file", "employee_id", existing_type=sa.Integer(), nullable=False)
