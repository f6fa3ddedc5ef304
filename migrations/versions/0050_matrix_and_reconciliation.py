"""Where everybody stands in the ledger, kept beside the facts; what learning and the ledger say differently."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0046"

TOUCHING = """
CREATE FUNCTION compliance_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO compliance_touched (employee_id) SELECT DISTINCT employee_id FROM changed;
    RETURN NULL;
END $$
"""
# A type that comes, changes or is archived: the order of the letters, or what they say, is another one for everybody.
TOUCHING_ALL = """
CREATE FUNCTION compliance_touch_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO compliance_touched (employee_id) SELECT id FROM employee;
    RETURN NULL;
END $$
"""
TABLES = ("compliance_duty", "employee_compliance")


def upgrade() -> None:
    op.create_table(
        "compliance_standing",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("states", sa.Text(), nullable=False),
        sa.Column("worst", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_compliance_standing_employee_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_compliance_standing")),
    )
    op.create_index("ix_compliance_standing_until", "compliance_standing", ["until"])
    op.create_table(
        "compliance_touched",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_touched")),
    )
    op.create_index("ix_compliance_touched_employee", "compliance_touched", ["employee_id"])
    op.execute(TOUCHING)
    op.execute(TOUCHING_ALL)
    for table in TABLES:
        for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER touch_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed "
                "FOR EACH STATEMENT EXECUTE FUNCTION compliance_touch()"
            )
    op.execute(
        "CREATE TRIGGER touch_all AFTER INSERT OR UPDATE OF notice_days, archived_at OR DELETE ON compliance_type "
        "FOR EACH STATEMENT EXECUTE FUNCTION compliance_touch_all()"
    )
    _reconciliation()


def _reconciliation() -> None:
    op.create_table(
        "reconciliation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("types", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_reconciliation_run_state")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_reconciliation_run_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_run")),
        sa.UniqueConstraint("month", name=op.f("uq_reconciliation_run_month")),
    )
    op.create_index(
        "uq_reconciliation_run_open",
        "reconciliation_run",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "reconciliation_finding",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_reconciliation_finding_employee_id")),
        sa.ForeignKeyConstraint(["type_id"], ["compliance_type.id"], name=op.f("fk_reconciliation_finding_type_id")),
        sa.PrimaryKeyConstraint("kind", "employee_id", "type_id", name=op.f("pk_reconciliation_finding")),
    )
    op.create_index("ix_reconciliation_finding_employee", "reconciliation_finding", ["employee_id"])
    op.create_table(
        "reconciliation_right",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("said_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_reconciliation_right_employee_id")),
        sa.ForeignKeyConstraint(["type_id"], ["compliance_type.id"], name=op.f("fk_reconciliation_right_type_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["app_user.id"], name=op.f("fk_reconciliation_right_said_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_right")),
        sa.UniqueConstraint("kind", "employee_id", "type_id", name=op.f("uq_reconciliation_right_kind")),
    )


def downgrade() -> None:
    for table in ("reconciliation_right", "reconciliation_finding", "reconciliation_run"):
        op.drop_table(table)
    op.execute("DROP TRIGGER touch_all ON compliance_type")
    for table in TABLES:
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER touch_{event} ON {table}")
    op.execute("DROP FUNCTION compliance_touch_all(); DROP FUNCTION compliance_touch()")
    op.drop_table("compliance_touched")
    op.drop_table("compliance_standing")
