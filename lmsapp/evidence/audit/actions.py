"""Writing the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock, tracing
from lmsapp.infra.db import db, own_transaction
from lmsapp.people.viewer import Viewer

SYSTEM = "The system"


def record_change(
    action: str,
    subject: tuple[str, int],
    *,
    by: Viewer | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Note one change. `subject` is (kind, id); `by` None means that a rule, a job or a command did it.

    On whose behalf follows from the trace: who sat at the page, rang the job or is named by the command, where that is
    another than `by`. Never give it a password, a token or the text of a link.
    """
    entry = AuditEntry(**_row(action, subject, by, before, after, reason))
    db.session.add(entry)
    return entry


def record_changes(
    action: str,
    changes: Iterable[tuple[tuple[str, int], dict[str, Any] | None]],
    *,
    by: Viewer | None,
    reason: str = "",
) -> None:
    """Note the same change of many subjects, each with its `after`, many rows a statement: rosters, audiences."""
    at = clock.now()
    if rows := [{"at": at, **_row(action, subject, by, None, after, reason)} for subject, after in changes]:
        db.session.execute(insert(AuditEntry), rows)


def record_refusal(action: str, subject: tuple[str, int], *, after: dict[str, Any]) -> None:
    """Note that something was refused, in a transaction of its own: the request that asked is rolled back."""
    row = {"at": clock.now(), **_row(action, subject, None, None, after, "")}
    with own_transaction() as connection:
        connection.execute(insert(AuditEntry), [row])


def _row(
    action: str,
    subject: tuple[str, int],
    by: Viewer | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str,
) -> dict[str, Any]:
    trace = tracing.current()
    behind = trace.person if trace.person and (by is None or by.user_id != trace.person.id) else None
    return {
        "actor_id": by.user_id if by else None,
        "actor_name": by.name if by else SYSTEM,
        "on_behalf_of_id": behind.id if behind else None,
        "on_behalf_of_name": behind.name if behind else None,
        "request_id": trace.request_id,
        "origin": trace.origin.value,
        "action": action,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "before": _plain(before),
        "after": _plain(after),
        "reason": reason,
    }


def note_reading(what: str, by: Viewer, *, filters: dict[str, Any] | None = None) -> None:
    """Somebody took a list out of the house: which, and what of it (EVD-3)."""
    kept = {name: value for name, value in (filters or {}).items() if value not in (None, "", (), [], False)}
    record_change("downloaded", ("export", 0), by=by, after={"list": what, **kept})


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """JSON has no dates: ISO 8601 text stands for them."""
    return None if values is None else {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return [_as_json(one) for one in value] if isinstance(value, tuple | list) else value
