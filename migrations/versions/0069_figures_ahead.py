"""Kept figures for more than one stretch of time, so that those of the time after a midnight are made before it (DSH-3,
REP-1).

Made while people work: the tables are small and each is locked for as long as its index takes. What is kept stays.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"

BY_PERSON = ("person_figures", "enrolled_figures")


def upgrade() -> None:
    for table in BY_PERSON:
        _key(table, "employee_id, made_at")
    op.add_column("kind_figures", sa.Column("made_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE kind_figures k SET made_at = p.made_at FROM person_figures p WHERE p.employee_id = k.employee_id"
    )
    op.execute("DELETE FROM kind_figures WHERE made_at IS NULL")
    _key("kind_figures", "employee_id, made_at, kind, mandatory")


def _key(table: str, columns: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}, ADD CONSTRAINT pk_{table} PRIMARY KEY ({columns})")


def downgrade() -> None:
    """Whatever is kept goes: the sweep makes it anew."""
    for table in (*BY_PERSON, "kind_figures"):
        op.execute(f"TRUNCATE {table}")
    op.execute("ALTER TABLE kind_figures DROP CONSTRAINT pk_kind_figures")
    op.drop_column("kind_figures", "made_at")
    op.execute("ALTER TABLE kind_figures ADD CONSTRAINT pk_kind_figures PRIMARY KEY (employee_id, kind, mandatory)")
    for table in BY_PERSON:
        _key(table, "employee_id")
