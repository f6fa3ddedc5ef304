"""What somebody agreed to be texted, when a notice began to count, and every missing address by its reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0038"

INDEX = "ix_notice_passed"
# The two reasons there were before reasons had names.
NAMED = """
UPDATE notice SET suppressed_as = CASE
    WHEN error = 'There is no e-mail address on file.' THEN 'no address'
    WHEN error = 'The recipient has switched letters of this kind off.' THEN 'switched off'
    ELSE 'not wanted' END
WHERE status = 'suppressed' AND suppressed_as IS NULL
"""


def upgrade() -> None:
    op.add_column("contact_preference", sa.Column("sms_number", sa.Text(), nullable=True), if_not_exists=True)
    op.add_column(
        "contact_preference", sa.Column("sms_words", sa.Text(), server_default="", nullable=False), if_not_exists=True
    )
    op.add_column(
        "contact_preference",
        sa.Column("sms_noted_by", sa.Text(), server_default="", nullable=False),
        if_not_exists=True,
    )
    op.add_column("notice", sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True), if_not_exists=True)
    op.execute(NAMED)
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # what an interrupted attempt left is not valid
        op.execute(f"CREATE INDEX CONCURRENTLY {INDEX} ON notice (employee_id, passed_at) WHERE passed_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="notice")
    op.drop_column("notice", "passed_at")
    for name in ("sms_noted_by", "sms_words", "sms_number"):
        op.drop_column("contact_preference", name)
