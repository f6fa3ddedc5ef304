"""An index of what was begun and is not completed, so that a page in the order of progress does not read all that is
open (DSH-1). Made while people work."""

from __future__ import annotations

from alembic import op

revision = "0065"
down_revision = "0063"

NAME = "ix_training_assignment_begun"
MADE_OF = (
    "training_assignment (enrollment_id) INCLUDE (id, employee_id, course_id, due_on, due_at)"
    " WHERE completed_at IS NULL AND closed_as IS NULL AND started_at IS NOT NULL"
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")  # what an interrupted attempt left is not valid
        op.execute(f"CREATE INDEX CONCURRENTLY {NAME} ON {MADE_OF}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
