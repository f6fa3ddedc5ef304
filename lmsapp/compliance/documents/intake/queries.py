"""What waits for somebody to confirm it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lmsapp.compliance.documents.models import DocumentIntake, DocumentType
from lmsapp.compliance.documents.rules import guess, numbers_in
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """A file that waits. `title` is what it would be called; who and what as its name tells, or None."""

    id: int
    file_name: str
    size: int
    scan: str | None
    caution: str | None
    employee_id: int | None
    employee: str | None
    number: str | None
    type_id: int | None
    type: str | None

    @property
    def title(self) -> str:
        numbers = {one: self.employee_id or 0 for one in numbers_in(self.file_name) if self.number == one}
        return guess(self.file_name, numbers, ()).title


def intake_of(viewer: Viewer) -> Sequence[IntakeRow]:
    """One's own, in the order they came. One statement."""
    rows = db.session.execute(
        select(
            DocumentIntake.id,
            StoredFile.name.label("file_name"),
            StoredFile.size,
            StoredFile.scan,
            StoredFile.caution,
            DocumentIntake.employee_id,
            Employee.name.label("employee"),
            Employee.number,
            DocumentIntake.type_id,
            DocumentType.name.label("type"),
        )
        .join(StoredFile, StoredFile.id == DocumentIntake.file_id)
        .outerjoin(Employee, Employee.id == DocumentIntake.employee_id)
        .outerjoin(DocumentType, DocumentType.id == DocumentIntake.type_id)
        .where(DocumentIntake.owner_id == viewer.user_id)
        .order_by(DocumentIntake.id)
    )
    return [IntakeRow(**row) for row in rows.mappings()]


def intake_for(viewer: Viewer, intake_id: int) -> DocumentIntake | None:
    """One that waits, `file` loaded; locked, so that two clicks do not file it twice. HR shares them."""
    if not viewer.may(May.KEEP_RECORDS):
        return None
    return db.session.scalars(
        select(DocumentIntake)
        .where(DocumentIntake.id == intake_id)
        .options(joinedload(DocumentIntake.file))
        .with_for_update(of=DocumentIntake)
    ).one_or_none()
