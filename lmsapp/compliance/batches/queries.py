"""A batch, its rows, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lmsapp.compliance.batches.models import ComplianceBatch, ComplianceBatchLine
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class LinesPage:
    """One page of rows, from 1."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int


def batch_for(viewer: Viewer, batch_id: int) -> ComplianceBatch | None:
    """For whoever keeps records."""
    return db.session.get(ComplianceBatch, batch_id) if viewer.may(May.KEEP_RECORDS) else None


def counts_of(batch_id: int) -> dict[str, int]:
    """Lines by state; and 'marked': how many decisions they made."""
    lines = ComplianceBatchLine
    rows = db.session.execute(
        select(lines.state, func.count(), func.sum(func.jsonb_array_length(lines.marked)))
        .where(lines.batch_id == batch_id)
        .group_by(lines.state)
    ).all()
    return {row[0]: row[1] for row in rows} | {"marked": sum(row[2] or 0 for row in rows)}


def lines_page(viewer: Viewer, batch_id: int, *, state: str = "", number: int = 1) -> LinesPage:
    """Its rows, refused ones first: id, employee_id, employee, number, title, kind, state, said, marked. Two
    statements."""
    lines = ComplianceBatchLine
    wanted = [lines.batch_id == batch_id, lines.employee_id.in_(employee_ids_visible_to(viewer))]
    if state:
        wanted.append(lines.state == state)
    total = db.session.scalar(select(func.count()).select_from(lines).where(*wanted)) or 0
    number = max(1, min(number, -(-total // PAGE)))
    rows = db.session.execute(
        select(
            lines.id, lines.employee_id, Employee.name.label("employee"), Employee.number,
            func.coalesce(SealedFile.title, EmployeeDocument.title, "").label("title"), SealedFile.kind,
            lines.state, lines.said, lines.marked,
        )
        .join(Employee, Employee.id == lines.employee_id)
        .outerjoin(SealedFile, SealedFile.id == lines.sealed_id)
        .outerjoin(EmployeeDocument, EmployeeDocument.id == lines.document_id)
        .where(*wanted)
        .order_by((lines.state == "refused").desc(), lines.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()  # fmt: skip
    return LinesPage(rows, number, PAGE, total)


def done_lines(batch_id: int) -> list[Mapping[str, Any]]:
    """What a batch did, as lines of the one that takes it out again."""
    lines = ComplianceBatchLine
    columns = (lines.employee_id, lines.sealed_id, lines.document_id, lines.marked)
    done = (lines.batch_id == batch_id, lines.state == "done")
    return [dict(row) for row in db.session.execute(select(*columns).where(*done).order_by(lines.id)).mappings()]


def undone_by(batch_id: int) -> int | None:
    """The batch that took it out again."""
    return db.session.scalar(select(ComplianceBatch.id).where(ComplianceBatch.after_id == batch_id))


def latest_batches(viewer: Viewer, most: int = 5) -> Sequence[ComplianceBatch]:
    """The latest that people asked for, of 'file' and 'treat'."""
    if not viewer.may(May.KEEP_RECORDS):
        return ()
    asked = ComplianceBatch.asked.in_(("file", "treat", "take out"))
    return db.session.scalars(
        select(ComplianceBatch).where(asked).order_by(ComplianceBatch.id.desc()).limit(most)
    ).all()


def settling(type_id: int) -> bool:
    """Whether the worker is making this type true at present."""
    open_ones = (ComplianceBatch.asked == "settle", ComplianceBatch.state.in_(("waiting", "running")))
    this = ComplianceBatch.type_id.is_(None) | (ComplianceBatch.type_id == type_id)
    return db.session.scalar(select(ComplianceBatch.id).where(*open_ones, this).limit(1)) is not None
