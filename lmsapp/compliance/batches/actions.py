"""Asking for a batch: done at once where it is small, by the worker where it is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from lmsapp.compliance.batches.models import ComplianceBatch, ComplianceBatchLine
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

BATCH_JOB = "compliance_batch"
MOST_LINES = 20_000


def ask_batch(
    asked: str,
    lines: Iterable[Mapping[str, Any]],
    *,
    by: Viewer,
    terms: Mapping[str, Any] | None = None,
    type_id: int | None = None,
    after: ComplianceBatch | None = None,
) -> ComplianceBatch:
    """A batch that waits, with its lines (employee_id, sealed_id, document_id, marked). Raises RuleBroken."""
    rows = list(lines)
    if not rows:
        raise RuleBroken(N_("There is nothing to do here."))
    if len(rows) > MOST_LINES:
        raise RuleBroken(N_("At most %(most)s at once. Narrow the filters."), most=MOST_LINES)
    batch = _add(asked, by, dict(terms or {}), type_id, after.id if after else None)
    batch.total = len(rows)
    known: dict[str, Any] = {"sealed_id": None, "document_id": None, "marked": [], "said": [], "state": "waiting"}
    db.session.execute(insert(ComplianceBatchLine), [{**known, **row, "batch_id": batch.id} for row in rows])
    told = {"what": asked, "lines": len(rows), **{name: value for name, value in batch.terms.items() if value}}
    record_change("batch asked", ("compliance_batch", batch.id), by=by, after=told)
    db.session.flush()
    return batch


def ask_settling(why: str, *, by: Viewer | None, type_id: int | None = None) -> ComplianceBatch:
    """The worker makes duties true, of one type or of all; one that waits for the same is it."""
    waits = (ComplianceBatch.asked == "settle", ComplianceBatch.state == "waiting")
    same = ComplianceBatch.type_id.is_not_distinct_from(type_id)
    # Locked, so that no worker begins it before what is being changed here can be seen.
    waiting = select(ComplianceBatch).where(*waits, same).limit(1).with_for_update(skip_locked=True)
    batch = db.session.scalars(waiting).first() or _add("settle", by, {"why": why}, type_id, None)
    ring_for(batch)
    return batch


def ring_for(batch: ComplianceBatch) -> None:
    """The worker does it."""
    ring(BATCH_JOB, batch.id, urgent=True)


def _add(
    asked: str, by: Viewer | None, terms: dict[str, Any], type_id: int | None, after_id: int | None
) -> ComplianceBatch:
    batch = ComplianceBatch(asked=asked, terms=terms, type_id=type_id, after_id=after_id, state="waiting")
    batch.asked_by_id, batch.asked_by_name = (by.user_id, by.name) if by else (None, "")
    batch.tries = batch.done = batch.total = 0
    try:
        with db.session.begin_nested():
            db.session.add(batch)
            db.session.flush()
    except IntegrityError as clash:
        raise RuleBroken(N_("This was taken back already.")) from clash
    return batch
