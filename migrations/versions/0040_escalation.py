"""When to look next whether training in progress stands still."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

NAME = "ix_training_assignment_stall"


def upgrade() -> None:
    # A constant for every row there is: nothing is rewritten, so that nobody waits.
    op.add_column(
        "training_assignment",
        sa.Column("stall_look_at", sa.DateTime(timezone=True), server_default="2000-01-01 00:00:00+00", nullable=False),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")  # what an interrupted attempt left is not valid
        op.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON training_assignment (course_id, stall_look_at)"
            " WHERE completed_at IS NULL AND closed_as IS NULL AND started_at IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_index(NAME, table_name="training_assignment")
    op.drop_column("training_assignment", "stall_look_at")
