"""Verification of the completion ledger: seals of the audit trail, verifications, findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0047"
down_revision = "0051"

ADDED_TO = ("table_seal", "ledger_verification")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "table_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("columns", JSONB(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_seal")),
        sa.UniqueConstraint("table_name", "first", name=op.f("uq_table_seal_table_name_first")),
    )
    op.create_table(
        "ledger_verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("checkpoints", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("newly", sa.Integer(), nullable=False),
        sa.CheckConstraint("how IN ('daily', 'asked', 'command')", name=op.f("ck_ledger_verification_how")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_verification")),
    )
    for table in ADDED_TO:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    _work()


def _work() -> None:
    op.create_table(
        "ledger_verification_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("with_files", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("verification_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_ledger_verification_run_state")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_ledger_verification_run_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["ledger_verification.id"], name=op.f("fk_ledger_verification_run_verification_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_verification_run")),
    )
    op.create_index(
        "uq_ledger_verification_run_open",
        "ledger_verification_run",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "ledger_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("over_at", INSTANT, nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("acknowledged_by_name", sa.Text(), nullable=False),
        sa.Column("acknowledged_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["ledger_verification.id"], name=op.f("fk_ledger_finding_first_id")),
        sa.ForeignKeyConstraint(["last_id"], ["ledger_verification.id"], name=op.f("fk_ledger_finding_last_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_finding")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_finding_key")),
    )
    op.create_index(op.f("ix_ledger_finding_last_id"), "ledger_finding", ["last_id"])


def downgrade() -> None:
    for table in ("ledger_finding", "ledger_verification_run", "ledger_verification", "table_seal"):
        op.drop_table(table)
