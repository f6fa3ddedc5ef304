"""Which records count, and the latest of somebody's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, literal_column, select
from sqlalchemy.orm import aliased

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db


def counts() -> ColumnElement[bool]:
    """True for records of completion that no later one supersedes; one that takes another back is no completion."""
    later = aliased(CompletionRecord)
    superseded = select(later.id).where(later.supersedes_id == CompletionRecord.id).exists()
    return and_(CompletionRecord.how != "taken back", ~superseded)


def all_that_count(record: type[CompletionRecord] = CompletionRecord) -> ColumnElement[bool]:
    """The same where very many are asked for: those that were superseded are few, and are gathered once instead of
    looked for a million times. `record`: under another name, where a statement has several."""
    later = aliased(CompletionRecord)
    # The offset is what keeps them a list of their own.
    few = select(later.supersedes_id.label("id")).where(later.supersedes_id.is_not(None)).offset(literal_column("0"))
    superseded = few.subquery()
    return and_(record.how != "taken back", ~select(superseded.c.id).where(superseded.c.id == record.id).exists())


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
