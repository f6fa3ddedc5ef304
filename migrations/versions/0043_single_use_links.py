"""Single-use links to one course, sessions that reach only that course, and asking for another link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0040"

HOW = "how IN ('password', 'invitation', 'reset', 'renewed', 'link', 'failed')"
HOW_BEFORE = "how IN ('password', 'invitation', 'reset', 'renewed', 'failed')"


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("only_course", sa.Integer(), nullable=True))
    op.add_column("sign_in", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    _how(HOW)
    op.create_table(
        "access_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.Text(), nullable=False),
        sa.Column("notice_key", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_key", sa.Text(), nullable=True),
        sa.Column("mark_sha256", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_as", sa.Text(), nullable=True),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_access_link_channel")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_as IS NULL)", name=op.f("ck_access_link_revoked")),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_access_link_employee_id")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_access_link_enrollment_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_access_link_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_access_link_token_sha256")),
    )
    op.create_index("ix_access_link_employee", "access_link", ["employee_id", "id"])
    op.create_index("ix_access_link_enrollment", "access_link", ["enrollment_id", "id"])
    op.create_index(
        "ix_access_link_open", "access_link", ["expires_at"], postgresql_where=sa.text("revoked_at IS NULL")
    )
    op.create_table(
        "access_link_asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_link_asked")),
    )


def downgrade() -> None:
    op.drop_table("access_link_asked")
    op.drop_table("access_link")
    op.execute("DELETE FROM sign_in WHERE how = 'link'")
    _how(HOW_BEFORE)
    op.drop_column("sign_in", "ends_at")
    op.drop_column("sign_in", "only_course")


def _how(condition: str) -> None:
    """NOT VALID first: rows are checked afterwards, without the lock that stops writers."""
    op.execute("ALTER TABLE sign_in DROP CONSTRAINT ck_sign_in_how")
    op.execute(f"ALTER TABLE sign_in ADD CONSTRAINT ck_sign_in_how CHECK ({condition}) NOT VALID")
    op.execute("ALTER TABLE sign_in VALIDATE CONSTRAINT ck_sign_in_how")
