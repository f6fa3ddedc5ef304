"""The trail says on whose behalf, in which request and how a change came, and its words can be searched (EVD-3).

Nothing is rewritten: the columns begin empty, the indexes are made while people work.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WORDS = (
    "(to_tsvector('simple'::regconfig, ((((actor_name || ' '::text) || COALESCE(on_behalf_of_name, ''::text))"
    " || ' '::text) || reason)) || jsonb_to_tsvector('simple'::regconfig, COALESCE(before, '{}'::jsonb),"
    " '[\"all\"]'::jsonb)) || jsonb_to_tsvector('simple'::regconfig, COALESCE(after, '{}'::jsonb), '[\"all\"]'::jsonb)"
)
INDEXES = {
    "ix_audit_entry_at_id": "(at, id)",
    "ix_audit_entry_actor": "(actor_id, at, id)",
    "ix_audit_entry_behalf": "(on_behalf_of_id) WHERE on_behalf_of_id IS NOT NULL",
    "ix_audit_entry_action": "(action, at, id)",
    "ix_audit_entry_request_id": "(request_id) WHERE request_id IS NOT NULL",
    "ix_audit_entry_words": f"USING gin (({WORDS}))",
}


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("on_behalf_of_id", sa.Integer()), if_not_exists=True)
    op.add_column("audit_entry", sa.Column("on_behalf_of_name", sa.Text()), if_not_exists=True)
    op.add_column("audit_entry", sa.Column("request_id", sa.Text()), if_not_exists=True)
    op.add_column("audit_entry", sa.Column("origin", sa.Text()), if_not_exists=True)
    with op.get_context().autocommit_block():
        for name, columns in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # what an interrupted attempt left is not valid
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON audit_entry {columns}")


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "audit_entry")
    for name in ("origin", "request_id", "on_behalf_of_name", "on_behalf_of_id"):
        op.drop_column("audit_entry", name)
