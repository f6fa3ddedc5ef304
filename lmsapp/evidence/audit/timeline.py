"""The changes of one object, for its timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import distinct_on

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db


def changes_of(kind: str, subject_id: int) -> list[Row[Any]]:
    """Newest first: at, actor_name, action, before, after, reason. Ask only for objects the viewer may see."""
    return list(
        db.session.execute(
            select(
                AuditEntry.at,
                AuditEntry.actor_name,
                AuditEntry.action,
                AuditEntry.before,
                AuditEntry.after,
                AuditEntry.reason,
            )
            .where(AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id)
            .order_by(AuditEntry.id.desc())
        )
    )


def last_change(
    subject: tuple[str, int], since: dt.datetime, actions: Sequence[str], holding: Mapping[str, object]
) -> Any:
    """The newest of these changes of one object from that moment on, or None: at, actor_id, actor_name.

    `holding`: what its `after` says, {} for whatever. Ask only for objects the viewer may see.
    """
    wanted = [
        AuditEntry.subject_kind == subject[0],
        AuditEntry.subject_id == subject[1],
        AuditEntry.at >= since,
        AuditEntry.action.in_(actions),
    ]
    if holding:
        wanted.append(AuditEntry.after.contains(holding))
    newest = select(AuditEntry.at, AuditEntry.actor_id, AuditEntry.actor_name).where(*wanted)
    return db.session.execute(newest.order_by(AuditEntry.id.desc()).limit(1)).one_or_none()


def last_due_changes(assignment_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The newest change of the due date of each, by assignment: actor_id, before, after. Only of what may be seen."""
    rows = db.session.execute(
        select(AuditEntry.subject_id, AuditEntry.actor_id, AuditEntry.before, AuditEntry.after)
        .ext(distinct_on(AuditEntry.subject_id))
        .where(
            AuditEntry.subject_kind == "assignment",
            AuditEntry.subject_id.in_(assignment_ids),
            AuditEntry.action == "due date changed",
        )
        .order_by(AuditEntry.subject_id, AuditEntry.id.desc())
    )
    return {row.subject_id: row for row in rows}
