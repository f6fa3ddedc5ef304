"""Subtrees of the completion ledger kept for proofs; checkpoints written to another place, and what troubles them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

ADDED_TO = ("ledger_node", "ledger_adoption")


def upgrade() -> None:
    op.create_table(
        "ledger_node",
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("layer", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["ledger_epoch.number"], name=op.f("fk_ledger_node_epoch")),
        sa.PrimaryKeyConstraint("epoch", "layer", "position", name=op.f("pk_ledger_node")),
    )
    op.create_table(
        "ledger_adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("through_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_adoption")),
        sa.UniqueConstraint("kind", name=op.f("uq_ledger_adoption_kind")),
    )
    for table in ADDED_TO:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.create_table(
        "ledger_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["ledger_epoch.number"], name=op.f("fk_ledger_export_epoch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_export")),
        sa.UniqueConstraint("place", "name", name=op.f("uq_ledger_export_place_name")),
    )
    op.create_table(
        "ledger_trouble",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("facts", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_trouble")),
    )
    op.create_index(
        "uq_ledger_trouble_present", "ledger_trouble", ["kind"], unique=True, postgresql_where=sa.text("until IS NULL")
    )
    # Each row lives for a second: what was there is cleared away soon, or the search for the next passes over it all.
    op.execute(
        "ALTER TABLE ledger_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE ledger_pending RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)")
    for table in ("ledger_trouble", "ledger_export", "ledger_adoption", "ledger_node"):
        op.drop_table(table)
