"""Employee documents whole: types to change, versions, what a scanner said, uploads to confirm, documents as a zip."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0053"

STANDARD = ("Training Record", "Policy Acknowledgment", "Licence", "Identity", "Other")


def upgrade() -> None:
    op.add_column("stored_file", sa.Column("scan", sa.Text(), nullable=True))
    op.add_column("stored_file", sa.Column("scan_found", sa.Text(), nullable=True))
    op.add_column("stored_file", sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stored_file", sa.Column("scan_next_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stored_file", sa.Column("scan_tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("stored_file", sa.Column("caution", sa.Text(), nullable=True))
    _types()
    _documents()
    _more_tables()


def _types() -> None:
    op.add_column("document_type", sa.Column("standard", sa.Text(), nullable=True))
    op.add_column("document_type", sa.Column("keep_from", sa.Text(), server_default="filed", nullable=False))
    op.add_column("document_type", sa.Column("several", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("document_type", sa.Column("position", sa.Integer(), server_default="0", nullable=False))
    op.add_column("document_type", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        sa.text("UPDATE document_type SET standard = name WHERE name IN :names").bindparams(
            sa.bindparam("names", STANDARD, expanding=True)
        )
    )
    op.execute("UPDATE document_type SET position = id")
    op.create_unique_constraint(op.f("uq_document_type_standard"), "document_type", ["standard"])
    op.create_check_constraint(
        op.f("ck_document_type_keep_from"), "document_type", "keep_from IN ('filed', 'expiry', 'leaving')"
    )


def _documents() -> None:
    op.add_column("employee_document", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("employee_document", sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("employee_document", sa.Column("replaced_by_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_employee_document_replaced_by_id"),
        "employee_document",
        "employee_document",
        ["replaced_by_id"],
        ["id"],
    )
    op.create_table(
        "document_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_by_name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["employee_document.id"],
            name=op.f("fk_document_version_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_document_version_employee_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_version_file_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["app_user.id"], name=op.f("fk_document_version_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_version")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_document_version_document_id_number")),
    )
    op.create_index("ix_document_version_same", "document_version", ["employee_id", "sha256"])
    op.execute(
        "INSERT INTO document_version (document_id, number, employee_id, file_id, sha256, file_name, size, reason,"
        " added_by_id, added_by_name, added_at) SELECT d.id, 1, d.employee_id, d.file_id, d.sha256, f.name, f.size, '',"
        " d.filed_by_id, d.filed_by_name, d.filed_at FROM employee_document d JOIN stored_file f ON f.id = d.file_id"
    )


def _more_tables() -> None:
    op.create_table(
        "document_intake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_document_intake_owner_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_intake_file_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_document_intake_employee_id")),
        sa.ForeignKeyConstraint(["type_id"], ["document_type.id"], name=op.f("fk_document_intake_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_intake")),
    )
    op.create_index("ix_document_intake_owner", "document_intake", ["owner_id", "id"])
    op.create_table(
        "refused_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_refused_file_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_file")),
    )
    op.create_table(
        "document_bundle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("document_ids", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("left_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_document_bundle_owner_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_bundle_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_bundle")),
    )
    # What still waits is few of very many; a plain index would be built over every file there is.
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_stored_file_unscanned",
            "stored_file",
            ["scan_next_at"],
            postgresql_where=sa.text("scan = 'waiting'"),
            postgresql_concurrently=True,
        )
        op.create_index(
            "ix_employee_document_expires",
            "employee_document",
            ["expires_on", "id"],
            postgresql_where=sa.text("archived_at IS NULL AND replaced_at IS NULL AND expires_on IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_employee_document_expires", "employee_document")
    op.drop_index("ix_stored_file_unscanned", "stored_file")
    for table in ("document_bundle", "refused_file", "document_intake", "document_version"):
        op.drop_table(table)
    for column in ("replaced_by_id", "replaced_at", "version"):
        op.drop_column("employee_document", column)
    for column in ("archived_at", "position", "several", "keep_from", "standard"):
        op.drop_column("document_type", column)
    for column in ("caution", "scan_tries", "scan_next_at", "scanned_at", "scan_found", "scan"):
        op.drop_column("stored_file", column)
