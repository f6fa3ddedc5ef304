"""Templates, evaluations, credentials of paths, group requests and transcripts (CRT-1, CRT-2, CRT-5, EVD-7)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0028"

AT = sa.DateTime(timezone=True)
APPEND_ONLY = ("certificate_template_version", "transcript")


def key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def jsonb(name: str, default: str | None = None) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(), server_default=default, nullable=False)


def text(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def number(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def upgrade() -> None:
    templates()
    certificates()
    plans()
    evaluations()
    groups()
    transcripts()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def templates() -> None:
    op.create_table(
        "certificate_template",
        *number("id"),
        *text("title"),
        *number("version"),
        *number("created_by_id", nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.Column("archived_at", AT, nullable=True),
        to("certificate_template", "created_by_id", "app_user"),
        key("certificate_template"),
    )
    table = "certificate_template_version"
    op.create_table(
        table,
        *number("template_id", "number"),
        jsonb("design"),
        *number("logo_id", "signature_id", "second_signature_id", nullable=True),
        sa.Column("made_at", AT, nullable=False),
        *number("made_by_id", nullable=True),
        *text("made_by_name"),
        to(table, "template_id", "certificate_template"),
        to(table, "logo_id", "stored_file"),
        to(table, "signature_id", "stored_file"),
        to(table, "second_signature_id", "stored_file"),
        to(table, "made_by_id", "app_user"),
        sa.PrimaryKeyConstraint("template_id", "number", name=op.f(f"pk_{table}")),
    )


def certificates() -> None:
    numbers = ("path_enrollment_id", "path_id", "template_id", "template_version", "replaces_id")
    for column in [*number(*numbers, nullable=True), jsonb("printed", "{}"), sa.Column("replaced_at", AT)]:
        op.add_column("certificate", column)
    op.alter_column("certificate", "enrollment_id", nullable=True)
    op.alter_column("certificate", "course_id", nullable=True)
    op.create_index(
        "uq_certificate_record",
        "certificate",
        ["record_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_constraint("uq_certificate_record_id", "certificate")
    op.create_unique_constraint(op.f("uq_certificate_replaces_id"), "certificate", ["replaces_id"])
    op.create_index("ix_certificate_issued", "certificate", ["issued_at", "id"])
    op.create_index("ix_certificate_path", "certificate", ["path_id"], postgresql_where=sa.text("path_id IS NOT NULL"))
    for column, target in (
        ("path_enrollment_id", "path_enrollment"),
        ("path_id", "learning_path"),
        ("replaces_id", "certificate"),
    ):
        op.create_foreign_key(op.f(f"fk_certificate_{column}"), "certificate", target, [column], ["id"])
    op.create_foreign_key(
        op.f("fk_certificate_template_id_template_version"),
        "certificate",
        "certificate_template_version",
        ["template_id", "template_version"],
        ["template_id", "number"],
    )
    op.create_check_constraint(
        op.f("ck_certificate_subject"), "certificate", "(enrollment_id IS NULL) <> (path_enrollment_id IS NULL)"
    )


def plans() -> None:
    table = "certificate_plan"
    op.create_table(
        table,
        *number("id"),
        *number("course_id", "path_id", nullable=True),
        *text("issuing"),
        *number("template_id", "validity_months", nullable=True),
        check(table, "subject", "(course_id IS NULL) <> (path_id IS NULL)"),
        check(table, "issuing", "issuing IN ('completion', 'evaluation', 'none')"),
        check(table, "validity", "validity_months BETWEEN 1 AND 600"),
        to(table, "course_id", "course"),
        to(table, "path_id", "learning_path"),
        to(table, "template_id", "certificate_template"),
        sa.UniqueConstraint("course_id", name=op.f("uq_certificate_plan_course_id")),
        sa.UniqueConstraint("path_id", name=op.f("uq_certificate_plan_path_id")),
        key(table),
    )
    op.create_index("ix_certificate_plan_template", table, ["template_id"])


def evaluations() -> None:
    table = "certificate_evaluation"
    op.create_table(
        table,
        *number("id", "record_id", "enrollment_id"),
        *text("state"),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("decided_at", AT, nullable=True),
        *number("decided_by_id", nullable=True),
        *text("decided_by_name", "reason"),
        check(table, "state", "state IN ('waiting', 'awarded', 'not awarded', 'closed')"),
        check(table, "decided", "(state = 'waiting') = (decided_at IS NULL)"),
        to(table, "record_id", "completion_record"),
        to(table, "enrollment_id", "enrollment"),
        to(table, "decided_by_id", "app_user"),
        sa.UniqueConstraint("record_id", name=op.f("uq_certificate_evaluation_record_id")),
        key(table),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_certificate_evaluation_waiting", table, ["asked_at", "id"], postgresql_where=waiting)
    op.create_index("ix_certificate_evaluation_enrollment", table, ["enrollment_id"])


def groups() -> None:
    table = "certificate_group"
    op.create_table(
        table,
        *number("id"),
        *text("asked"),
        jsonb("asked_for"),
        *text("title"),
        *number("asked_by_id"),
        *text("asked_by_name"),
        sa.Column("asked_at", AT, nullable=False),
        *text("state"),
        *number("tries", "done", "total"),
        sa.Column("lease_until", AT, nullable=True),
        sa.Column("finished_at", AT, nullable=True),
        *text("error", nullable=True),
        *number("held"),
        jsonb("missing", "[]"),
        *number("zip_id", "print_id", nullable=True),
        check(table, "state", "state IN ('waiting', 'running', 'ready', 'failed')"),
        check(table, "asked", "asked IN ('zip', 'print', 'both')"),
        to(table, "asked_by_id", "app_user"),
        to(table, "zip_id", "stored_file"),
        to(table, "print_id", "stored_file"),
        key(table),
    )
    op.create_index("ix_certificate_group_asker", table, ["asked_by_id", "id"])
    still = sa.text("state IN ('waiting', 'running')")
    op.create_index("ix_certificate_group_open", table, ["id"], postgresql_where=still)


def transcripts() -> None:
    op.create_table(
        "transcript",
        *number("id"),
        *text("number", "token"),
        *number("employee_id"),
        *text("holder_name", "employee_number", "job_role", "department", "time_zone", "language"),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        *number("asked_by_id"),
        *text("asked_by_name"),
        jsonb("lines"),
        to("transcript", "employee_id", "employee"),
        to("transcript", "asked_by_id", "app_user"),
        sa.UniqueConstraint("number", name=op.f("uq_transcript_number")),
        sa.UniqueConstraint("token", name=op.f("uq_transcript_token")),
        key("transcript"),
    )
    op.create_index("ix_transcript_employee", "transcript", ["employee_id", "id"])


def downgrade() -> None:
    for table in ("transcript", "certificate_group", "certificate_evaluation", "certificate_plan"):
        op.drop_table(table)
    op.execute("DELETE FROM certificate WHERE path_enrollment_id IS NOT NULL OR replaced_at IS NOT NULL")
    for name in ("ix_certificate_issued", "ix_certificate_path", "uq_certificate_record"):
        op.drop_index(name, "certificate")
    names = (
        "path_enrollment_id",
        "path_id",
        "template_id",
        "template_version",
        "replaces_id",
        "printed",
        "replaced_at",
    )
    op.drop_constraint(op.f("ck_certificate_subject"), "certificate")
    for name in names:
        op.drop_column("certificate", name)
    op.alter_column("certificate", "enrollment_id", nullable=False)
    op.alter_column("certificate", "course_id", nullable=False)
    op.create_unique_constraint("uq_certificate_record_id", "certificate", ["record_id"])
    op.drop_table("certificate_template_version")
    op.drop_table("certificate_template")
