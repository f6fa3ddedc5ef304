"""Each checkpoint names the one before it, so that none can be taken out of the row unseen (EVD-2)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0052"


def upgrade() -> None:
    """Only the sequencer writes here, and waits for its next second meanwhile."""
    op.add_column("ledger_checkpoint", sa.Column("after_size", sa.BigInteger(), nullable=True))
    op.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER USER")
    op.execute(
        "UPDATE ledger_checkpoint c SET after_size = p.before FROM (SELECT epoch, size, coalesce(lag(size) OVER"
        " (PARTITION BY epoch ORDER BY size), 0) AS before FROM ledger_checkpoint) p"
        " WHERE p.epoch = c.epoch AND p.size = c.size"
    )
    op.execute("ALTER TABLE ledger_checkpoint ENABLE TRIGGER USER")
    op.alter_column("ledger_checkpoint", "after_size", nullable=False)


def downgrade() -> None:
    op.drop_column("ledger_checkpoint", "after_size")
