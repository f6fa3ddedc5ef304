"""The organisation's words and the tree of departments, and leaving on a day to come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

KINDS = ("job_role", "location", "region", "cohort")


def upgrade() -> None:
    op.create_table(
        "organisation_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("stands_for", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('job_role', 'location', 'region', 'cohort')", name=op.f("ck_organisation_value_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_value")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_organisation_value_kind_name")),
    )
    for kind in KINDS:
        op.execute(
            f"INSERT INTO organisation_value (kind, name, created_at) SELECT '{kind}', {kind}, now() "  # noqa: S608
            f"FROM employee WHERE {kind} <> '' GROUP BY {kind} ORDER BY {kind}"
        )
    op.add_column("department", sa.Column("head_id", sa.Integer(), nullable=True))
    op.add_column("department", sa.Column("also_called", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("department", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_department_head_id"), "department", "employee", ["head_id"], ["id"])
    op.add_column("employee", sa.Column("leaves_on", sa.Date(), nullable=True))
    op.add_column("employee", sa.Column("leave_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("employee", sa.Column("successor_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_employee_successor_id"), "employee", "employee", ["successor_id"], ["id"])
    op.create_index(
        "ix_employee_leaves_on", "employee", ["leaves_on"], postgresql_where=sa.text("leaves_on IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_employee_leaves_on", table_name="employee")
    op.drop_constraint(op.f("fk_employee_successor_id"), "employee", type_="foreignkey")
    op.drop_column("employee", "successor_id")
    op.drop_column("employee", "leave_reason")
    op.drop_column("employee", "leaves_on")
    op.drop_constraint(op.f("fk_department_head_id"), "department", type_="foreignkey")
    op.drop_column("department", "archived_at")
    op.drop_column("department", "also_called")
    op.drop_column("department", "head_id")
    op.drop_table("organisation_value")
