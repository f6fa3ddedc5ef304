"""Texts to sign, who is asked, and signatures, which are added and never changed (ORG-7)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

APPEND_ONLY = ("signing_text_version", "signature")
TABLES = (
    "signing_round",
    "signature_request",
    "signature",
    "signing_text_version",
    "signing_text_draft",
    "signing_text",
)


def upgrade() -> None:
    op.create_table(
        "signing_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("counts_from", sa.Integer(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('policy', 'onboarding document', 'lesson')", name=op.f("ck_signing_text_kind")),
        sa.CheckConstraint("status IN ('draft', 'published', 'retired')", name=op.f("ck_signing_text_status")),
        sa.CheckConstraint("counts_from <= number", name=op.f("ck_signing_text_counts_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_text")),
    )
    op.create_index(
        "uq_signing_text_source",
        "signing_text",
        ["source_kind", "source_id"],
        unique=True,
        postgresql_where=sa.text("source_kind IS NOT NULL"),
    )
    op.create_table(
        "signing_text_draft",
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["signing_text.id"], name=op.f("fk_signing_text_draft_text_id")),
        sa.PrimaryKeyConstraint("text_id", "language", name=op.f("pk_signing_text_draft")),
    )
    op.create_table(
        "signing_text_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("asks_again", sa.Boolean(), nullable=False),
        sa.Column("change_note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["app_user.id"], name=op.f("fk_signing_text_version_published_by_id")
        ),
        sa.ForeignKeyConstraint(["text_id"], ["signing_text.id"], name=op.f("fk_signing_text_version_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_text_version")),
        sa.UniqueConstraint(
            "text_id", "number", "language", name=op.f("uq_signing_text_version_text_id_number_language")
        ),
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("printed_name", sa.Text(), nullable=False),
        sa.Column("employee_number", sa.Text(), nullable=False),
        sa.Column("text_version_id", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("method IN ('password', 'demonstration')", name=op.f("ck_signature_method")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_signature_employee_id")),
        sa.ForeignKeyConstraint(
            ["text_version_id"], ["signing_text_version.id"], name=op.f("fk_signature_text_version_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_signature_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index("ix_signature_employee", "signature", ["employee_id", "id"], unique=False)
    op.create_index("ix_signature_version", "signature", ["text_version_id", "employee_id"], unique=False)
    op.create_table(
        "signature_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("anew", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_reminder_on", sa.Date(), nullable=True),
        sa.CheckConstraint("signature_id IS NULL OR withdrawn_at IS NULL", name=op.f("ck_signature_request_one_end")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_signature_request_employee_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_signature_request_signature_id")),
        sa.ForeignKeyConstraint(["text_id"], ["signing_text.id"], name=op.f("fk_signature_request_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_request")),
    )
    op.create_index(
        "ix_signature_request_of_source", "signature_request", ["source_kind", "source_id", "id"], unique=False
    )
    op.create_index(
        "ix_signature_request_open",
        "signature_request",
        ["employee_id", "text_id"],
        unique=False,
        postgresql_where=sa.text("signature_id IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_signature_request_reminder",
        "signature_request",
        ["next_reminder_on"],
        unique=False,
        postgresql_where=sa.text("next_reminder_on IS NOT NULL AND signature_id IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_signature_request_untold",
        "signature_request",
        ["id"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL AND signature_id IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "uq_signature_request_source",
        "signature_request",
        ["employee_id", "text_id", "source_kind", "source_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "signing_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("job_roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("departments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("picked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("anew", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("joiner_days", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("begun_by_name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("joiner_days BETWEEN 1 AND 365", name=op.f("ck_signing_round_joiner_days")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["app_user.id"], name=op.f("fk_signing_round_begun_by_id")),
        sa.ForeignKeyConstraint(["text_id"], ["signing_text.id"], name=op.f("fk_signing_round_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_round")),
    )
    op.create_index(
        "ix_signing_round_standing",
        "signing_round",
        ["id"],
        unique=False,
        postgresql_where=sa.text("standing AND ended_at IS NULL"),
    )
    op.create_index("ix_signing_round_text", "signing_round", ["text_id", "id"], unique=False)
    # ### end Alembic commands ###
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    _sources("'certificate', 'quiz_report', 'signature', 'upload'")


def downgrade() -> None:
    """Only while no signature is filed."""
    _sources("'certificate', 'quiz_report', 'upload'")
    for table in TABLES:
        op.drop_table(table)


def _sources(words: str) -> None:
    """NOT VALID first: existing rows are checked afterwards, without the lock that stops writers."""
    name = "ck_employee_document_source"
    op.execute(f"ALTER TABLE employee_document DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE employee_document ADD CONSTRAINT {name} CHECK (source IN ({words})) NOT VALID")
    op.execute(f"ALTER TABLE employee_document VALIDATE CONSTRAINT {name}")
