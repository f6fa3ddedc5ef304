"""Another course for many people is an act of the worker too (DSH-2); whether a line changed is read from an index
alone (DSH-5), made while people work."""

from __future__ import annotations

from alembic import op

revision = "0067"
down_revision = "0066"

NAME = "ck_assignment_act_asked"
INDEX = "ix_assignment_states_changes"


def upgrade() -> None:
    _asked("'remind', 'extend', 'escalate', 'assign'")
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # what an interrupted attempt left is not valid
        op.execute(
            f"CREATE INDEX CONCURRENTLY {INDEX} ON assignment_states (employee_id) INCLUDE (changes, since, until)"
        )


def downgrade() -> None:
    """What was done stays done; of such acts the page with what came of each goes."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
    op.execute("DELETE FROM assignment_act WHERE asked = 'assign'")
    _asked("'remind', 'extend', 'escalate'")


def _asked(known: str) -> None:
    op.drop_constraint(op.f(NAME), "assignment_act")
    op.create_check_constraint(op.f(NAME), "assignment_act", f"asked IN ({known})")
