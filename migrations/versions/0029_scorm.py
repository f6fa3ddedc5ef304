"""SCORM: packages and their files, attempts, what parts reported, launches, and every commit as it came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0025"

JSON = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)
KINDS = ("text", "video", "pdf", "acknowledgement", "quiz", "assignment")


def upgrade() -> None:
    _lesson_kinds((*KINDS, "scorm"))
    _packages()
    _attempts()
    op.execute(
        "CREATE TRIGGER scorm_commit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON scorm_commit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _packages() -> None:
    op.create_table(
        "scorm_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("manifest", JSON, nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("edition IN ('1.2', '2004')", name=op.f("ck_scorm_package_edition")),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_scorm_package_created_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_scorm_package_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorm_package")),
    )
    op.create_table(
        "package_file",
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"], ["scorm_package.id"], name=op.f("fk_package_file_package_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("package_id", "path", name=op.f("pk_package_file")),
    )
    op.create_table(
        "package_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_values", JSON, nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_package_import_state")),
        sa.CheckConstraint(
            "status IN ('reading', 'taken', 'refused', 'discarded')", name=op.f("ck_package_import_status")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_package_import_asked_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_package_import_file_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_package_import_lesson_id")),
        sa.ForeignKeyConstraint(["package_id"], ["scorm_package.id"], name=op.f("fk_package_import_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_import")),
    )
    op.create_index("ix_package_import_lesson_id", "package_import", ["lesson_id", "id"], unique=False)
    op.create_index(
        "ix_package_import_open",
        "package_import",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )


def _attempts() -> None:
    op.create_table(
        "scorm_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("completion", sa.Text(), nullable=False),
        sa.Column("success", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("total_seconds", sa.BigInteger(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("sequencing", JSON, nullable=True),
        sa.CheckConstraint(
            "completion IN ('unknown', 'incomplete', 'completed', 'browsed')", name=op.f("ck_scorm_attempt_completion")
        ),
        sa.CheckConstraint("success IN ('unknown', 'passed', 'failed')", name=op.f("ck_scorm_attempt_success")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_scorm_attempt_enrollment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_scorm_attempt_lesson_id")),
        sa.ForeignKeyConstraint(["package_id"], ["scorm_package.id"], name=op.f("fk_scorm_attempt_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorm_attempt")),
        sa.UniqueConstraint(
            "enrollment_id",
            "cycle",
            "lesson_id",
            "number",
            name=op.f("uq_scorm_attempt_enrollment_id_cycle_lesson_id_number"),
        ),
    )
    op.create_index("ix_scorm_attempt_lesson_id", "scorm_attempt", ["lesson_id", "enrollment_id"], unique=False)
    op.create_table(
        "scorm_sco",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("cmi", JSON, nullable=False),
        sa.Column("suspend_data", sa.Text(), nullable=False),
        sa.Column("completion", sa.Text(), nullable=False),
        sa.Column("success", sa.Text(), nullable=False),
        sa.Column("score_scaled", sa.Numeric(precision=10, scale=7), nullable=True),
        sa.Column("score_raw", sa.Numeric(precision=16, scale=7), nullable=True),
        sa.Column("score_min", sa.Numeric(precision=16, scale=7), nullable=True),
        sa.Column("score_max", sa.Numeric(precision=16, scale=7), nullable=True),
        sa.Column("progress", sa.Numeric(precision=8, scale=7), nullable=True),
        sa.Column("total_seconds", sa.BigInteger(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("exit", sa.Text(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "completion IN ('unknown', 'incomplete', 'completed', 'browsed')", name=op.f("ck_scorm_sco_completion")
        ),
        sa.CheckConstraint("success IN ('unknown', 'passed', 'failed')", name=op.f("ck_scorm_sco_success")),
        sa.ForeignKeyConstraint(["attempt_id"], ["scorm_attempt.id"], name=op.f("fk_scorm_sco_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", "item", name=op.f("pk_scorm_sco")),
    )
    op.create_table(
        "scorm_launch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("sittings", sa.Integer(), nullable=False),
        sa.Column("last_sitting", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_how", sa.Text(), nullable=False),
        sa.Column("superseded_at", INSTANT, nullable=True),
        sa.Column("session_seconds", sa.BigInteger(), nullable=False),
        sa.Column("session_from", sa.Text(), nullable=False),
        sa.CheckConstraint("mode IN ('normal', 'review', 'browse')", name=op.f("ck_scorm_launch_mode")),
        sa.ForeignKeyConstraint(["attempt_id"], ["scorm_attempt.id"], name=op.f("fk_scorm_launch_attempt_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_scorm_launch_lesson_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["app_user.id"], name=op.f("fk_scorm_launch_opened_by_id")),
        sa.ForeignKeyConstraint(["package_id"], ["scorm_package.id"], name=op.f("fk_scorm_launch_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorm_launch")),
    )
    op.create_index("ix_scorm_launch_attempt_id", "scorm_launch", ["attempt_id", "id"], unique=False)
    op.create_index(
        "ix_scorm_launch_open",
        "scorm_launch",
        ["last_seen_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_scorm_launch_token_sha256", "scorm_launch", ["token_sha256"], unique=True)
    op.create_table(
        "scorm_commit",
        sa.Column("launch_id", sa.Integer(), nullable=False),
        sa.Column("sitting", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("effect", JSON, nullable=False),
        sa.CheckConstraint("how IN ('set', 'commit', 'finish', 'beacon')", name=op.f("ck_scorm_commit_how")),
        sa.ForeignKeyConstraint(["launch_id"], ["scorm_launch.id"], name=op.f("fk_scorm_commit_launch_id")),
        sa.PrimaryKeyConstraint("launch_id", "sitting", "seq", name=op.f("pk_scorm_commit")),
    )


def _lesson_kinds(kinds: tuple[str, ...]) -> None:
    """Checked without a lock that would hold up readers."""
    words = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute("ALTER TABLE lesson DROP CONSTRAINT ck_lesson_kind")
    op.execute(f"ALTER TABLE lesson ADD CONSTRAINT ck_lesson_kind CHECK (kind IN ({words})) NOT VALID")
    op.execute("ALTER TABLE lesson VALIDATE CONSTRAINT ck_lesson_kind")


def downgrade() -> None:
    tables = ("scorm_commit", "scorm_launch", "scorm_sco", "scorm_attempt")
    for table in (*tables, "package_import", "package_file", "scorm_package"):
        op.drop_table(table)
    _lesson_kinds(KINDS)
