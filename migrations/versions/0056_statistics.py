"""Indexes that hold what the statistics count, so that no table is read for it (DSH-3). Made while people work."""

from __future__ import annotations

from alembic import op

revision = "0056"
down_revision = "0054"

INDEXES = {
    "ix_training_assignment_late": "training_assignment (due_at) INCLUDE (employee_id, course_id, due_on, completed_on)"
    " WHERE closed_as IS NULL AND (completed_on IS NULL OR completed_on > due_on)",
    "ix_training_assignment_fell_due": "training_assignment (due_on)"
    " INCLUDE (employee_id, course_id, due_at, completed_on) WHERE closed_as IS NULL",
    "ix_training_assignment_completed": "training_assignment (completed_on) INCLUDE (employee_id, course_id, due_on)"
    " WHERE closed_as IS NULL AND completed_on IS NOT NULL",
    "ix_enrollment_took": "enrollment (course_id) INCLUDE (employee_id, enrolled_at, completed_at, cycle)"
    " WHERE completed_at IS NOT NULL AND NOT completed_by_hand AND withdrawn_at IS NULL",
    "ix_enrollment_scored": "enrollment (course_id) INCLUDE (employee_id, best_score)"
    " WHERE best_score IS NOT NULL AND withdrawn_at IS NULL",
    "ix_enrollment_withdrawn": "enrollment (id) WHERE withdrawn_at IS NOT NULL",
    "ix_certificate_standing": "certificate (issued_on) INCLUDE (employee_id, course_id)"
    " WHERE revoked_at IS NULL AND replaced_at IS NULL",
    "ix_certification_period_ending": "certification_period (valid_until)"
    " INCLUDE (employee_id, course_id, enrollment_id) WHERE is_current",
    "ix_notice_reminder": "notice (about_id, employee_id) INCLUDE (sent_at, queued_at)"
    " WHERE about_kind = 'assignment' AND template = 'training_reminder' AND status IN ('sent', 'carried')",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, columns in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # what an interrupted attempt left is not valid
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {columns}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
