"""SCORM: the times of each sitting, whether content said it is done; rows that every commit changes are changed in place, suspend data as it comes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0032"

JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("scorm_launch", sa.Column("times", JSON, server_default="{}", nullable=False))
    op.add_column("scorm_launch", sa.Column("visit", sa.Integer(), nullable=True))
    op.add_column("scorm_sco", sa.Column("said_done", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("ix_scorm_launch_open", table_name="scorm_launch")
    op.create_index("ix_scorm_launch_open", "scorm_launch", ["id"], postgresql_where=sa.text("closed_at IS NULL"))
    # Room in each page for the next state of a row. Suspend data is packed by content already, and compressing it
    # again with each commit costs more than all the rest of the statement.
    op.execute("ALTER TABLE scorm_launch SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)")
    op.execute("ALTER TABLE scorm_sco SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)")
    op.execute("ALTER TABLE scorm_sco SET (toast.autovacuum_vacuum_scale_factor = 0.05)")
    op.execute("ALTER TABLE scorm_sco ALTER suspend_data SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("ALTER TABLE scorm_sco ALTER suspend_data SET STORAGE EXTENDED")
    op.execute("ALTER TABLE scorm_sco RESET (fillfactor, autovacuum_vacuum_scale_factor)")
    op.execute("ALTER TABLE scorm_sco RESET (toast.autovacuum_vacuum_scale_factor)")
    op.execute("ALTER TABLE scorm_launch RESET (fillfactor, autovacuum_vacuum_scale_factor)")
    op.drop_index("ix_scorm_launch_open", table_name="scorm_launch")
    op.create_index(
        "ix_scorm_launch_open", "scorm_launch", ["last_seen_at"], postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_column("scorm_sco", "said_done")
    op.drop_column("scorm_launch", "visit")
    op.drop_column("scorm_launch", "times")
