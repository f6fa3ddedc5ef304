"""What others may hear of documents."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class DocumentFiled(Event):
    """A document was added to an employee's file."""

    document: EmployeeDocument
