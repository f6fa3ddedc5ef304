"""The completion ledger: events, their places in a tree, signed checkpoints. Who has to hold a compliance type."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

ADDED_TO = ("ledger_epoch", "ledger_event", "ledger_leaf", "ledger_checkpoint")


def upgrade() -> None:
    op.create_table(
        "ledger_epoch",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_epoch")),
        sa.UniqueConstraint("ledger_id", name=op.f("uq_ledger_epoch_ledger_id")),
    )
    op.execute("INSERT INTO ledger_epoch VALUES (1, gen_random_uuid(), now(), 'The first tree.', '')")
    op.create_table(
        "ledger_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_ledger_event_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_ledger_event_event_id")),
    )
    op.create_index("ix_ledger_event_record", "ledger_event", ["record_kind", "record_id", "id"])
    op.create_index("ix_ledger_event_employee", "ledger_event", ["employee_id", "id"])
    op.create_table(
        "ledger_salt",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f("fk_ledger_salt_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_ledger_salt")),
    )
    op.create_table(
        "ledger_subject",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_ledger_subject_employee_id")),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_ledger_subject")),
        sa.UniqueConstraint("commitment", name=op.f("uq_ledger_subject_commitment")),
    )
    op.create_table(
        "ledger_pending",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f("fk_ledger_pending_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_ledger_pending")),
    )
    op.create_table(
        "ledger_leaf",
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["ledger_epoch.number"], name=op.f("fk_ledger_leaf_epoch")),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f("fk_ledger_leaf_event_id")),
        sa.PrimaryKeyConstraint("epoch", "position", name=op.f("pk_ledger_leaf")),
        sa.UniqueConstraint("event_id", name=op.f("uq_ledger_leaf_event_id")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["ledger_epoch.number"], name=op.f("fk_ledger_checkpoint_epoch")),
        sa.PrimaryKeyConstraint("epoch", "size", name=op.f("pk_ledger_checkpoint")),
    )
    for table in ADDED_TO:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    _compliance()


def _compliance() -> None:
    op.create_table(
        "compliance_type_course",
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["type_id"], ["compliance_type.id"], name=op.f("fk_compliance_type_course_type_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_compliance_type_course_course_id")),
        sa.PrimaryKeyConstraint("type_id", "course_id", name=op.f("pk_compliance_type_course")),
    )
    op.create_index(op.f("ix_compliance_type_course_course_id"), "compliance_type_course", ["course_id"])
    op.execute(
        "INSERT INTO compliance_type_course SELECT id, course_id FROM compliance_type WHERE course_id IS NOT NULL"
    )
    op.create_table(
        "compliance_duty",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["type_id"], ["compliance_type.id"], name=op.f("fk_compliance_duty_type_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_compliance_duty_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_duty")),
    )
    op.create_index(
        "uq_compliance_duty_present",
        "compliance_duty",
        ["type_id", "employee_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index("ix_compliance_duty_employee", "compliance_duty", ["employee_id", "type_id"])
    op.execute(
        "INSERT INTO compliance_duty (type_id, employee_id, since) SELECT t.id, e.id, now() FROM compliance_type t,"
        " employee e WHERE t.archived_at IS NULL AND e.status = 'active'"
    )
    op.add_column("employee_compliance", sa.Column("how", sa.Text(), server_default="by hand", nullable=False))
    op.create_check_constraint("how", "employee_compliance", "how IN ('by hand', 'policy')")


def downgrade() -> None:
    op.drop_constraint("how", "employee_compliance")
    op.drop_column("employee_compliance", "how")
    for table in (
        "compliance_duty", "compliance_type_course", "ledger_checkpoint", "ledger_leaf", "ledger_pending",
        "ledger_subject", "ledger_salt", "ledger_event", "ledger_epoch",
    ):  # fmt: skip
        op.drop_table(table)
