"""Assignments that are to follow a changed reminder policy; finding what was looked at while the clock stood wrong."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0042"

LOOKED = "ix_training_assignment_looked"


def upgrade() -> None:
    op.create_table(
        "reminder_look_again",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_reminder_look_again_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_reminder_look_again")),
    )
    op.add_column("compliance_type", sa.Column("reminder_policy_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_compliance_type_reminder_policy_id"),
        "compliance_type",
        "reminder_policy",
        ["reminder_policy_id"],
        ["id"],
    )
    # What became overdue before there were reminders after the due date is looked at by the policy that holds now, and
    # so is what has no day left to be reminded on.
    op.execute(
        "INSERT INTO reminder_look_again (course_id, asked_at) SELECT DISTINCT course_id, now() FROM training_assignment"
        " WHERE completed_at IS NULL AND closed_as IS NULL"
    )
    op.create_index(
        LOOKED,
        "training_assignment",
        ["reminded_through"],
        postgresql_where=sa.text("completed_at IS NULL AND closed_as IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(LOOKED, table_name="training_assignment")
    op.drop_column("compliance_type", "reminder_policy_id")
    op.drop_table("reminder_look_again")
