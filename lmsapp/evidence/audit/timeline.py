"""The changes of one object, for its timeline."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

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
