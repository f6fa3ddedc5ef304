"""Certificates, documents and compliance decisions, with the files the person may open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from lmsapp.compliance.documents.queries import DocumentRow, documents_of
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.evidence.seals.queries import sealed_files_of
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.held.parts import Paper, Part
from lmsapp.learning.certificates.own import own_certificates
from lmsapp.learning.transcripts.queries import transcripts_of
from lmsapp.people.viewer import Viewer


def certificates(viewer: Viewer) -> Part:
    found = own_certificates(viewer, replaced=True) if viewer.employee_id is not None else []
    papers = _made("certificate", found)
    rows: list[dict[str, Any]] = [
        {
            "number": row.number,
            "title": row.title,
            "issued_on": row.issued_on,
            "valid_until": row.valid_until,
            "revoked_at": row.revoked_at,
            "file": papers[row.id].name if row.id in papers else None,
        }
        for row in found
    ]
    columns = {
        "number": N_("Number"),
        "title": N_("Course"),
        "issued_on": N_("Issued"),
        "valid_until": N_("Valid until"),
        "revoked_at": N_("Revoked"),
        "file": N_("File"),
    }
    return Part("certificates", N_("Certificates"), columns, rows, papers=tuple(papers.values()))


def transcripts(viewer: Viewer) -> Part:
    found = transcripts_of(viewer, viewer.employee_id or 0)
    papers = _made("transcript", found)
    rows: list[dict[str, Any]] = [
        {
            "number": row.number,
            "asked_at": row.asked_at,
            "asked_by": row.asked_by_name,
            "file": papers[row.id].name if row.id in papers else None,
        }
        for row in found
    ]
    columns = {
        "number": N_("Number"),
        "asked_at": N_("Asked for"),
        "asked_by": N_("By"),
        "file": N_("File"),
    }
    return Part("transcripts", N_("Training transcripts"), columns, rows, papers=tuple(papers.values()))


def open_documents(viewer: Viewer) -> list[DocumentRow]:
    """Own documents of types that are shown to the employee, whatever else the viewer's roles let them open."""
    if viewer.employee_id is None:
        return []
    return [one for one in documents_of(viewer, viewer.employee_id) if one.visible_to == "employee"]


def documents(viewer: Viewer) -> Part:
    found = open_documents(viewer)
    papers = {one.id: Paper(f"files/{one.id}-{safe(one.file_name)}", one.sha256) for one in found}
    rows = [
        {
            "title": one.title,
            "type": one.type,
            "source": one.source,
            "issued_on": one.issued_on,
            "expires_on": one.expires_on,
            "filed_by": one.filed_by,
            "filed_at": one.filed_at,
            "sha256": one.sha256,
            "file": papers[one.id].name,
        }
        for one in found
    ]
    columns = {
        "title": N_("Title"),
        "type": N_("Type"),
        "filed_at": N_("Filed"),
        "filed_by": N_("By"),
        "expires_on": N_("Expires"),
        "file": N_("File"),
    }
    note = N_("Documents of types that HR shares with employees. Ask HR about others.")
    return Part("documents", N_("Documents"), columns, rows, note, tuple(papers.values()))


def compliance(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            ComplianceType.name, EmployeeCompliance.decision, EmployeeCompliance.completed_on,
            EmployeeCompliance.renewal_on, EmployeeCompliance.reason, EmployeeCompliance.decided_by_name,
            EmployeeCompliance.decided_at, EmployeeCompliance.replaced_at,
        )
        .join(ComplianceType, ComplianceType.id == EmployeeCompliance.type_id)
        .where(EmployeeCompliance.employee_id == viewer.employee_id)
        .order_by(EmployeeCompliance.id)
    )  # fmt: skip
    columns = {
        "name": N_("What"),
        "decision": N_("Decision"),
        "completed_on": N_("Completed"),
        "renewal_on": N_("To renew by"),
        "decided_by_name": N_("Decided by"),
        "decided_at": N_("When"),
        "reason": N_("Reason"),
    }
    return Part("compliance", N_("Compliance"), columns, [dict(row) for row in rows.mappings()])


def safe(name: str) -> str:
    """A file name any system takes, never a path."""
    return re.sub(r"[^\w.\- ]", "_", name).strip(". ")[-80:] or "file"


def _made(kind: str, found: Iterable[Any]) -> dict[int, Paper]:
    """The PDFs that are made, by the id of their row; each row has `id` and `number`."""
    rows = list(found)
    sealed = sealed_files_of(kind, [row.id for row in rows])
    return {
        row.id: Paper(f"files/{safe(row.number)}.pdf", sealed[row.id].file.sha256)  # type: ignore[union-attr]
        for row in rows
        if row.id in sealed and sealed[row.id].file is not None
    }
