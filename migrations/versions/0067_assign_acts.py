"""Another course for many people is an act of the worker too (DSH-2)."""

from __future__ import annotations

from alembic import op

revision = "0067"
down_revision = "0066"

NAME = "ck_assignment_act_asked"


def upgrade() -> None:
    _asked("'remind', 'extend', 'escalate', 'assign'")


def downgrade() -> None:
    """What was done stays done; of such acts the page with what came of each goes."""
    op.execute("DELETE FROM assignment_act WHERE asked = 'assign'")
    _asked("'remind', 'extend', 'escalate'")


def _asked(known: str) -> None:
    op.drop_constraint(op.f(NAME), "assignment_act")
    op.create_check_constraint(op.f(NAME), "assignment_act", f"asked IN ({known})")
