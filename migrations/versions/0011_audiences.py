"""Audiences, training rules, their exceptions and runs; assignments know the rule that made them (CRS-5)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0018"

INDEXES = {
    "ix_training_assignment_rule": "(training_rule_id, employee_id) WHERE training_rule_id IS NOT NULL",
    "ix_training_assignment_untold": "(id) WHERE training_rule_id IS NOT NULL AND told_at IS NULL"
    " AND completed_at IS NULL AND closed_as IS NULL",
}
COUNTS = ("tries", "done", "total", "people_joined", "people_left", "assigned", "withdrawn", "exceptions", "settled")


def upgrade() -> None:
    _audiences()
    _rules()
    _runs()
    op.add_column("training_assignment", sa.Column("training_rule_id", sa.Integer(), nullable=True))
    op.add_column("training_assignment", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    # NOT VALID first: rows are checked afterwards, without the lock that stops writers.
    op.execute(
        "ALTER TABLE training_assignment ADD CONSTRAINT fk_training_assignment_training_rule_id"
        " FOREIGN KEY (training_rule_id) REFERENCES training_rule (id) NOT VALID"
    )
    op.execute("ALTER TABLE training_assignment VALIDATE CONSTRAINT fk_training_assignment_training_rule_id")
    _closed_as("'cancelled', 'exempt', 'left', 'withdrawn'")
    with op.get_context().autocommit_block():
        for name, columns in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # what an interrupted attempt left is not valid
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON training_assignment {columns}")


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "training_assignment")
    op.execute("UPDATE training_assignment SET closed_as = 'cancelled' WHERE closed_as = 'withdrawn'")
    _closed_as("'cancelled', 'exempt', 'left'")
    op.drop_column("training_assignment", "told_at")
    op.drop_column("training_assignment", "training_rule_id")
    for table in ("audience_run", "rule_exception", "training_rule", "audience_member", "audience"):
        op.drop_table(table)


def _closed_as(words: str) -> None:
    name = "ck_training_assignment_closed_as"
    op.execute(f"ALTER TABLE training_assignment DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE training_assignment ADD CONSTRAINT {name} CHECK (closed_as IN ({words})) NOT VALID")
    op.execute(f"ALTER TABLE training_assignment VALIDATE CONSTRAINT {name}")


def _audiences() -> None:
    op.create_table(
        "audience",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_audience_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience")),
    )
    op.create_index(
        "uq_audience_name",
        "audience",
        [sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_table(
        "audience_member",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audience_id"], ["audience.id"], name=op.f("fk_audience_member_audience_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_audience_member_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_member")),
    )
    op.create_index(
        "uq_audience_member_present",
        "audience_member",
        ["audience_id", "employee_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index("ix_audience_member_employee", "audience_member", ["employee_id", "audience_id"])


def _rules() -> None:
    op.create_table(
        "training_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("due", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("joined_from", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("num_nonnulls(course_id) = 1", name=op.f("ck_training_rule_target")),
        sa.CheckConstraint("status IN ('active', 'paused', 'archived')", name=op.f("ck_training_rule_status")),
        sa.ForeignKeyConstraint(["audience_id"], ["audience.id"], name=op.f("fk_training_rule_audience_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_training_rule_course_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_training_rule_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_rule")),
    )
    op.create_index(
        "uq_training_rule_course",
        "training_rule",
        ["audience_id", "course_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'archived'"),
    )
    op.create_index("ix_training_rule_course", "training_rule", ["course_id"])
    op.create_table(
        "rule_exception",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_as", sa.Text(), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("resolved_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["training_rule.id"], name=op.f("fk_rule_exception_rule_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_rule_exception_employee_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["app_user.id"], name=op.f("fk_rule_exception_resolved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_exception")),
    )
    op.create_index(
        "uq_rule_exception_open",
        "rule_exception",
        ["rule_id", "employee_id"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index("ix_rule_exception_employee", "rule_exception", ["employee_id", "rule_id"])


def _runs() -> None:
    op.create_table(
        "audience_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("withdraws", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_audience_run_state")),
        sa.ForeignKeyConstraint(["audience_id"], ["audience.id"], name=op.f("fk_audience_run_audience_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["training_rule.id"], name=op.f("fk_audience_run_rule_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_audience_run_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_run")),
    )
    op.create_index(
        "ix_audience_run_open",
        "audience_run",
        ["id"],
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_index("ix_audience_run_audience", "audience_run", ["audience_id", "id"])
