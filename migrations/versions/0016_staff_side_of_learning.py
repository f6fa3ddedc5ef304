"""Decisions by hand, pauses, attendance, files of enrollments: the staff side of learning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "enrollment_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("asked IN ('plan', 'apply')", name=op.f("ck_enrollment_run_asked")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name=op.f("ck_enrollment_run_state")),
        sa.CheckConstraint(
            "status IN ('planned', 'applied', 'discarded', 'refused')", name=op.f("ck_enrollment_run_status")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_enrollment_run_asked_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_enrollment_run_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_run")),
    )
    op.create_index(
        "ix_enrollment_run_open",
        "enrollment_run",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "attendance_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_attendance_session_minutes")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_attendance_session_course_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["app_user.id"], name=op.f("fk_attendance_session_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_session")),
    )
    op.create_index("ix_attendance_session_course", "attendance_session", ["course_id", "held_on"], unique=False)
    op.create_table(
        "enrollment_run_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_enrollment_run_line_course_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_enrollment_run_line_employee_id")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["enrollment_run.id"], name=op.f("fk_enrollment_run_line_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_run_line")),
    )
    op.create_index("ix_enrollment_run_line_run", "enrollment_run_line", ["run_id", "kind", "line"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_name", sa.Text(), nullable=False),
        sa.Column("taken_back_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_attendance_enrollment_id")),
        sa.ForeignKeyConstraint(["session_id"], ["attendance_session.id"], name=op.f("fk_attendance_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("session_id", "enrollment_id", name=op.f("uq_attendance_session_id_enrollment_id")),
    )
    op.create_index("ix_attendance_enrollment", "attendance", ["enrollment_id", "cycle"], unique=False)
    op.create_table(
        "completion_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "decided_by_id <> asked_by_id OR state = 'dropped'", name=op.f("ck_completion_override_two_people")
        ),
        sa.CheckConstraint(
            "kind IN ('completion', 'exemption', 'revocation')", name=op.f("ck_completion_override_kind")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'applied', 'declined', 'dropped')", name=op.f("ck_completion_override_state")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_completion_override_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_completion_override_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_completion_override_enrollment_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_completion_override_file_id")),
        sa.ForeignKeyConstraint(["record_id"], ["completion_record.id"], name=op.f("fk_completion_override_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_override")),
    )
    op.create_index("ix_completion_override_enrollment", "completion_override", ["enrollment_id", "id"], unique=False)
    op.create_index(
        "uq_completion_override_waiting",
        "completion_override",
        ["enrollment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "enrollment_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("paused_by_id", sa.Integer(), nullable=True),
        sa.Column("paused_by_name", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.Column("ended_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("ended_how IN ('over', 'resumed', 'closed')", name=op.f("ck_enrollment_pause_ended_how")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_enrollment_pause_dates")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_enrollment_pause_enrollment_id")),
        sa.ForeignKeyConstraint(["paused_by_id"], ["app_user.id"], name=op.f("fk_enrollment_pause_paused_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_pause")),
    )
    op.create_index(op.f("ix_enrollment_pause_enrollment_id"), "enrollment_pause", ["enrollment_id"], unique=False)
    op.create_index(
        "ix_enrollment_pause_until",
        "enrollment_pause",
        ["until_on"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_enrollment_pause_running",
        "enrollment_pause",
        ["enrollment_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "quiz_attempt_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("granted_by_name", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_quiz_attempt_grant_enrollment_id")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["app_user.id"], name=op.f("fk_quiz_attempt_grant_granted_by_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_attempt_grant_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt_grant")),
    )
    op.create_index(
        "ix_quiz_attempt_grant_enrollment", "quiz_attempt_grant", ["enrollment_id", "quiz_id"], unique=False
    )
    op.create_table(
        "assignment_pause",
        sa.Column("pause_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["training_assignment.id"], name=op.f("fk_assignment_pause_assignment_id")
        ),
        sa.ForeignKeyConstraint(["pause_id"], ["enrollment_pause.id"], name=op.f("fk_assignment_pause_pause_id")),
        sa.PrimaryKeyConstraint("pause_id", "assignment_id", name=op.f("pk_assignment_pause")),
    )
    op.create_index(op.f("ix_assignment_pause_assignment_id"), "assignment_pause", ["assignment_id"], unique=False)
    op.add_column("completion_record", sa.Column("approved_by_id", sa.Integer(), nullable=True))
    op.add_column("completion_record", sa.Column("approved_by_name", sa.Text(), nullable=True))
    op.create_index(
        "ix_completion_record_supersedes",
        "completion_record",
        ["supersedes_id"],
        unique=False,
        postgresql_where=sa.text("supersedes_id IS NOT NULL"),
    )
    op.add_column("enrollment", sa.Column("completed_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("enrollment", sa.Column("exempted_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("enrollment", "exempted_at")
    op.drop_column("enrollment", "completed_by_hand")
    op.drop_index("ix_completion_record_supersedes", "completion_record")
    op.drop_column("completion_record", "approved_by_name")
    op.drop_column("completion_record", "approved_by_id")
    op.drop_table("assignment_pause")
    op.drop_table("quiz_attempt_grant")
    op.drop_table("enrollment_pause")
    op.drop_table("completion_override")
    op.drop_table("attendance")
    op.drop_table("enrollment_run_line")
    op.drop_table("attendance_session")
    op.drop_table("enrollment_run")
