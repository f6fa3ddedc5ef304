"""Message texts in the organisation's own words, with everything they said before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.create_table(
        "message_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("moment", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.Text(), server_default="", nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by_name", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms', 'slack', 'in_app')", name=op.f("ck_message_text_channel")),
        sa.CheckConstraint("language IN ('en', 'es')", name=op.f("ck_message_text_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_text")),
    )
    op.create_index(
        "uq_message_text_in_force",
        "message_text",
        ["template", "moment", "channel", "language"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM setting WHERE name = 'message_texts_version'")
    op.drop_table("message_text")
