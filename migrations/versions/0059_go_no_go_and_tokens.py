"""Go/no-go checklists, who was cleared, their PDFs; access tokens for other systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision = "0058"

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _checklists()
    _clearances()
    _tokens()


def downgrade() -> None:
    for name in (
        "access_token",
        "go_no_go_print",
        "go_no_go_clearance",
        "go_no_go_person",
        "go_no_go_item",
        "go_no_go",
    ):
        op.drop_table(name)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _checklists() -> None:
    op.create_table(
        "go_no_go",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("kept_by_lead", sa.Boolean(), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        sa.Column("clearing", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=True),
        sa.Column("kept_by_name", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("archived_at", AT, nullable=True),
        sa.CheckConstraint("who IN ('audience', 'people', 'line')", name=op.f("ck_go_no_go_who")),
        sa.CheckConstraint("(who = 'audience') = (audience_id IS NOT NULL)", name=op.f("ck_go_no_go_audience")),
        sa.CheckConstraint("who <> 'line' OR lead_id IS NOT NULL", name=op.f("ck_go_no_go_line")),
        sa.CheckConstraint("NOT kept_by_lead OR lead_id IS NOT NULL", name=op.f("ck_go_no_go_lead")),
        _to("go_no_go", "audience_id", "audience"),
        _to("go_no_go", "lead_id", "employee"),
        _to("go_no_go", "kept_by_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_no_go")),
    )
    op.create_index("ix_go_no_go_day", "go_no_go", ["day", "id"], postgresql_where=sa.text("archived_at IS NULL"))
    op.create_index("ix_go_no_go_lead", "go_no_go", ["lead_id"], postgresql_where=sa.text("lead_id IS NOT NULL"))
    op.create_table(
        "go_no_go_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("course_id", "path_id", "type_id")),
        sa.CheckConstraint("num_nonnulls(course_id, path_id, type_id) = 1", name=op.f("ck_go_no_go_item_one")),
        _to("go_no_go_item", "checklist_id", "go_no_go"),
        _to("go_no_go_item", "course_id", "course"),
        _to("go_no_go_item", "path_id", "learning_path"),
        _to("go_no_go_item", "type_id", "compliance_type"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_no_go_item")),
    )
    op.create_index("ix_go_no_go_item_checklist", "go_no_go_item", ["checklist_id", "position"])
    op.create_table(
        "go_no_go_person",
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        _to("go_no_go_person", "checklist_id", "go_no_go"),
        _to("go_no_go_person", "employee_id", "employee"),
        sa.PrimaryKeyConstraint("checklist_id", "employee_id", name=op.f("pk_go_no_go_person")),
    )
    op.create_index(op.f("ix_go_no_go_person_employee_id"), "go_no_go_person", ["employee_id"])


def _clearances() -> None:
    op.create_table(
        "go_no_go_clearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("ended_by_name", "end_reason")),
        _to("go_no_go_clearance", "checklist_id", "go_no_go"),
        _to("go_no_go_clearance", "employee_id", "employee"),
        _to("go_no_go_clearance", "by_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_no_go_clearance")),
    )
    op.create_index(
        "uq_go_no_go_clearance_open",
        "go_no_go_clearance",
        ["checklist_id", "employee_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_go_no_go_clearance_employee", "go_no_go_clearance", ["employee_id"])
    op.create_table(
        "go_no_go_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        _to("go_no_go_print", "checklist_id", "go_no_go"),
        _to("go_no_go_print", "asked_by_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_no_go_print")),
    )
    op.create_index("ix_go_no_go_print_checklist", "go_no_go_print", ["checklist_id", "id"])


def _tokens() -> None:
    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("last_used_at", AT, nullable=True),
        sa.Column("last_used_from", sa.Text(), server_default="", nullable=False),
        sa.Column("revoked_at", AT, nullable=True),
        sa.Column("revoked_by_name", sa.Text(), server_default="", nullable=False),
        _to("access_token", "owner_id", "app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("key", name=op.f("uq_access_token_key")),
    )
    op.create_index("ix_access_token_owner", "access_token", ["owner_id", "id"])
