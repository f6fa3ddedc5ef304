"""Which records count, and the latest of somebody's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db


def counts() -> ColumnElement[bool]:
    """True for records of completion that no later one supersedes; one that takes another back is no completion."""
    later = aliased(CompletionRecord)
    superseded = select(later.id).where(later.supersedes_id == CompletionRecord.id).exists()
    return and_(CompletionRecord.how != "taken back", ~superseded)


def latest_record(employee_id: int, subject: tuple[str, int]) -> CompletionRecord | None:
    """The completion that counts, or None."""
    kind, subject_id = subject
    return db.session.scalars(
        select(CompletionRecord)
        .where(
            CompletionRecord.employee_id == employee_id,
            CompletionRecord.subject_kind == kind,
            CompletionRecord.subject_id == subject_id,
            counts(),
        )
        .order_by(CompletionRecord.occurred_at.desc(), CompletionRecord.id.desc())
        .limit(1)
    ).first()
