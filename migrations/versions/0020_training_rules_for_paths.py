"""Training rules that lead to a learning path, and who is on one by which rule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("training_rule", sa.Column("path_id", sa.Integer(), nullable=True))
    # Not looked at row by row while the table is held: no rule has a path yet, and each has its course.
    op.execute(
        "ALTER TABLE training_rule ADD CONSTRAINT fk_training_rule_path_id"
        " FOREIGN KEY (path_id) REFERENCES learning_path (id) NOT VALID"
    )
    op.execute("ALTER TABLE training_rule VALIDATE CONSTRAINT fk_training_rule_path_id")
    op.drop_constraint(op.f("ck_training_rule_target"), "training_rule", type_="check")
    op.execute(
        "ALTER TABLE training_rule ADD CONSTRAINT ck_training_rule_target"
        " CHECK (num_nonnulls(course_id, path_id) = 1) NOT VALID"
    )
    op.execute("ALTER TABLE training_rule VALIDATE CONSTRAINT ck_training_rule_target")
    op.create_index(
        "uq_training_rule_path",
        "training_rule",
        ["audience_id", "path_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'archived'"),
    )
    op.create_index("ix_training_rule_path", "training_rule", ["path_id"])
    op.create_table(
        "rule_path",
        sa.Column("path_enrollment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["path_enrollment_id"], ["path_enrollment.id"], name=op.f("fk_rule_path_path_enrollment_id")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["training_rule.id"], name=op.f("fk_rule_path_rule_id")),
        sa.PrimaryKeyConstraint("path_enrollment_id", name=op.f("pk_rule_path")),
    )
    op.create_index("ix_rule_path_rule", "rule_path", ["rule_id", "path_enrollment_id"])


def downgrade() -> None:
    op.drop_table("rule_path")
    op.execute("DELETE FROM audience_run WHERE rule_id IN (SELECT id FROM training_rule WHERE path_id IS NOT NULL)")
    op.execute("DELETE FROM rule_exception WHERE rule_id IN (SELECT id FROM training_rule WHERE path_id IS NOT NULL)")
    op.execute("DELETE FROM training_rule WHERE path_id IS NOT NULL")
    op.drop_constraint(op.f("ck_training_rule_target"), "training_rule", type_="check")
    op.drop_column("training_rule", "path_id")
    op.create_check_constraint(op.f("ck_training_rule_target"), "training_rule", "num_nonnulls(course_id) = 1")
