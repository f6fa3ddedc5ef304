"""Indexes that say which rows a report has, so that no table is read to count them (REP-1, REP-2). Made while people
work."""

from __future__ import annotations

from alembic import op

revision = "0063"
down_revision = "0061"

INDEXES = {
    "ix_completion_record_listed": "completion_record (subject_kind, subject_id, occurred_at)"
    " INCLUDE (id, employee_id, how, time_zone, score)",
    "ix_enrollment_until": "enrollment (valid_until) INCLUDE (id, employee_id, course_id)"
    " WHERE valid_until IS NOT NULL AND withdrawn_at IS NULL",
}
BEFORE = {"ix_completion_record_subject": "completion_record (subject_kind, subject_id, occurred_at)"}


def upgrade() -> None:
    """The longer index answers whatever the shorter one did."""
    _exchange(INDEXES, BEFORE)


def downgrade() -> None:
    _exchange(BEFORE, INDEXES)


def _exchange(new: dict[str, str], old: dict[str, str]) -> None:
    with op.get_context().autocommit_block():
        for name, columns in new.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # what an interrupted attempt left is not valid
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {columns}")
        for name in old:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
