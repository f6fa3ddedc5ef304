"""What a legal hold can lie on, with its name: also what is retired, archived, or has left (EVD-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from lmsapp.compliance.documents.models import DocumentType
from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.retention.holds.rules import Scope
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

NAMED: dict[Scope, Any] = {
    Scope.COURSE: (Course.id, Course.title),
    Scope.DEPARTMENT: (Department.id, Department.name),
    Scope.TYPE: (ComplianceType.id, ComplianceType.name),
}


def targets(scope: Scope) -> list[tuple[int, str]]:
    """(id, name) of everything a hold of that scope can lie on, by name; not of people, who are too many."""
    key, name = NAMED[scope]
    return [(row[0], row[1]) for row in db.session.execute(select(key, name).order_by(func.lower(name)))]


def target_words(holds: Sequence[Any]) -> dict[int, str]:
    """By id of the hold, the name of what it lies on; rows as of `holds_for`."""
    words: dict[int, str] = {}
    for scope, (key, name) in NAMED.items():
        mine = {row.LegalHold.id: row.LegalHold.target_id for row in holds if row.LegalHold.scope == scope.value}
        if mine:
            found = {row[0]: row[1] for row in db.session.execute(select(key, name).where(key.in_(mine.values())))}
            words |= {hold_id: found.get(target, "") for hold_id, target in mine.items()}
    return words | {row.LegalHold.id: row.target or "" for row in holds if row.LegalHold.scope == Scope.PERSON.value}


def person_meant(viewer: Viewer, typed: str) -> int:
    """The employee of 'Name (number)', a number, or a name only one person has; also somebody who left. Raises
    RuleBroken (field 'person')."""
    words = " ".join(typed.split())
    number = words.rpartition("(")[2].removesuffix(")") if words.endswith(")") else words
    fits = (func.lower(Employee.number) == number.lower()) | (func.lower(Employee.name) == words.lower())
    found = db.session.scalars(select(Employee.id).where(fits).limit(2)).all() if words else []
    if len(found) != 1:
        several = N_("Several people are called that: give the employee number.")
        raise RuleBroken(several if found else N_("Nobody is called that."), field="person")
    return found[0]


def part_words(kind: str, parts: Sequence[str]) -> dict[str, str]:
    """Names of document types, which rules of documents may name as their part."""
    if kind != "employee_document":
        return {}
    ids = [int(part) for part in parts if part.isdecimal()]
    rows = select(DocumentType.id, DocumentType.name).where(DocumentType.id.in_(ids))
    return {str(row[0]): row[1] for row in db.session.execute(rows)}


def document_types() -> list[tuple[str, str, int | None]]:
    """(id as text, name, years its own list says), by name."""
    rows = select(DocumentType.id, DocumentType.name, DocumentType.keep_years).order_by(func.lower(DocumentType.name))
    return [(str(row[0]), row[1], row[2]) for row in db.session.execute(rows)]
