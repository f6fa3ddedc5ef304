"""Learning paths: items and gates, their versions, who is on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "learning_path",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("ordering", sa.Text(), nullable=False),
        sa.Column("electives", sa.Integer(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("due_days BETWEEN 1 AND 3650", name=op.f("ck_learning_path_due_days")),
        sa.CheckConstraint("electives BETWEEN 0 AND 100", name=op.f("ck_learning_path_electives")),
        sa.CheckConstraint("ordering IN ('free', 'in order', 'gated')", name=op.f("ck_learning_path_ordering")),
        sa.CheckConstraint("status IN ('draft', 'published', 'retired')", name=op.f("ck_learning_path_status")),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_learning_path_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_path")),
        sa.UniqueConstraint("slug", name=op.f("uq_learning_path_slug")),
    )

    op.create_table(
        "path_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=True),
        sa.CheckConstraint("needed > 0", name=op.f("ck_path_item_needed")),
        sa.CheckConstraint("role IN ('required', 'elective', 'optional')", name=op.f("ck_path_item_role")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_path_item_course_id")),
        sa.ForeignKeyConstraint(["path_id"], ["learning_path.id"], name=op.f("fk_path_item_path_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_item")),
        sa.UniqueConstraint("path_id", "course_id", name=op.f("uq_path_item_path_id_course_id")),
    )
    op.create_index("ix_path_item_course", "path_item", ["course_id"], unique=False)

    op.create_table(
        "path_gate",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("needs_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("item_id <> needs_id", name=op.f("ck_path_gate_itself")),
        sa.ForeignKeyConstraint(["item_id"], ["path_item.id"], name=op.f("fk_path_gate_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["needs_id"], ["path_item.id"], name=op.f("fk_path_gate_needs_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "needs_id", name=op.f("pk_path_gate")),
    )
    op.create_index("ix_path_gate_needs", "path_gate", ["needs_id"], unique=False)

    op.create_table(
        "path_version",
        sa.Column("path_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["path_id"], ["learning_path.id"], name=op.f("fk_path_version_path_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["app_user.id"], name=op.f("fk_path_version_published_by_id")),
        sa.PrimaryKeyConstraint("path_id", "number", name=op.f("pk_path_version")),
    )
    op.execute(
        "CREATE TRIGGER path_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON path_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )

    op.create_table(
        "path_enrollment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("path_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_path_enrollment_progress")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_path_enrollment_employee_id")),
        sa.ForeignKeyConstraint(["enrolled_by_id"], ["app_user.id"], name=op.f("fk_path_enrollment_enrolled_by_id")),
        sa.ForeignKeyConstraint(["path_id"], ["learning_path.id"], name=op.f("fk_path_enrollment_path_id")),
        sa.ForeignKeyConstraint(["record_id"], ["completion_record.id"], name=op.f("fk_path_enrollment_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_enrollment")),
        sa.UniqueConstraint("employee_id", "path_id", name=op.f("uq_path_enrollment_employee_id_path_id")),
    )
    op.create_index("ix_path_enrollment_path", "path_enrollment", ["path_id", "completed_at"], unique=False)

    op.add_column("training_assignment", sa.Column("path_id", sa.Integer(), nullable=True))
    # NOT VALID first: rows are checked afterwards, without the lock that stops writers.
    name = "fk_training_assignment_path_id"
    op.execute(
        f"ALTER TABLE training_assignment ADD CONSTRAINT {name} "
        "FOREIGN KEY (path_id) REFERENCES learning_path (id) NOT VALID"
    )
    op.execute(f"ALTER TABLE training_assignment VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    op.drop_constraint("fk_training_assignment_path_id", "training_assignment")
    op.drop_column("training_assignment", "path_id")
    op.execute("DROP TRIGGER path_version_append_only ON path_version")
    for table in ("path_enrollment", "path_version", "path_gate", "path_item", "learning_path"):
        op.drop_table(table)
