"""Reports of a line and of departments in one; reasons of failed work with their values; what was said of a completion
goes with it when it is disposed of (REP-4, REP-5, EVD-6)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0064"
down_revision = "0059"

# Work of the worker on one row (`infra.claims`).
CLAIMED = (
    "compliance_batch", "document_bundle", "erasure", "evidence_pack", "report_run", "retention_review",
    "retrieval_run", "verification_run",
)  # fmt: skip
REACH = "reach IN ('', 'everybody', {}'line', 'departments')"
BLANKED = "WHEN 'completion_record' THEN\n"
GOES_TOO = "        DELETE FROM training_particular WHERE record_id = v_id;\n"


def upgrade() -> None:
    for table in CLAIMED:
        op.add_column(table, sa.Column("error_values", JSONB(), server_default="{}", nullable=False))
    _reach("'line and departments', ")
    _door(BLANKED, BLANKED + GOES_TOO)
    _append_only("'door'")
    op.execute(
        "CREATE TRIGGER training_particular_kept BEFORE UPDATE OR DELETE ON training_particular"
        " FOR EACH ROW EXECUTE FUNCTION keep_record('completion_record', 'record_id')"
    )


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
