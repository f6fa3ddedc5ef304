"""A launch of SCORM content may be revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("scorm_launch", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    # No row of it is older than the release that brings both, so that no lock is felt.
    op.create_index("ix_scorm_launch_opened_by_id", "scorm_launch", ["opened_by_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_scorm_launch_opened_by_id", "scorm_launch")
    op.drop_column("scorm_launch", "revoked_at")
