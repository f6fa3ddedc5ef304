"""One lesson can be set done by hand: the decision names it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

BEFORE = "kind IN ('completion', 'exemption', 'revocation')"
AFTER = "kind IN ('completion', 'exemption', 'lesson', 'revocation')"


def upgrade() -> None:
    op.add_column("completion_override", sa.Column("lesson_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_completion_override_lesson_id"), "completion_override", "lesson", ["lesson_id"], ["id"]
    )
    _kinds(AFTER)
    op.create_check_constraint(
        op.f("ck_completion_override_lesson"), "completion_override", "kind <> 'lesson' OR lesson_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_completion_override_lesson"), "completion_override")
    _kinds(BEFORE)
    op.drop_constraint(op.f("fk_completion_override_lesson_id"), "completion_override")
    op.drop_column("completion_override", "lesson_id")


def _kinds(words: str) -> None:
    op.drop_constraint(op.f("ck_completion_override_kind"), "completion_override")
    op.create_check_constraint(op.f("ck_completion_override_kind"), "completion_override", words)
