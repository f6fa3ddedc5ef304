"""Ways out that fail are left alone for a while; failed notices that somebody has given up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

INDEX = "ix_notice_stuck"
STUCK = "status IN ('failed', 'unknown') AND given_up_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "outreach_channel_trouble",
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("way", name=op.f("pk_outreach_channel_trouble")),
        if_not_exists=True,
    )
    op.add_column("notice", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True), if_not_exists=True)
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # what an interrupted attempt left is not valid
        op.execute(f"CREATE INDEX CONCURRENTLY {INDEX} ON notice (id) WHERE {STUCK}")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="notice")
    op.drop_column("notice", "given_up_at")
    op.drop_table("outreach_channel_trouble")
