"""Packs through the viewer, and what one would hold before it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, func, select, true

from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.insight.pack import scope
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.population import Chosen, chosen_by
from lmsapp.insight.pack.rules import Terms
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

LATEST = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """Counts of what would be in it now; `names`: the first people, by name."""

    people: int
    names: Sequence[str]
    completions: int
    decisions: int
    files: int


def may_have(viewer: Viewer) -> bool:
    """HR and auditors: their grants reach everybody's records and the trail."""
    return viewer.may(May.KEEP_RECORDS, May.AUDIT)


def packs_of(viewer: Viewer, *, own: bool) -> Sequence[EvidencePack]:
    """The newest first. HR finds all; others those they asked for, because a pack holds what its asker may open."""
    found = select(EvidencePack).where(_found(viewer, own)).order_by(EvidencePack.id.desc()).limit(LATEST)
    return db.session.scalars(found).all()


def pack_for(viewer: Viewer, pack_id: int, *, own: bool) -> EvidencePack | None:
    """One of them."""
    return one_or_none(select(EvidencePack).where(EvidencePack.id == pack_id, _found(viewer, own)))


def preview(terms: Terms, viewer: Viewer) -> Preview:
    """A handful of statements, whatever the size."""
    chosen = chosen_by(terms, viewer, current_app.config["TIME_ZONE"])
    first = select(Employee.name).where(Employee.id.in_(chosen.people[:200])).order_by(Employee.sort_name).limit(5)
    return Preview(
        people=len(chosen.people),
        names=db.session.scalars(first).all(),
        completions=_count(CompletionRecord, scope.completions(chosen)),
        decisions=_count(EmployeeCompliance, scope.decisions(chosen)),
        files=_files(chosen) if terms.personal else 0,
    )


def regulations() -> list[tuple[str, str]]:
    """('regulator-OSHA', 'OSHA') for each regulator, then ('type-3', name) for each type, by name."""
    rows: Sequence[Any] = db.session.execute(
        select(ComplianceType.id, ComplianceType.name, ComplianceType.regulator).order_by(
            func.lower(ComplianceType.name)
        )
    ).all()
    named = sorted({row.regulator for row in rows if row.regulator}, key=str.casefold)
    return [(f"regulator-{one}", one) for one in named] + [(f"type-{row.id}", row.name) for row in rows]


def employee_with_number(viewer: Viewer, number: str) -> int | None:
    """The id of that employee, who may have left."""
    visible = Employee.id.in_(employee_ids_visible_to(viewer))
    return db.session.scalar(select(Employee.id).where(Employee.number == number, visible))


def number_of(viewer: Viewer, employee_id: int) -> str | None:
    """Their employee number."""
    visible = Employee.id.in_(employee_ids_visible_to(viewer))
    return db.session.scalar(select(Employee.number).where(Employee.id == employee_id, visible))


def today() -> dt.date:
    """The organisation's: days of a pack are those of its zone."""
    return clock.today(current_app.config["TIME_ZONE"])


def folder() -> Path:
    """Where packs lie: not among the files that are kept for good, because these are thrown away."""
    made = Path(current_app.config["DATA_DIR"]) / "packs"
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def _found(viewer: Viewer, own: bool) -> ColumnElement[bool]:
    if own or not viewer.may(May.KEEP_RECORDS):
        return EvidencePack.asked_by_id == viewer.user_id
    return true()


def _count(model: Any, condition: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(condition)) or 0


def _files(chosen: Chosen) -> int:
    return _count(SealedFile, scope.sealed(chosen) & SealedFile.file_id.is_not(None))
