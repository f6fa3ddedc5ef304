"""One row per change. A trigger refuses UPDATE and DELETE, and the application's role has no right to either."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model

# Every word of an entry. Written out with its constants, because an index serves only the very expression it was made
# of; an index on an expression can be added to a large table while people work, a stored column cannot.
WORDS = literal_column(
    "(to_tsvector('simple'::regconfig, ((((actor_name || ' '::text) || COALESCE(on_behalf_of_name, ''::text))"
    " || ' '::text) || reason)) || jsonb_to_tsvector('simple'::regconfig, COALESCE(before, '{}'::jsonb),"
    " '[\"all\"]'::jsonb)) || jsonb_to_tsvector('simple'::regconfig, COALESCE(after, '{}'::jsonb), '[\"all\"]'::jsonb)",
    TSVECTOR,
)


class AuditEntry(Model):
    """`subject_kind` and `subject_id` name the object; names are kept as they were at the time.

    `on_behalf_of`: whom a job, a command or the system itself did it for. `request_id` is shared by all that one
    request, job or command changed; `origin` is one of `infra.tracing.Origin`. Entries of earlier versions have none.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        # The timeline of one object, newest first, and a kind of which there are few.
        Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
        # The trail, newest first, between dates.
        Index("ix_audit_entry_at_id", "at", "id"),
        # What somebody did; what was done of one sort; what belongs together.
        Index("ix_audit_entry_actor", "actor_id", "at", "id"),
        Index("ix_audit_entry_behalf", "on_behalf_of_id", postgresql_where=text("on_behalf_of_id IS NOT NULL")),
        Index("ix_audit_entry_action", "action", "at", "id"),
        Index("ix_audit_entry_request_id", "request_id", postgresql_where=text("request_id IS NOT NULL")),
        # Words anywhere in an entry.
        Index("ix_audit_entry_words", WORDS, postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(default="")
    on_behalf_of_id: Mapped[int | None]
    on_behalf_of_name: Mapped[str | None]
    request_id: Mapped[str | None]
    origin: Mapped[str | None]
