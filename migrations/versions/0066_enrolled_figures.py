"""What the completion report counts, kept per person beside the other figures, so that its page reads no row (REP-1);
and letters of training for the time after a midnight, made before it (DSH-1).

Made while people work: tables, and triggers that leave a mark for some changes more. Nothing is filled here: the sweeps
do it, and until they have come pages work it out as before. Safe to begin again after an interruption.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"

AT = sa.DateTime(timezone=True)
NUMBERS = (
    "enrolled",
    "completed",
    "in_progress",
    "not_started",
    "overdue",
    "renewal_required",
    "expired",
    "by_hand",
    "scored",
)
# What a mark is left for: before, and what the report counts besides.
BEFORE = {
    "training_assignment": (
        "employee_id",
        "course_id",
        "due_on",
        "due_at",
        "closed_as",
        "completed_at",
        "completed_on",
    ),
    "enrollment": (
        "employee_id",
        "course_id",
        "enrolled_at",
        "completed_at",
        "completed_by_hand",
        "withdrawn_at",
        "exempted_at",
        "best_score",
        "cycle",
    ),
}
BESIDES = {
    "training_assignment": ("enrollment_id",),
    "enrollment": ("started_at", "valid_until", "renewal_from"),
}


def upgrade() -> None:
    op.create_table(
        "enrolled_figures",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        *(sa.Column(name, AT, nullable=False) for name in ("made_at", "until")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("points", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("states", "points_by_course")),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_enrolled_figures_employee_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_enrolled_figures")),
        if_not_exists=True,
    )
    op.create_table(
        "assignment_states_ahead",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        *(sa.Column(name, AT, nullable=False) for name in ("since", "until")),
        sa.Column("letters", sa.Text(), nullable=False),
        sa.Column("courses", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_assignment_states_ahead_employee_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_assignment_states_ahead")),
        if_not_exists=True,
    )
    _mark_changes_of({table: (*columns, *BESIDES[table]) for table, columns in BEFORE.items()})


def _mark_changes_of(columns_of: dict[str, tuple[str, ...]]) -> None:
    with op.get_context().autocommit_block():
        for table, columns in columns_of.items():
            was, now = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
            op.execute(
                f"CREATE OR REPLACE TRIGGER figures_update AFTER UPDATE ON {table} FOR EACH ROW"
                f" WHEN (({was}) IS DISTINCT FROM ({now})) EXECUTE FUNCTION figures_touch_row()"
            )


def downgrade() -> None:
    _mark_changes_of(BEFORE)
    op.drop_table("assignment_states_ahead")
    op.drop_table("enrolled_figures")
