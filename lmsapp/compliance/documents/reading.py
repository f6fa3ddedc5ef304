"""What is in the employee file, as far as the viewer may see it (HRD-1, SEC-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from lmsapp.compliance.documents.models import DocumentType, DocumentVersion, EmployeeDocument
from lmsapp.compliance.documents.rules import STANDARD_TYPES, may_open, scan_lets_open
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.queries import line_of
from lmsapp.people.roles import May
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

Scope = Literal["any", "hr", "line", "own"]
Which = Literal["current", "earlier", "out"]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in the file. `size` in bytes; `scan` and `caution` as in `StoredFile`; `version` counts from 1."""

    id: int
    title: str
    type: str
    visible_to: str
    source: str
    sha256: str
    file_name: str
    media_type: str
    size: int
    issued_on: dt.date | None
    expires_on: dt.date | None
    filed_by: str
    filed_by_id: int | None
    filed_at: dt.datetime
    certificate_number: str | None
    version: int
    scan: str | None
    caution: str | None
    replaced_at: dt.datetime | None
    archived_at: dt.datetime | None


def documents_of(
    viewer: Viewer, employee_id: int, *, which: Which = "current", scope: Scope = "any"
) -> list[DocumentRow]:
    """The file of one employee as far as the viewer may see it, newest first. One statement.

    `which`: those that count; 'earlier': replaced by another of their kind; 'out': taken out, for HR alone.
    """
    if which == "out" and not viewer.may(May.KEEP_RECORDS):
        return []
    states = {
        "current": (EmployeeDocument.archived_at.is_(None), EmployeeDocument.replaced_at.is_(None)),
        "earlier": (EmployeeDocument.archived_at.is_(None), EmployeeDocument.replaced_at.is_not(None)),
        "out": (EmployeeDocument.archived_at.is_not(None),),
    }
    rows = db.session.execute(
        select(
            EmployeeDocument.id,
            EmployeeDocument.title,
            DocumentType.name.label("type"),
            DocumentType.visible_to,
            EmployeeDocument.source,
            EmployeeDocument.sha256,
            StoredFile.name.label("file_name"),
            StoredFile.media_type,
            StoredFile.size,
            EmployeeDocument.issued_on,
            EmployeeDocument.expires_on,
            EmployeeDocument.filed_by_name.label("filed_by"),
            EmployeeDocument.filed_by_id,
            EmployeeDocument.filed_at,
            Certificate.number.label("certificate_number"),
            EmployeeDocument.version,
            StoredFile.scan,
            StoredFile.caution,
            EmployeeDocument.replaced_at,
            EmployeeDocument.archived_at,
        )
        .join(DocumentType, DocumentType.id == EmployeeDocument.type_id)
        .join(StoredFile, StoredFile.id == EmployeeDocument.file_id)
        .outerjoin(SealedFile, SealedFile.id == EmployeeDocument.sealed_file_id)
        .outerjoin(Certificate, (SealedFile.kind == "certificate") & (Certificate.id == SealedFile.subject_id))
        .where(EmployeeDocument.employee_id == employee_id, *states[which], readable_by(viewer, scope))
        .order_by(EmployeeDocument.id.desc())
    )
    return [DocumentRow(**row) for row in rows.mappings()]


def document_for(
    viewer: Viewer, document_id: int, *, scope: Scope = "any", taken_out: bool = False
) -> EmployeeDocument | None:
    """The document with file and type loaded, or None when it is not for the viewer. `taken_out`: those as well."""
    return db.session.scalars(
        select(EmployeeDocument)
        .join(DocumentType, DocumentType.id == EmployeeDocument.type_id)
        .where(
            EmployeeDocument.id == document_id,
            EmployeeDocument.archived_at.is_(None) if not taken_out else True,  # type: ignore[arg-type]
            readable_by(viewer, scope),
        )
        .options(joinedload(EmployeeDocument.file), joinedload(EmployeeDocument.type))
    ).one_or_none()


def documents_picked(viewer: Viewer, document_ids: Sequence[int]) -> list[EmployeeDocument]:
    """Those of the ids that HR finds in the file, in the order of their ids, locked for a change of many."""
    return list(
        db.session.scalars(
            select(EmployeeDocument)
            .join(DocumentType, DocumentType.id == EmployeeDocument.type_id)
            .where(
                EmployeeDocument.id.in_(document_ids),
                EmployeeDocument.archived_at.is_(None),
                readable_by(viewer, "hr"),
            )
            .options(joinedload(EmployeeDocument.file), joinedload(EmployeeDocument.type))
            .order_by(EmployeeDocument.id)
        )
    )


def versions_of(document: EmployeeDocument) -> list[DocumentVersion]:
    """Every file of a document the viewer was found to see; newest first, `file` loaded."""
    return list(
        db.session.scalars(
            select(DocumentVersion)
            .where(DocumentVersion.document_id == document.id)
            .options(joinedload(DocumentVersion.file))
            .order_by(DocumentVersion.number.desc())
        )
    )


def version_of(document: EmployeeDocument, number: int) -> DocumentVersion | None:
    return db.session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == document.id, DocumentVersion.number == number)
        .options(joinedload(DocumentVersion.file))
    ).one_or_none()


def lets_open(viewer: Viewer, stored: StoredFile, filed_by_id: int | None) -> bool:
    """Whether the scanner stands in the way of a file of a document the viewer may see."""
    if stored.scan in (None, "clean"):
        return True
    mine = filed_by_id is not None and filed_by_id == viewer.user_id
    return scan_lets_open(
        stored.scan, filed_it=mine, unscanned_too=stored.scan is not None and bool(setting("open_unscanned"))
    )


def type_names() -> list[str]:
    """What a document can be; the standard types before the first one is filed."""
    names = list(
        db.session.scalars(
            select(DocumentType.name)
            .where(DocumentType.archived_at.is_(None))
            .order_by(DocumentType.position, DocumentType.id)
        )
    )
    return names or [t.name for t in STANDARD_TYPES]


def types_in_use() -> list[tuple[int, str]]:
    """(id, name) of what a document can be, in their order."""
    rows = db.session.execute(
        select(DocumentType.id, DocumentType.name)
        .where(DocumentType.archived_at.is_(None))
        .order_by(DocumentType.position, DocumentType.id)
    )
    return [(row.id, row.name) for row in rows]


def types_with_expiry() -> set[str]:
    """Names of types whose documents end some day."""
    names = db.session.scalars(
        select(DocumentType.name).where(DocumentType.needs_expiry, DocumentType.archived_at.is_(None))
    )
    return set(names) or {t.name for t in STANDARD_TYPES if t.needs_expiry}


def readable_by(viewer: Viewer, scope: Scope = "any") -> ColumnElement[bool]:
    """`rules.may_open` as SQL, over documents joined to their types. `scope`: as HR, as the line, as oneself alone."""
    nothing = DocumentType.id.is_(None)
    if scope in ("any", "hr") and viewer.may(May.KEEP_RECORDS):
        return DocumentType.id.is_not(None)
    if viewer.employee_id is None or scope == "hr":
        return nothing
    for_manager = [t for t in ("hr", "manager", "employee") if may_open(t, keeps_records=False, leads=True, own=False)]
    for_self = [t for t in ("hr", "manager", "employee") if may_open(t, keeps_records=False, leads=False, own=True)]
    line = EmployeeDocument.employee_id.in_(line_of(viewer)) & DocumentType.visible_to.in_(for_manager)
    own = (EmployeeDocument.employee_id == viewer.employee_id) & DocumentType.visible_to.in_(for_self)
    return {"line": line, "own": own}.get(scope, line | own)
