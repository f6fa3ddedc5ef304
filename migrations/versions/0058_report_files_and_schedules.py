"""Files of reports made by the worker, and schedules by which reports are sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"

AT = sa.DateTime(timezone=True)
OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "report", "days", "form", "every")),
        *(sa.Column(name, postgresql.JSONB(), nullable=False) for name in ("terms", "readers")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("weekday", "month_day", "hour")),
        sa.Column("working_days", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        *(sa.Column(name, AT, nullable=True) for name in ("paused_at", "ended_at", "next_at")),
        sa.Column("last_turn", sa.Date(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("every IN ('week', 'month')", name=op.f("ck_report_schedule_every")),
        sa.CheckConstraint("form IN ('csv', 'xlsx', 'pdf')", name=op.f("ck_report_schedule_form")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND month_day BETWEEN 0 AND 31 AND hour BETWEEN 0 AND 23",
            name=op.f("ck_report_schedule_when"),
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"], name=op.f("fk_report_schedule_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
    )
    next_one = sa.text("next_at IS NOT NULL")
    op.create_index("ix_report_schedule_next", "report_schedule", ["next_at"], postgresql_where=next_one)
    op.create_table(
        "report_schedule_person",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("schedule_id", "user_id")),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["report_schedule.id"],
            name=op.f("fk_report_schedule_person_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_report_schedule_person_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("schedule_id", "user_id", name=op.f("pk_report_schedule_person")),
    )
    _make_runs()


def _make_runs() -> None:
    op.create_table(
        "report_run",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("report", "reach", "form", "same", "language")),
        *(sa.Column(name, postgresql.JSONB(), nullable=False) for name in ("terms", "heads")),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("why_empty", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("tries", "done", "total")),
        sa.Column("lease_until", AT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'failed', 'cancelled', 'skipped')",
            name=op.f("ck_report_run_state"),
        ),
        sa.CheckConstraint("form IN ('csv', 'xlsx', 'pdf')", name=op.f("ck_report_run_form")),
        sa.CheckConstraint("reach IN ('', 'everybody', 'line', 'departments')", name=op.f("ck_report_run_reach")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_report_run_asked_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_report_run_file_id")),
        sa.ForeignKeyConstraint(["schedule_id"], ["report_schedule.id"], name=op.f("fk_report_run_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_run")),
        sa.UniqueConstraint(
            "schedule_id", "period", "asked_by_id", name=op.f("uq_report_run_schedule_id_period_asked_by_id")
        ),
    )
    alone = sa.text("state IN ('waiting', 'running') AND schedule_id IS NULL")
    op.create_index("uq_report_run_open", "report_run", ["asked_by_id", "same"], unique=True, postgresql_where=alone)
    op.create_index("ix_report_run_open", "report_run", ["id"], postgresql_where=OPEN)
    kept = sa.text("file_id IS NOT NULL")
    op.create_index("ix_report_run_kept", "report_run", ["finished_at"], postgresql_where=kept)
    op.create_index("ix_report_run_asked_by", "report_run", ["asked_by_id", "id"])


def downgrade() -> None:
    for table in ("report_run", "report_schedule_person", "report_schedule"):
        op.drop_table(table)
