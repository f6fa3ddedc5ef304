"""Whether the PDF is there yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.seals.rules import SealStatus
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.people.employees.models import Employee


def sealed_for(kind: str, subject_id: int) -> SealedFile | None:
    """The promise for one thing, its file loaded. Ask only for subjects the viewer may see."""
    return sealed_files_of(kind, [subject_id]).get(subject_id)


def sealed_files_of(kind: str, subject_ids: Collection[int]) -> dict[int, SealedFile]:
    """By subject id, files loaded. Ask only for subjects the viewer may see."""
    if not subject_ids:
        return {}
    rows = db.session.scalars(
        select(SealedFile)
        .where(SealedFile.kind == kind, SealedFile.subject_id.in_(subject_ids))
        .options(joinedload(SealedFile.file))
    )
    return {row.subject_id: row for row in rows}


def sealed_as(sha256: str) -> SealedFile | None:
    """The promise whose PDF has exactly these bytes, its file loaded. For whoever holds the bytes."""
    return db.session.scalar(
        select(SealedFile)
        .join(StoredFile, StoredFile.id == SealedFile.file_id)
        .where(StoredFile.sha256 == sha256)
        .options(joinedload(SealedFile.file))
        .order_by(SealedFile.id)
        .limit(1)
    )


def unfinished_files(limit: int = 50) -> Sequence[Any]:
    """For staff: what is not ready, failed ones first, then the newest. Columns of SealedFile and `employee_name`."""
    columns = (
        SealedFile.id, SealedFile.kind, SealedFile.title, SealedFile.status, SealedFile.tries, SealedFile.error,
        SealedFile.created_at, SealedFile.next_try_at, Employee.name.label("employee_name"),
    )  # fmt: skip
    failed_first = (SealedFile.status != SealStatus.FAILED, SealedFile.id.desc())
    unfinished = select(*columns).outerjoin(Employee, Employee.id == SealedFile.employee_id)
    return db.session.execute(
        unfinished.where(SealedFile.status != SealStatus.READY).order_by(*failed_first).limit(limit)
    ).all()


def count_files() -> dict[str, int]:
    """How many by status."""
    rows = db.session.execute(select(SealedFile.status, func.count()).group_by(SealedFile.status)).all()
    return {row[0]: row[1] for row in rows}
