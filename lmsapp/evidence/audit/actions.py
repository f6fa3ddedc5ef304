"""Writing the trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
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
    """Note one change. `subject` is (kind, id); `by` None means a job or a command did it."""
    entry = AuditEntry(
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else SYSTEM,
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        before=_plain(before),
        after=_plain(after),
        reason=reason,
    )
    db.session.add(entry)
    return entry


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """JSON has no dates: ISO 8601 text stands for them."""
    if values is None:
        return None
    return {k: v.isoformat() if isinstance(v, dt.date | dt.datetime) else v for k, v in values.items()}
