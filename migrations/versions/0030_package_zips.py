"""SCORM: the ZIP of an import that was refused or set aside is let go; the row stays to say why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.alter_column("package_import", "file_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM package_import WHERE file_id IS NULL")
    op.alter_column("package_import", "file_id", existing_type=sa.Integer(), nullable=False)
