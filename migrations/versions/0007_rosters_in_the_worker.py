"""Rosters are read, planned and applied by the worker; the plan is kept by line; files in the drop folder are seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

JSON = postgresql.JSONB()
WORDS = ("source", "asked", "state", "shape", "headings", "fingerprint")
DEFAULTS = {"source": "upload", "asked": "read", "state": "ready"}


def upgrade() -> None:
    for name in WORDS:
        op.add_column("roster_run", sa.Column(name, sa.Text(), nullable=False, server_default=DEFAULTS.get(name, "")))
    for name in ("tries", "done", "total", "row_count"):
        op.add_column("roster_run", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("terms", "error_values", "facts"):
        op.add_column("roster_run", sa.Column(name, JSON, nullable=False, server_default="{}"))
    for name in ("header", "samples", "unchanged"):
        op.add_column("roster_run", sa.Column(name, JSON, nullable=False, server_default="[]"))
    op.add_column("roster_run", sa.Column("error", sa.Text()))
    moment = sa.DateTime(timezone=True)
    op.add_column("roster_run", sa.Column("asked_at", moment, nullable=False, server_default=sa.text("now()")))
    op.add_column("roster_run", sa.Column("lease_until", moment))
    op.add_column("roster_run", sa.Column("planned_at", moment))
    for name, table in (
        ("asked_by_id", "app_user"),
        ("applied_by_id", "app_user"),
        ("columns_of_id", "roster_run"),
        ("after_id", "roster_run"),
    ):
        op.add_column("roster_run", sa.Column(name, sa.Integer()))
        op.create_foreign_key(f"fk_roster_run_{name}", "roster_run", table, [name], ["id"])
    # Files that wait for a decision are read again: their page shows kept lines from now on.
    op.execute("UPDATE roster_run SET state = 'waiting' WHERE status = 'planned'")
    op.execute("UPDATE roster_run SET applied_by_id = created_by_id WHERE status = 'applied'")
    # op.f: the full name; the naming convention would put its own part before it once more
    op.drop_constraint(op.f("ck_roster_run_status"), "roster_run", type_="check")
    op.create_check_constraint(
        op.f("ck_roster_run_status"), "roster_run", "status IN ('planned', 'applied', 'discarded', 'refused')"
    )
    op.create_check_constraint(
        op.f("ck_roster_run_state"), "roster_run", "state IN ('waiting', 'running', 'ready', 'failed')"
    )
    open_only = sa.text("state IN ('waiting', 'running')")
    op.create_index("ix_roster_run_open", "roster_run", ["id"], postgresql_where=open_only)
    applied_only = sa.text("status = 'applied'")
    op.create_index("ix_roster_run_headings", "roster_run", ["headings", "id"], postgresql_where=applied_only)
    _lines()
    op.create_table(
        "roster_sighting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_ns", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["run_id"], ["roster_run.id"], name="fk_roster_sighting_run_id"),
        sa.PrimaryKeyConstraint("name", name="pk_roster_sighting"),
    )


def _lines() -> None:
    op.create_table(
        "roster_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer()),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("employee_id", sa.Integer()),
        sa.Column("told", JSON, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["roster_run.id"], name="fk_roster_line_run_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name="fk_roster_line_employee_id"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_line"),
    )
    op.create_index("ix_roster_line_run", "roster_line", ["run_id", "kind", "id"])
    named = sa.text("employee_id IS NOT NULL")
    op.create_index("ix_roster_line_employee", "roster_line", ["employee_id", "run_id"], postgresql_where=named)


def downgrade() -> None:
    op.drop_table("roster_sighting")
    op.drop_table("roster_line")
    op.execute("UPDATE roster_run SET status = 'discarded' WHERE status = 'refused'")
    op.drop_constraint(op.f("ck_roster_run_state"), "roster_run", type_="check")
    op.drop_constraint(op.f("ck_roster_run_status"), "roster_run", type_="check")
    op.create_check_constraint(
        op.f("ck_roster_run_status"), "roster_run", "status IN ('planned', 'applied', 'discarded')"
    )
    more = "terms error_values facts header samples unchanged error asked_at lease_until planned_at asked_by_id"
    for name in (
        *WORDS,
        "tries",
        "done",
        "total",
        "row_count",
        *more.split(),
        "applied_by_id",
        "columns_of_id",
        "after_id",
    ):
        op.drop_column("roster_run", name)
