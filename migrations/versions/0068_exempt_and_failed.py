"""The completion report tells who failed and who is exempt from who has not started (REP-1): what is kept of it is made
anew, and a mark is left when somebody fails.

Made while people work: a column with a value, a trigger; until the sweeps have come pages count from the rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"

# What a mark is left for when an enrollment changes; the last one is new.
COLUMNS = (
    "employee_id",
    "course_id",
    "enrolled_at",
    "completed_at",
    "completed_by_hand",
    "withdrawn_at",
    "exempted_at",
    "best_score",
    "cycle",
    "started_at",
    "valid_until",
    "renewal_from",
    "failed_at",
)


def upgrade() -> None:
    op.add_column("enrolled_figures", sa.Column("failed", sa.Integer(), nullable=False, server_default="0"))
    op.execute("DELETE FROM enrolled_figures")
    _mark_changes_of(COLUMNS)


def downgrade() -> None:
    _mark_changes_of(COLUMNS[:-1])
    op.execute("DELETE FROM enrolled_figures")
    op.drop_column("enrolled_figures", "failed")


def _mark_changes_of(columns: tuple[str, ...]) -> None:
    was, now = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE OR REPLACE TRIGGER figures_update AFTER UPDATE ON enrollment FOR EACH ROW"
            f" WHEN (({was}) IS DISTINCT FROM ({now})) EXECUTE FUNCTION figures_touch_row()"
        )
