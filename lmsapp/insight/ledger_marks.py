"""Where somebody's completions stand in the completion ledger (EVD-1, EVD-2)."""

from __future__ import annotations

from sqlalchemy import func, select

from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.evidence.verifications.queries import OnLedger, on_ledger
from lmsapp.infra.db import db
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer


def completions_on_ledger(viewer: Viewer, employee_id: int) -> dict[int, OnLedger]:
    """Course id -> the event of the completion that counts. Two statements."""
    rows = db.session.execute(
        select(CompletionRecord.subject_id, func.max(CompletionRecord.id))
        .where(
            CompletionRecord.employee_id == employee_id,
            CompletionRecord.employee_id.in_(employee_ids_visible_to(viewer)),
            CompletionRecord.subject_kind == "course",
            counts(),
        )
        .group_by(CompletionRecord.subject_id)
    ).all()
    found = on_ledger(COMPLETIONS.kind, [row[1] for row in rows])
    return {course_id: found[record_id] for course_id, record_id in rows if record_id in found}
