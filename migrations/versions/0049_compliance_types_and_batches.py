"""Compliance types with audience, validity, switches; decisions that explain themselves; batches of HR's work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0050"

JSONB = postgresql.JSONB(astext_type=sa.Text())
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _types()
    _decisions()
    _looks()
    _waivers()
    _batches()


def _types() -> None:
    table = "compliance_type"
    op.add_column(table, sa.Column("kind", sa.Text(), server_default="training", nullable=False))
    op.add_column(table, sa.Column("validity_terms", JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False))
    op.add_column(
        table, sa.Column("reminder_days", JSONB, server_default=sa.text("'[60, 30, 7]'::jsonb"), nullable=False)
    )
    op.add_column(table, sa.Column("document_type_id", sa.Integer(), nullable=True))
    op.add_column(table, sa.Column("audience_id", sa.Integer(), nullable=True))
    op.add_column(
        table, sa.Column("rule", JSONB, server_default=sa.text("""'{"everybody": true}'::jsonb"""), nullable=False)
    )
    op.create_check_constraint(
        "kind", table, "kind IN ('training', 'identity', 'background check', 'licence', 'health', 'other')"
    )
    op.create_foreign_key(
        op.f("fk_compliance_type_document_type_id"), table, "document_type", ["document_type_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_compliance_type_audience_id"), table, "audience", ["audience_id"], ["id"])
    op.create_table(
        "compliance_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("on_at", AT, nullable=False),
        sa.Column("on_by_id", sa.Integer(), nullable=True),
        sa.Column("on_by_name", sa.Text(), nullable=False),
        sa.Column("off_at", AT, nullable=True),
        sa.Column("off_by_name", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("what IN ('file', 'mark')", name=op.f("ck_compliance_switch_what")),
        sa.ForeignKeyConstraint(["type_id"], ["compliance_type.id"], name=op.f("fk_compliance_switch_type_id")),
        sa.ForeignKeyConstraint(["on_by_id"], ["app_user.id"], name=op.f("fk_compliance_switch_on_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_switch")),
    )
    op.create_index(
        "uq_compliance_switch_on",
        "compliance_switch",
        ["type_id", "what"],
        unique=True,
        postgresql_where=sa.text("off_at IS NULL"),
    )


def _decisions() -> None:
    table = "employee_compliance"
    op.add_column(table, sa.Column("counted_from", sa.Date(), nullable=True))
    op.add_column(table, sa.Column("anchor_day", sa.Integer(), nullable=True))
    op.add_column(table, sa.Column("not_applicable", sa.Boolean(), server_default="false", nullable=False))
    op.add_column(table, sa.Column("approved_by_id", sa.Integer(), nullable=True))
    op.add_column(table, sa.Column("approved_by_name", sa.Text(), server_default="", nullable=False))
    op.add_column(table, sa.Column("switch_id", sa.Integer(), nullable=True))
    op.add_column(table, sa.Column("undoes_id", sa.Integer(), nullable=True))
    for column, target in (
        ("approved_by_id", "app_user"),
        ("switch_id", "compliance_switch"),
        ("undoes_id", "employee_compliance"),
    ):
        op.create_foreign_key(op.f(f"fk_employee_compliance_{column}"), table, target, [column], ["id"])
    op.create_check_constraint("two_people", table, "approved_by_id <> decided_by_id")
    op.create_index(
        "ix_employee_compliance_renewal",
        table,
        ["renewal_on", "type_id"],
        postgresql_where=sa.text("replaced_at IS NULL"),
    )


def _looks() -> None:
    op.create_table(
        "compliance_look",
        sa.Column("decision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_look_on", sa.Date(), nullable=True),
        sa.Column("looked_through", sa.Date(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("assigned_as", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "assigned_as IN ('assigned', 'there', 'not open')", name=op.f("ck_compliance_look_assigned_as")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["employee_compliance.id"], name=op.f("fk_compliance_look_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["training_assignment.id"], name=op.f("fk_compliance_look_assignment_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_compliance_look")),
    )
    op.create_index(
        "ix_compliance_look_next",
        "compliance_look",
        ["next_look_on"],
        postgresql_where=sa.text("next_look_on IS NOT NULL"),
    )
    # What is decided already is told of from tomorrow on, and nothing of the days behind.
    op.execute(
        "INSERT INTO compliance_look (decision_id, next_look_on, looked_through)"
        " SELECT id, current_date + 1, current_date FROM employee_compliance"
        " WHERE replaced_at IS NULL AND decision = 'complete' AND renewal_on IS NOT NULL"
    )


def _waivers() -> None:
    op.create_table(
        "waiver_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'declined', 'dropped')", name=op.f("ck_waiver_request_state")
        ),
        sa.CheckConstraint(
            "decided_by_id <> asked_by_id OR state = 'dropped'", name=op.f("ck_waiver_request_two_people")
        ),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_waiver_request_employee_id")),
        sa.ForeignKeyConstraint(["type_id"], ["compliance_type.id"], name=op.f("fk_waiver_request_type_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["employee_document.id"], name=op.f("fk_waiver_request_evidence_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_waiver_request_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_waiver_request_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["employee_compliance.id"], name=op.f("fk_waiver_request_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver_request")),
    )
    op.create_index(
        "uq_waiver_request_waiting",
        "waiver_request",
        ["employee_id", "type_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _batches() -> None:
    op.create_table(
        "compliance_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", AT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "asked IN ('file', 'mark', 'waive', 'take out', 'treat', 'settle')",
            name=op.f("ck_compliance_batch_asked"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_compliance_batch_state")
        ),
        sa.ForeignKeyConstraint(["type_id"], ["compliance_type.id"], name=op.f("fk_compliance_batch_type_id")),
        sa.ForeignKeyConstraint(["after_id"], ["compliance_batch.id"], name=op.f("fk_compliance_batch_after_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_compliance_batch_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_batch")),
    )
    op.create_index(
        "ix_compliance_batch_open",
        "compliance_batch",
        ["id"],
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_index(
        "uq_compliance_batch_after",
        "compliance_batch",
        ["after_id"],
        unique=True,
        postgresql_where=sa.text("after_id IS NOT NULL"),
    )
    op.create_index("ix_compliance_batch_type", "compliance_batch", ["type_id", "id"])
    op.create_table(
        "compliance_batch_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("sealed_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("said", JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("marked", JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'refused', 'undone')", name=op.f("ck_compliance_batch_line_state")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["compliance_batch.id"], name=op.f("fk_compliance_batch_line_batch_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_compliance_batch_line_employee_id")),
        sa.ForeignKeyConstraint(["sealed_id"], ["sealed_file.id"], name=op.f("fk_compliance_batch_line_sealed_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["employee_document.id"], name=op.f("fk_compliance_batch_line_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_batch_line")),
    )
    op.create_index("ix_compliance_batch_line_batch", "compliance_batch_line", ["batch_id", "state", "id"])


def downgrade() -> None:
    for table in ("compliance_batch_line", "compliance_batch", "waiver_request", "compliance_look"):
        op.drop_table(table)
    op.drop_index("ix_employee_compliance_renewal", "employee_compliance")
    op.drop_constraint("two_people", "employee_compliance")
    for column in (
        "undoes_id", "switch_id", "approved_by_name", "approved_by_id", "not_applicable", "anchor_day", "counted_from",
    ):  # fmt: skip
        op.drop_column("employee_compliance", column)
    op.drop_table("compliance_switch")
    op.drop_constraint("kind", "compliance_type")
    for column in ("rule", "audience_id", "document_type_id", "reminder_days", "validity_terms", "kind"):
        op.drop_column("compliance_type", column)
