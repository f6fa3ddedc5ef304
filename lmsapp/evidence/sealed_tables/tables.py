"""The tables that are sealed from here; areas above add theirs (`lmsapp.insight.testified`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.ledger.checking.columns import instant_sql
from lmsapp.evidence.sealed_tables.rules import Sealed
from lmsapp.evidence.signatures.models import SigningTextVersion
from lmsapp.infra.db import Model


def _text(column: sa.ColumnElement[Any]) -> str:
    name = f'"{column.key}"'
    if isinstance(column.type, sa.DateTime):
        return instant_sql(name)
    if isinstance(column.type, sa.Date):
        return f"to_char({name}, 'YYYY-MM-DD')"
    return f"{name}::text"


def whole(model: type[Model]) -> Sealed:
    """Every column of a table numbered by its `id`."""
    table = model.__table__
    columns = {str(column.key): _text(column) for column in table.columns if column.key != "id"}
    return Sealed(str(model.__tablename__), columns, sequence_of=str(model.__tablename__))


AUDIT_TRAIL = whole(AuditEntry)
# What stands in no payload: who signed an event, the salt that hides the personal part of one that was followed by
# another, when a checkpoint was made, how a tree was begun.
EVENTS = Sealed(
    "ledger_event", {"signature": "encode(signature, 'hex')", "key_id": "key_id"}, sequence_of="ledger_event"
)
SALTS = Sealed(
    "ledger_salt", {"salt": "encode(salt, 'hex')"}, number="event_id", sequence_of="ledger_event", may_go=True
)
CHECKPOINTS = Sealed(
    "ledger_checkpoint",
    {"key_id": "key_id", "algorithm": "algorithm", "made_at": instant_sql("made_at")},
    number="(epoch::bigint << 44) + size",
)
EPOCHS = Sealed(
    "ledger_epoch",
    {"ledger_id": "ledger_id::text", "began_at": instant_sql("began_at"), "reason": "reason", "note": "note"},
    number="number",
)
HERE: Sequence[Sealed] = (AUDIT_TRAIL, EVENTS, SALTS, CHECKPOINTS, EPOCHS, whole(SigningTextVersion))
