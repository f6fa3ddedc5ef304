"""A new file for the same document, other facts, many at once, out of the file and back into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from lmsapp.compliance.documents.actions import (
    add_version_row,
    check_new,
    facts_of,
    keep_upload,
    only_hr,
    replace_others,
    take_out,
)
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.documents.rules import LONGEST_TITLE, check_dates
from lmsapp.compliance.documents.testimony import testify
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken, cleaned_words
from lmsapp.people.viewer import Viewer

LONGEST_REASON = 500
WHY = N_("Say why.")
OUT = N_("This document was taken out of the file. Put it back first.")
SEALED = N_("This is sealed evidence: its file never changes. File a correction as a document of its own.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be put right about a document."""

    title: str
    issued_on: dt.date | None
    expires_on: dt.date | None


def add_version(
    document: EmployeeDocument,
    source: IO[bytes],
    name: str,
    by: Viewer,
    *,
    reason: str,
    expires_on: dt.date | None = None,
) -> None:
    """Another file for the document (`type` loaded): a better scan, a renewed licence. The one before stays.

    `expires_on`: its last valid day; None: as before. Raises RuleBroken.
    """
    only_hr(by)
    reason = _reason(reason)
    _present(document)
    if document.sealed_file_id is not None:
        raise RuleBroken(SEALED)
    until = expires_on or document.expires_on
    check_dates(document.type.needs_expiry, document.issued_on, until)
    stored = keep_upload(source, name, by)
    check_new(document.employee_id, stored)
    before = facts_of(document)
    document.version, document.sha256, document.expires_on = document.version + 1, stored.sha256, until
    document.file = stored
    db.session.flush()
    add_version_row(document, stored, document.version, by, reason)
    testify([document], "new version")
    record_change(
        "new version", ("employee_document", document.id), by=by, before=before, after=facts_of(document), reason=reason
    )


def change_document(document: EmployeeDocument, facts: Facts, type_: DocumentType, by: Viewer, *, reason: str) -> None:
    """Title, kind or dates. Nothing different: nothing happens. Raises RuleBroken."""
    only_hr(by)
    _present(document)
    title = " ".join(cleaned_words(facts.title, LONGEST_TITLE, "title").split())
    if not title:
        raise RuleBroken(N_("Give it a title."), field="title")
    check_dates(type_.needs_expiry, facts.issued_on, facts.expires_on)
    before, other = facts_of(document), type_.id != document.type_id
    wanted = {"title": title, "issued_on": facts.issued_on, "expires_on": facts.expires_on, "type_id": type_.id}
    if all(before[name] == value for name, value in wanted.items()):
        return
    reason = _reason(reason)
    document.title, document.issued_on, document.expires_on = title, facts.issued_on, facts.expires_on
    document.type, document.type_id = type_, type_.id
    db.session.flush()
    testify([document], "changed")
    after = facts_of(document)
    record_change("changed", ("employee_document", document.id), by=by, before=before, after=after, reason=reason)
    if other and not type_.several and document.replaced_at is None:
        replace_others(document, by)


def put_back(document: EmployeeDocument, by: Viewer, reason: str) -> None:
    """Into the file again, as it was. Raises RuleBroken."""
    only_hr(by)
    reason = _reason(reason)
    if document.archived_at is None:
        raise RuleBroken(N_("This document is in the file."))
    check_new(document.employee_id, document.file)
    document.archived_at = None
    db.session.flush()
    testify([document], "put back")
    after = facts_of(document)
    record_change("put back", ("employee_document", document.id), by=by, after=after, reason=reason)
    if not document.type.several and document.replaced_at is None:
        replace_others(document, by)


def change_kinds(documents: Sequence[EmployeeDocument], type_: DocumentType, by: Viewer, *, reason: str) -> int:
    """The same kind for many; how many differed. All of them, or none. Raises RuleBroken."""
    only_hr(by)
    _reason(reason)
    if not type_.several and len({one.employee_id for one in documents}) < len(documents):
        raise RuleBroken(N_("Of this kind a person has one. Change them one by one."), field="type")
    differing = [one for one in documents if one.type_id != type_.id]
    for one in differing:
        change_document(one, Facts(one.title, one.issued_on, one.expires_on), type_, by, reason=reason)
    return len(differing)


def take_out_many(documents: Sequence[EmployeeDocument], by: Viewer, *, reason: str) -> int:
    """How many there were. All of them, or none. Raises RuleBroken."""
    for one in documents:
        take_out(one, by, reason)
    return len(documents)


def _reason(words: str) -> str:
    kept = cleaned_words(words, LONGEST_REASON, "reason")
    if not kept:
        raise RuleBroken(WHY, field="reason")
    return kept


def _present(document: EmployeeDocument) -> None:
    if document.archived_at is not None:
        raise RuleBroken(OUT)
