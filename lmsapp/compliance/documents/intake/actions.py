"""Taking files in, filing them once confirmed, setting them aside."""

from __future__ import annotations

import datetime as dt
from typing import IO

from sqlalchemy import func, select

from lmsapp.compliance.documents.actions import file_kept, keep_upload, only_hr
from lmsapp.compliance.documents.models import DocumentIntake, DocumentType, EmployeeDocument
from lmsapp.compliance.documents.reading import types_in_use
from lmsapp.compliance.documents.rules import guess, numbers_in
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

MOST_WAITING = 200
TOO_MANY = N_("%(most)s files wait for you already. File or remove some of them first.")
AGAIN = N_("%(name)s waits here already. It was not added again.")


def take_in(source: IO[bytes], name: str, by: Viewer) -> DocumentIntake:
    """Keep a file until somebody confirms whose it is; its name is asked who and what. Raises RuleBroken."""
    only_hr(by)
    waiting = db.session.scalar(select(func.count()).where(DocumentIntake.owner_id == by.user_id)) or 0
    if waiting >= MOST_WAITING:
        raise RuleBroken(TOO_MANY, field="files", most=MOST_WAITING)
    stored = keep_upload(source, name, by)
    same = select(DocumentIntake.id).join(DocumentIntake.file).where(DocumentIntake.owner_id == by.user_id)
    if db.session.scalar(same.where(type(stored).sha256 == stored.sha256).limit(1)) is not None:
        raise RuleBroken(AGAIN, field="files", name=stored.name)
    asked = numbers_in(stored.name)
    people = db.session.execute(
        select(Employee.id, func.upper(Employee.number).label("number")).where(func.upper(Employee.number).in_(asked))
    )
    told = guess(stored.name, {row.number: row.id for row in people}, types_in_use())
    row = DocumentIntake(owner_id=by.user_id, file=stored, employee_id=told.employee_id, type_id=told.type_id)
    db.session.add(row)
    db.session.flush()
    record_change("taken in", ("document_intake", row.id), by=by, after={"file": stored.name, "sha256": stored.sha256})
    return row


def file_intake(
    row: DocumentIntake,
    employee_id: int,
    type_: DocumentType,
    by: Viewer,
    *,
    title: str = "",
    expires_on: dt.date | None = None,
) -> EmployeeDocument:
    """File it (`file` loaded) as confirmed; it waits no longer. Raises RuleBroken."""
    document = file_kept(employee_id, row.file, type_, by, title=title, expires_on=expires_on)
    db.session.delete(row)
    db.session.flush()
    return document


def set_aside(row: DocumentIntake, by: Viewer) -> None:
    """Not this one: it was never in anybody's file."""
    record_change("set aside", ("document_intake", row.id), by=by, after={"file": row.file.name})
    db.session.delete(row)
    db.session.flush()
