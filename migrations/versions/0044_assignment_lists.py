"""Saved views of lists; who is told of completions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_saved_view_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(
        "uq_saved_view_name", "saved_view", ["owner_id", "page", sa.literal_column("lower(name)")], unique=True
    )
    op.create_index("ix_saved_view_shared", "saved_view", ["page"], postgresql_where=sa.text("shared"))
    op.create_table(
        "first_view",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_first_view_user_id")),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name=op.f("fk_first_view_view_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "page", name=op.f("pk_first_view")),
    )
    op.create_index(op.f("ix_first_view_view_id"), "first_view", ["view_id"])
    op.create_table(
        "completion_news",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("manager", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_completion_news_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_completion_news")),
    )
    op.create_table(
        "completion_listener",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_completion_listener_course_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_completion_listener_employee_id")),
        sa.PrimaryKeyConstraint("course_id", "employee_id", name=op.f("pk_completion_listener")),
    )
    op.create_index(op.f("ix_completion_listener_employee_id"), "completion_listener", ["employee_id"])


def downgrade() -> None:
    for table in ("completion_listener", "completion_news", "first_view", "saved_view"):
        op.drop_table(table)
