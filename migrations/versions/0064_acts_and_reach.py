"""Acting on many assignments by the worker; reports of a line and of departments in one; reasons of failed work with
their values; what was said of a completion goes with it when it is disposed of (DSH-2, REP-4, REP-5, EVD-6)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0064"
down_revision = "0059"

# Work of the worker on one row (`infra.claims`).
CLAIMED = (
    "compliance_batch", "document_bundle", "erasure", "evidence_pack", "report_run", "retention_review",
    "retrieval_run", "ledger_verification_run",
)  # fmt: skip
REACH = "reach IN ('', 'everybody', {}'line', 'departments')"
BLANKED = "WHEN 'completion_record' THEN\n"
GOES_TOO = "        DELETE FROM training_particular WHERE record_id = v_id;\n"


def upgrade() -> None:
    _acts()
    for table in CLAIMED:
        op.add_column(table, sa.Column("error_values", JSONB(), server_default="{}", nullable=False))
    _reach("'line and departments', ")
    _door(BLANKED, BLANKED + GOES_TOO)
    _append_only("'door'")
    op.execute(
        "CREATE TRIGGER training_particular_kept BEFORE UPDATE OR DELETE ON training_particular"
        " FOR EACH ROW EXECUTE FUNCTION keep_record('completion_record', 'record_id')"
    )


def _acts() -> None:
    at, words = sa.DateTime(timezone=True), sa.Text()
    op.create_table(
        "assignment_act",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, words, nullable=False) for name in ("asked", "state")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("tries", "done", "total")),
        sa.Column("lease_until", at, nullable=True),
        sa.Column("error", words, nullable=True),
        sa.Column("error_values", JSONB(), server_default="{}", nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("same", words, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", words, nullable=False),
        sa.Column("asked_at", at, nullable=False),
        sa.Column("finished_at", at, nullable=True),
        sa.CheckConstraint("asked IN ('remind', 'extend', 'escalate')", name=op.f("ck_assignment_act_asked")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'failed', 'cancelled')", name=op.f("ck_assignment_act_state")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_assignment_act_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_act")),
    )
    is_open = sa.text("state IN ('waiting', 'running')")
    same = ["asked_by_id", "same"]
    op.create_index("uq_assignment_act_open", "assignment_act", same, unique=True, postgresql_where=is_open)
    op.create_index("ix_assignment_act_open", "assignment_act", ["id"], postgresql_where=is_open)
    op.create_index("ix_assignment_act_asked_by", "assignment_act", ["asked_by_id", "id"])
    op.create_table(
        "assignment_act_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("result", words, server_default="waiting", nullable=False),
        sa.Column("message", words, server_default="", nullable=False),
        sa.Column("values", JSONB(), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "result IN ('waiting', 'done', 'left', 'refused')", name=op.f("ck_assignment_act_line_result")
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{other}.id"], name=op.f(f"fk_assignment_act_line_{name}"), ondelete="CASCADE"
            )
            for name, other in (("act_id", "assignment_act"), ("assignment_id", "training_assignment"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_act_line")),
    )
    op.create_index("ix_assignment_act_line_act", "assignment_act_line", ["act_id", "result", "id"])
    op.create_index("ix_assignment_act_line_assignment_id", "assignment_act_line", ["assignment_id"])


def _reach(more: str) -> None:
    op.drop_constraint(op.f("ck_report_run_reach"), "report_run")
    op.create_check_constraint(op.f("ck_report_run_reach"), "report_run", REACH.format(more))


def _door(before: str, after: str) -> None:
    """The one function stays the one place that says what goes with a record."""
    door = str(op.get_bind().scalar(sa.text("SELECT pg_get_functiondef('retention_dispose(bigint)'::regprocedure)")))
    if before not in door:
        raise RuntimeError("The door of disposals is not as this migration knows it.")
    op.get_bind().exec_driver_sql(door.replace(before, after).replace("%", "%%"))


def _append_only(argument: str) -> None:
    op.execute(
        "CREATE OR REPLACE TRIGGER training_particular_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        f" ON training_particular FOR EACH STATEMENT EXECUTE FUNCTION refuse_change({argument})"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER training_particular_kept ON training_particular")
    _append_only("")
    _door(BLANKED + GOES_TOO, BLANKED)
    op.execute("UPDATE report_run SET reach = 'line' WHERE reach = 'line and departments'")
    _reach("")
    for table in CLAIMED:
        op.drop_column(table, "error_values")
    op.drop_table("assignment_act_line")
    op.drop_table("assignment_act")
