"""Who trains, what a rule asks of one completion, and which report was asked for as a PDF."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "trainer_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("qualification", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_trainer_note_course_id")),
        sa.ForeignKeyConstraint(["session_id"], ["attendance_session.id"], name=op.f("fk_trainer_note_session_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["app_user.id"], name=op.f("fk_trainer_note_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_note")),
    )
    of_course, of_session = sa.text("session_id IS NULL"), sa.text("session_id IS NOT NULL")
    op.create_index("ix_trainer_note_course", "trainer_note", ["course_id", "since", "id"], postgresql_where=of_course)
    op.create_index("ix_trainer_note_session", "trainer_note", ["session_id", "id"], postgresql_where=of_session)
    op.create_table(
        "training_particular",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("trainer", "qualification")),
        sa.Column("evaluated_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("evaluated_by", "equipment")),
        sa.Column("adequate_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("given_by", "reason")),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["completion_record.id"], name=op.f("fk_training_particular_record_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_training_particular_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_particular")),
    )
    op.create_index("ix_training_particular_record", "training_particular", ["record_id", "id"])
    for table in ("trainer_note", "training_particular"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.add_column("report_request", sa.Column("report", sa.Text(), server_default="completion", nullable=False))


def downgrade() -> None:
    op.drop_column("report_request", "report")
    op.drop_table("training_particular")
    op.drop_table("trainer_note")
