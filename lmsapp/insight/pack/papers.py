"""The files of a pack: sealed PDFs, documents whoever asked may open, and what courses said as they were completed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from slugify import slugify
from sqlalchemy import select, tuple_

from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.documents.rules import may_open
from lmsapp.courses.catalogue.models import CompletionRule, ContentVersion, Course
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.canonical import plain
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.insight.pack import scope
from lmsapp.insight.pack.population import Chosen, Rows
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

FOLDERS = {"certificate": "certificates", "quiz_report": "quiz-reports", "signature": "signatures"}
VISIBLE = ("hr", "manager", "employee")


@dataclass(frozen=True, slots=True)
class Paper:
    """`name`: its place in the pack; `sha256`: where its bytes lie."""

    name: str
    sha256: str


def papers(chosen: Chosen, viewer: Viewer) -> list[Paper]:
    """Each file once, by place. Two statements."""
    found: dict[str, Paper] = {}
    sealed = (
        select(SealedFile.id, SealedFile.kind, StoredFile.sha256, Certificate.number)
        .join(StoredFile, StoredFile.id == SealedFile.file_id)
        .outerjoin(Certificate, (SealedFile.kind == "certificate") & (Certificate.id == SealedFile.subject_id))
        .where(scope.sealed(chosen))
        .order_by(SealedFile.id)
    )
    for row in db.session.execute(sealed):
        name = f"files/{FOLDERS[row.kind]}/{_plain(row.number) if row.number else row.id}.pdf"
        found.setdefault(row.sha256, Paper(name, row.sha256))
    for row in db.session.execute(_documents(chosen, viewer)):
        stem, _dot, ending = row.name.rpartition(".")
        ending = _plain(ending)[:8]
        name = f"files/documents/{row.id}-{_plain(stem) or 'document'}" + (f".{ending}" if stem and ending else "")
        found.setdefault(row.sha256, Paper(name, row.sha256))
    return sorted(found.values(), key=lambda paper: paper.name)


def _documents(chosen: Chosen, viewer: Viewer) -> Rows:
    keeps = viewer.may(May.KEEP_RECORDS)
    readable = [one for one in VISIBLE if may_open(one, keeps_records=keeps, leads=False, own=False)]
    return (
        select(EmployeeDocument.id, EmployeeDocument.sha256, StoredFile.name)
        .join(StoredFile, StoredFile.id == EmployeeDocument.file_id)
        .join(DocumentType, DocumentType.id == EmployeeDocument.type_id)
        .where(scope.documents(chosen), DocumentType.visible_to.in_(readable), EmployeeDocument.archived_at.is_(None))
        .order_by(EmployeeDocument.id)
    )


def lessons(versions: Iterable[tuple[int, int]], rules: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bytes]]:
    """(name, JSON) of content versions and completion rules, each (course id, number), as they were. Two statements."""
    content = (
        select(ContentVersion, Course.title)
        .join(Course, Course.id == ContentVersion.course_id)
        .where(tuple_(ContentVersion.course_id, ContentVersion.number).in_(sorted(versions)))
        .order_by(ContentVersion.course_id, ContentVersion.number)
    )
    for row, title in db.session.execute(content):
        said = {
            "course_id": row.course_id,
            "title": title,
            "version": row.number,
            "sha256": row.sha256,
            "published_at": row.published_at,
            "content": row.content,
        }
        yield f"courses/{row.course_id}-version-{row.number}.json", _json(said)
    rule = (
        select(CompletionRule)
        .where(tuple_(CompletionRule.course_id, CompletionRule.version).in_(sorted(rules)))
        .order_by(CompletionRule.course_id, CompletionRule.version)
    )
    for one in db.session.scalars(rule):
        kept = {name: getattr(one, name) for name in ("course_id", "version", "mode", "criteria", "created_at")}
        yield f"courses/{one.course_id}-rule-{one.version}.json", _json(kept)


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1, default=plain).encode()


def _plain(name: str) -> str:
    return slugify(name, max_length=60, lowercase=False)
