"""Sign-ins as rows, links that change an address, and what people choose for their own account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("session_key", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "how IN ('password', 'invitation', 'reset', 'renewed', 'failed')", name=op.f("ck_sign_in_how")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sign_in_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_index("ix_sign_in_user", "sign_in", ["user_id", "id"])
    op.create_index("ix_sign_in_at", "sign_in", ["at"])
    op.create_index(
        "uq_sign_in_session_key",
        "sign_in",
        ["session_key"],
        unique=True,
        postgresql_where=sa.text("session_key IS NOT NULL"),
    )
    op.create_table(
        "reset_asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_asked")),
    )
    op.add_column("sign_in_link", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("app_user", sa.Column("time_zone", sa.Text(), nullable=True))
    op.add_column("app_user", sa.Column("own_email", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "app_user",
        sa.Column("switched_off", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    )


def downgrade() -> None:
    op.drop_column("app_user", "switched_off")
    op.drop_column("app_user", "own_email")
    op.drop_column("app_user", "time_zone")
    op.drop_column("sign_in_link", "email")
    op.drop_table("reset_asked")
    op.drop_table("sign_in")
