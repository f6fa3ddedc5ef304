"""Filing, uploading, taking out of the file, and noting who opened what (HRD-1, HRD-2, EVD-3)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from lmsapp.compliance.documents.events import DocumentFiled
from lmsapp.compliance.documents.models import DocumentType, DocumentVersion, EmployeeDocument
from lmsapp.compliance.documents.rules import ACKNOWLEDGMENT, LONGEST_TITLE, STANDARD_TYPES, check_dates, check_upload
from lmsapp.compliance.documents.scans import first_look
from lmsapp.compliance.documents.testimony import testify, testify_version
from lmsapp.evidence.audit.actions import SYSTEM, record_change
from lmsapp.evidence.seals.events import FileSealed
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock, files
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.files import StoredFile
from lmsapp.infra.filetypes import fitting_name
from lmsapp.infra.looking import look_into
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.employees.queries import EmployeeView
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SIGNATURE = "signature"
ALREADY = N_("This is in the file already.")
SAME_BYTES = N_("%(name)s is in the file already, as “%(title)s”. It was not filed again.")
NO_TYPE = N_("Choose what kind of document this is.")


def add_standard_types() -> None:
    """Add the document types every organisation begins with; those that are there stay as they are."""
    there = set(db.session.scalars(select(DocumentType.standard).where(DocumentType.standard.is_not(None))))
    rows = [
        {"name": t.name, "visible_to": t.visible_to, "keep_years": t.keep_years, "needs_expiry": t.needs_expiry,
         "standard": t.name, "position": place}
        for place, t in enumerate(STANDARD_TYPES, 1)
        if t.name not in there
    ]  # fmt: skip
    if not rows:
        return
    made = insert(DocumentType).on_conflict_do_nothing(index_elements=["name"]).returning(DocumentType)
    for type_ in db.session.scalars(made, rows).all():
        after = {"name": type_.name, "visible_to": type_.visible_to, "keep_years": type_.keep_years}
        record_change("created", ("document_type", type_.id), by=None, after=after)


def type_named(name: str) -> DocumentType:
    """The document type in use of that name, or that shipped under it; those come into being on first use.

    Raises RuleBroken.
    """
    found = _named(name)
    if found is None and name in {t.name for t in STANDARD_TYPES}:
        add_standard_types()
        found = _named(name)
    if found is None:
        raise RuleBroken(NO_TYPE, field="type")
    return found


def _named(name: str) -> DocumentType | None:
    rows = db.session.scalars(
        select(DocumentType).where((DocumentType.name == name) | (DocumentType.standard == name))
    ).all()
    usable = [one for one in rows if one.archived_at is None or one.standard == name]
    return min(usable, key=lambda one: (one.archived_at is not None, one.name != name), default=None)


def file_sealed(sealed: SealedFile, type_: DocumentType, by: Viewer) -> EmployeeDocument:
    """File sealed evidence (`sealed.file` loaded) on its employee's record, once. Raises RuleBroken."""
    only_hr(by)
    if sealed.file is None:
        raise RuleBroken(N_("The PDF is not ready yet. It is made in the background; try again in a moment."))
    return _add(_of_sealed(sealed, sealed.file, type_, by), type_, by)


def file_by_policy(sealed: SealedFile, type_: DocumentType, policy: str) -> EmployeeDocument:
    """File sealed evidence (`sealed.file` loaded) by itself, because HR had switched that on; `policy` names it, with
    who had switched it on and when. Raises RuleBroken."""
    if sealed.file is None:
        raise RuleBroken(N_("The PDF is not ready yet. It is made in the background; try again in a moment."))
    document = _of_sealed(sealed, sealed.file, type_, None)
    document.filed_by_name = policy
    return _add(document, type_, None, f"By {policy}.")


def file_signature(event: FileSealed) -> None:
    """A signed text goes into the file by itself, once, where its employee reads it too. Other files wait for HR."""
    sealed = event.sealed
    if sealed.kind != SIGNATURE or sealed.file is None:
        return
    filed = (EmployeeDocument.sealed_file_id == sealed.id, EmployeeDocument.archived_at.is_(None))
    if db.session.scalar(select(EmployeeDocument.id).where(*filed)) is None:
        type_ = type_named(ACKNOWLEDGMENT)
        _add(_of_sealed(sealed, sealed.file, type_, None), type_, None)


def upload(
    employee: EmployeeView,
    source: IO[bytes],
    name: str,
    type_: DocumentType,
    by: Viewer,
    *,
    issued_on: dt.date | None = None,
    expires_on: dt.date | None = None,
) -> EmployeeDocument:
    """File an uploaded PDF, JPG, PNG or DOCX; its type follows from its content. Raises RuleBroken."""
    only_hr(by)
    check_dates(type_.needs_expiry, issued_on, expires_on)
    stored = keep_upload(source, name, by)
    return _file(employee.id, stored, type_, by, issued_on=issued_on, expires_on=expires_on)


def keep_upload(source: IO[bytes], name: str, by: Viewer | None = None) -> StoredFile:
    """Keep an uploaded file as `check_upload` allows, outside the employee file so far. Raises RuleBroken.

    It is looked into (`infra.looking`), and by the virus scanner where one is set up.
    """
    shown = Path(name.replace("\\", "/")).name or "file"
    kind = check_upload(source, shown)
    look = look_into(source, kind, shown)
    seen = first_look(source, shown, by)
    stored = files.store(source, name=fitting_name(shown, kind), media_type=kind.media_type)
    stored.caution = look.caution
    seen.note_on(stored)
    return stored


def file_kept(
    employee_id: int,
    stored: StoredFile,
    type_: DocumentType,
    by: Viewer,
    *,
    title: str = "",
    expires_on: dt.date | None = None,
) -> EmployeeDocument:
    """File what was kept before, for example what somebody handed in and HR has looked at. Raises RuleBroken."""
    only_hr(by)
    check_dates(type_.needs_expiry, None, expires_on)
    return _file(employee_id, stored, type_, by, title=title, expires_on=expires_on)


def check_new(employee_id: int, stored: StoredFile) -> None:
    """The same bytes are filed once for a person, in whatever version. Raises RuleBroken."""
    there = db.session.scalar(
        select(EmployeeDocument.title)
        .join(DocumentVersion, DocumentVersion.document_id == EmployeeDocument.id)
        .where(
            DocumentVersion.employee_id == employee_id,
            DocumentVersion.sha256 == stored.sha256,
            EmployeeDocument.archived_at.is_(None),
        )
        .limit(1)
    )
    if there is not None:
        raise RuleBroken(SAME_BYTES, field="files", name=stored.name, title=there)


def take_out(document: EmployeeDocument, by: Viewer | None, reason: str) -> None:
    """Take a document out of the file; row and bytes stay, and its evidence can be filed anew. Raises RuleBroken."""
    if by is not None:
        only_hr(by)
    if not reason.strip():
        raise RuleBroken(N_("Say why this document is taken out."), field="reason")
    if document.archived_at is not None:
        raise RuleBroken(N_("This document was taken out already."))
    document.archived_at = clock.now()
    db.session.flush()
    testify([document], "taken out")
    after = {"employee_id": document.employee_id, "title": document.title}
    record_change(
        "taken out",
        ("employee_document", document.id),
        by=by,
        before=facts_of(document),
        after=after,
        reason=reason.strip(),
    )


def note_opened(document: EmployeeDocument, by: Viewer, *, how: str = "opened", version: int | None = None) -> None:
    """Reading an employee's document is logged too (EVD-3). `how`: 'opened' (downloaded), 'looked at'."""
    after: dict[str, object] = {"employee_id": document.employee_id, "title": document.title}
    after |= {"sha256": document.sha256, "version": version or document.version}
    record_change(how, ("employee_document", document.id), by=by, after=after)


def _file(
    employee_id: int,
    stored: StoredFile,
    type_: DocumentType,
    by: Viewer,
    *,
    title: str = "",
    issued_on: dt.date | None = None,
    expires_on: dt.date | None = None,
) -> EmployeeDocument:
    check_new(employee_id, stored)
    document = EmployeeDocument(
        employee_id=employee_id,
        type_id=type_.id,
        title=(title.strip() or Path(stored.name).stem)[:LONGEST_TITLE],
        source="upload",
        file=stored,
        sha256=stored.sha256,
        issued_on=issued_on,
        expires_on=expires_on,
        filed_by_id=by.user_id,
        filed_by_name=by.name,
    )
    return _add(document, type_, by)


def _of_sealed(sealed: SealedFile, file: files.StoredFile, type_: DocumentType, by: Viewer | None) -> EmployeeDocument:
    return EmployeeDocument(
        employee_id=sealed.employee_id,
        type_id=type_.id,
        title=sealed.title,
        source=sealed.kind,
        sealed_file_id=sealed.id,
        file=file,
        sha256=file.sha256,
        issued_on=sealed.created_at.date(),
        filed_by_id=by.user_id if by else None,
        filed_by_name=by.name if by else SYSTEM,
    )


def _add(document: EmployeeDocument, type_: DocumentType, by: Viewer | None, reason: str = "") -> EmployeeDocument:
    """The unique index decides between two who file the same evidence at once."""
    document.type = type_
    try:
        with db.session.begin_nested():
            db.session.add(document)
            db.session.flush()
    except IntegrityError as clash:
        raise RuleBroken(ALREADY) from clash
    record_change("filed", ("employee_document", document.id), by=by, after=facts_of(document), reason=reason)
    add_version_row(document, document.file, 1, by, "")
    testify([document], "filed")
    if not type_.several:
        replace_others(document, by)
    emit(DocumentFiled(document))
    return document


def add_version_row(
    document: EmployeeDocument, stored: StoredFile, number: int, by: Viewer | None, reason: str
) -> DocumentVersion:
    """The file as a version of the document, on record. The caller's change has the entry on the trail."""
    version = DocumentVersion(
        document_id=document.id,
        number=number,
        employee_id=document.employee_id,
        file=stored,
        sha256=stored.sha256,
        file_name=stored.name,
        size=stored.size,
        reason=reason,
        added_by_id=by.user_id if by else None,
        added_by_name=by.name if by else SYSTEM,
    )
    db.session.add(version)
    db.session.flush()
    testify_version(version)
    return version


def replace_others(document: EmployeeDocument, by: Viewer | None) -> None:
    """Of a type of which one counts: the document counts instead of the others of its employee."""
    others = db.session.scalars(
        select(EmployeeDocument)
        .where(
            EmployeeDocument.employee_id == document.employee_id,
            EmployeeDocument.type_id == document.type_id,
            EmployeeDocument.id != document.id,
            EmployeeDocument.archived_at.is_(None),
            EmployeeDocument.replaced_at.is_(None),
        )
        .with_for_update()
    ).all()
    for one in others:
        one.replaced_at, one.replaced_by_id = clock.now(), document.id
        after = {"employee_id": one.employee_id, "title": one.title, "replaced by": document.title}
        record_change("replaced", ("employee_document", one.id), by=by, after=after)
    db.session.flush()
    testify(others, "replaced")


def facts_of(document: EmployeeDocument) -> dict[str, object]:
    """What the trail says of a document."""
    return {
        "employee_id": document.employee_id,
        "title": document.title,
        "type_id": document.type_id,
        "source": document.source,
        "sha256": document.sha256,
        "issued_on": document.issued_on,
        "expires_on": document.expires_on,
        "version": document.version,
    }


def only_hr(by: Viewer) -> None:
    """Raises NotAllowed."""
    if not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR keeps the employee file."))
