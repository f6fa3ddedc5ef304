"""The catalogue's search and reviews, paid courses, and the words for each status."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0017"

# What was published before: found by its words at once, in the plain form that publishing makes better.
FILL = """
INSERT INTO course_text (course_id, config, document, said, folded, names)
SELECT found.id, found.config,
       setweight(to_tsvector(found.config::regconfig, found.title), 'A') || setweight(to_tsvector('simple', found.title), 'A')
       || setweight(to_tsvector(found.config::regconfig, found.summary), 'B')
       || setweight(to_tsvector('simple', found.summary), 'B')
       || setweight(to_tsvector('simple', found.lessons), 'C'),
       found.summary, found.summary, lower(found.title)
FROM (SELECT course.id, course.title, course.summary,
             CASE course.language WHEN 'en' THEN 'english' WHEN 'es' THEN 'spanish' ELSE 'simple' END AS config,
             coalesce((SELECT string_agg(lesson.title, ' ') FROM lesson
                       WHERE lesson.course_id = course.id AND lesson.archived_at IS NULL), '') AS lessons
      FROM course WHERE course.content_version > 0) AS found
"""


def upgrade() -> None:
    op.create_table(
        "status_label",
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "scope_kind IN ('organisation', 'course', 'compliance_type')", name=op.f("ck_status_label_scope_kind")
        ),
        sa.PrimaryKeyConstraint("scope_kind", "scope_id", "language", "status", name=op.f("pk_status_label")),
    )

    op.add_column(
        "course", sa.Column("topics", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
    )
    op.add_column("course", sa.Column("price", sa.Numeric(10, 2), nullable=True))
    op.add_column("course", sa.Column("currency", sa.Text(), server_default="USD", nullable=False))
    # NOT VALID first: rows are checked afterwards, without the lock that stops writers.
    op.execute("ALTER TABLE course ADD CONSTRAINT ck_course_price CHECK (price > 0) NOT VALID")
    op.execute("ALTER TABLE course VALIDATE CONSTRAINT ck_course_price")

    op.create_table(
        "course_text",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("document", postgresql.TSVECTOR(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_text_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_text")),
    )
    op.create_index("ix_course_text_document", "course_text", ["document"], postgresql_using="gin")
    op.execute(FILL)

    op.create_table(
        "course_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_name", sa.Text(), nullable=False),
        sa.Column("hidden_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_course_review_stars")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_review_course_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_course_review_employee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_review")),
        sa.UniqueConstraint("course_id", "employee_id", name=op.f("uq_course_review_course_id_employee_id")),
    )
    op.create_index("ix_course_review_course", "course_review", ["course_id", "id"])
    op.create_table(
        "course_rating",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_rating_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_rating")),
    )
    op.create_table(
        "learner_choice",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('not interested', 'no review')", name=op.f("ck_learner_choice_kind")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_learner_choice_course_id")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_learner_choice_employee_id")),
        sa.PrimaryKeyConstraint("employee_id", "course_id", "kind", name=op.f("pk_learner_choice")),
    )

    op.create_table(
        "payment",
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(10, 2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cost_centre", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('not required', 'pending', 'paid', 'waived', 'refunded')", name=op.f("ck_payment_status")
        ),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_payment_enrollment_id")),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment_changed", "payment", ["changed_at"])


def downgrade() -> None:
    for table in ("payment", "learner_choice", "course_rating", "course_review", "course_text", "status_label"):
        op.drop_table(table)
    op.drop_constraint("ck_course_price", "course")
    for column in ("currency", "price", "topics"):
        op.drop_column("course", column)
