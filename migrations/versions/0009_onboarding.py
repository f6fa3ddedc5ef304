"""Employee onboarding, and for whom a course is mandatory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "onboarding_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("for_whom", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_template")),
    )
    op.create_index(
        "uq_onboarding_template_default",
        "onboarding_template",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default AND archived_at IS NULL"),
    )

    op.create_table(
        "onboarding_template_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("instructions_html", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document_type_id", sa.Integer(), nullable=True),
        sa.Column("signing_text_id", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("counted_from IN ('hire', 'start')", name=op.f("ck_onboarding_template_task_counted_from")),
        sa.CheckConstraint(
            "kind IN ('todo', 'upload', 'signature', 'training')", name=op.f("ck_onboarding_template_task_kind")
        ),
        sa.CheckConstraint(
            "who IN ('employee', 'manager', 'hr', 'partner')", name=op.f("ck_onboarding_template_task_who")
        ),
        sa.ForeignKeyConstraint(
            ["document_type_id"], ["document_type.id"], name=op.f("fk_onboarding_template_task_document_type_id")
        ),
        sa.ForeignKeyConstraint(
            ["signing_text_id"], ["signing_text.id"], name=op.f("fk_onboarding_template_task_signing_text_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["onboarding_template.id"], name=op.f("fk_onboarding_template_task_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_template_task")),
    )
    op.create_index(
        "ix_onboarding_template_task_template", "onboarding_template_task", ["template_id", "position"], unique=False
    )

    op.create_table(
        "onboarding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("template_name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("started_by_name", sa.Text(), nullable=False),
        sa.Column("closed_as", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("closed_as IN ('completed', 'cancelled', 'left')", name=op.f("ck_onboarding_closed_as")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_onboarding_employee_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["app_user.id"], name=op.f("fk_onboarding_started_by_id")),
        sa.ForeignKeyConstraint(["template_id"], ["onboarding_template.id"], name=op.f("fk_onboarding_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding")),
    )
    op.create_index("ix_onboarding_employee", "onboarding", ["employee_id", "id"], unique=False)
    op.create_index(
        "uq_onboarding_open", "onboarding", ["employee_id"], unique=True, postgresql_where=sa.text("closed_as IS NULL")
    )

    op.create_table(
        "onboarding_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("onboarding_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("template_task_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("instructions_html", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("document_type_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_by_name", sa.Text(), nullable=False),
        sa.Column("next_reminder_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('todo', 'upload', 'signature', 'training')", name=op.f("ck_onboarding_task_kind")),
        sa.CheckConstraint("state IN ('open', 'waiting', 'done', 'waived')", name=op.f("ck_onboarding_task_state")),
        sa.CheckConstraint("who IN ('employee', 'manager', 'hr', 'partner')", name=op.f("ck_onboarding_task_who")),
        sa.ForeignKeyConstraint(["document_id"], ["employee_document.id"], name=op.f("fk_onboarding_task_document_id")),
        sa.ForeignKeyConstraint(
            ["document_type_id"], ["document_type.id"], name=op.f("fk_onboarding_task_document_type_id")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["app_user.id"], name=op.f("fk_onboarding_task_done_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_onboarding_task_file_id")),
        sa.ForeignKeyConstraint(["onboarding_id"], ["onboarding.id"], name=op.f("fk_onboarding_task_onboarding_id")),
        sa.ForeignKeyConstraint(["request_id"], ["signature_request.id"], name=op.f("fk_onboarding_task_request_id")),
        sa.ForeignKeyConstraint(
            ["template_task_id"], ["onboarding_template_task.id"], name=op.f("fk_onboarding_task_template_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_task")),
    )
    op.create_index("ix_onboarding_task_onboarding", "onboarding_task", ["onboarding_id", "position"], unique=False)
    op.create_index(
        "ix_onboarding_task_open",
        "onboarding_task",
        ["due_at", "onboarding_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_onboarding_task_remind",
        "onboarding_task",
        ["next_reminder_on"],
        unique=False,
        postgresql_where=sa.text("next_reminder_on IS NOT NULL"),
    )
    op.create_index(
        "ix_onboarding_task_request",
        "onboarding_task",
        ["request_id"],
        unique=False,
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )

    op.create_table(
        "onboarding_course",
        sa.Column("onboarding_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("why_not", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "assignment_id IS NOT NULL OR why_not IS NOT NULL", name=op.f("ck_onboarding_course_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["training_assignment.id"], name=op.f("fk_onboarding_course_assignment_id")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_onboarding_course_course_id")),
        sa.ForeignKeyConstraint(["onboarding_id"], ["onboarding.id"], name=op.f("fk_onboarding_course_onboarding_id")),
        sa.PrimaryKeyConstraint("onboarding_id", "course_id", name=op.f("pk_onboarding_course")),
    )
    op.create_index("ix_onboarding_course_assignment", "onboarding_course", ["assignment_id"], unique=False)
    op.create_index("ix_onboarding_course_course", "onboarding_course", ["course_id"], unique=False)

    op.add_column(
        "course",
        sa.Column("mandatory_for", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("course", sa.Column("onboarding_due_days", sa.Integer(), nullable=True))
    # NOT VALID first: rows are checked afterwards, without the lock that stops writers.
    name = "ck_course_onboarding_due_days"
    op.execute(f"ALTER TABLE course ADD CONSTRAINT {name} CHECK (onboarding_due_days BETWEEN 1 AND 365) NOT VALID")
    op.execute(f"ALTER TABLE course VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    op.drop_constraint("ck_course_onboarding_due_days", "course")
    op.drop_column("course", "onboarding_due_days")
    op.drop_column("course", "mandatory_for")
    for table in (
        "onboarding_course",
        "onboarding_task",
        "onboarding",
        "onboarding_template_task",
        "onboarding_template",
    ):
        op.drop_table(table)
