"""Evidence packs: what was asked for, how far it is, and where its file lies while it is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0047"

AT = sa.DateTime(timezone=True)
OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "evidence_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("scope", "subject", "title")),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("tries", "done", "total")),
        sa.Column("lease_until", AT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("thrown_away_at", AT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'ready', 'failed', 'cancelled')", name=op.f("ck_evidence_pack_state")
        ),
        sa.CheckConstraint(
            "scope IN ('person', 'course', 'department', 'regulation')", name=op.f("ck_evidence_pack_scope")
        ),
        sa.CheckConstraint("since <= until", name=op.f("ck_evidence_pack_dates")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_evidence_pack_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_pack")),
    )
    same = ["asked_by_id", "scope", "subject", "since", "until", "personal"]
    op.create_index("uq_evidence_pack_open", "evidence_pack", same, unique=True, postgresql_where=OPEN)
    op.create_index("ix_evidence_pack_open", "evidence_pack", ["id"], postgresql_where=OPEN)
    kept = sa.text("file_name IS NOT NULL")
    op.create_index("ix_evidence_pack_kept", "evidence_pack", ["finished_at"], postgresql_where=kept)


def downgrade() -> None:
    op.drop_table("evidence_pack")
