"""Mending a row of the report, through the actions of file, ledger and assignments (HRD-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import union_all

from lmsapp.assignments.actions import close
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.compliance.documents.actions import file_sealed, type_named
from lmsapp.compliance.documents.queries import document_for, sealed_visible_to
from lmsapp.compliance.documents.rules import TRAINING_RECORD
from lmsapp.compliance.ledger.actions import mark_complete, require
from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.compliance.ledger.moments import present
from lmsapp.compliance.reconciling.actions import look
from lmsapp.compliance.reconciling.differences import differences
from lmsapp.compliance.reconciling.rules import MENDS, Kind, Mend, can_mend
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

AT_ONCE = 500
Key = tuple[str, int, int]
SETTLED = N_("It was settled meanwhile.")


@dataclass(frozen=True, slots=True)
class Mended:
    """What came of one row: `refused` says why not."""

    did: Mend | None = None
    refused: RuleBroken | None = None


def mend_many(keys: Sequence[Key], by: Viewer, reason: str) -> dict[Key, Mended]:
    """Each by itself, by what differs now and not when the report was made; who cannot be helped says why.

    Raises NotAllowed and RuleBroken.
    """
    if not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR reconciles learning and the ledger."))
    if len(keys) > AT_ONCE:
        raise RuleBroken(N_("At most %(most)s rows at once. Narrow the filters."), most=AT_ONCE)
    people = {key[1] for key in keys}
    now = present_differences(people)
    said: dict[Key, Mended] = {}
    for key in keys:
        try:
            with db.session.begin_nested():
                said[key] = Mended(_mend(key, now.get(key), by, reason))
        except RuleBroken as broken:
            said[key] = Mended(refused=broken)
    db.session.flush()
    look(people)
    return said


def present_differences(people: Collection[int]) -> dict[Key, Any]:
    """(kind, employee, type) -> mark and facts of what differs at this instant. One statement, two with the zones."""
    if not people:
        return {}
    found = union_all(*differences(present(), people))
    return {(row.kind, row.employee_id, row.type_id): row for row in db.session.execute(found)}


def _mend(key: Key, difference: Any | None, by: Viewer, reason: str) -> Mend:
    kind = Kind(key[0])
    if difference is None:
        raise RuleBroken(SETTLED)
    if not can_mend(kind, difference.facts):
        raise RuleBroken(N_("This takes a decision of its own. Open it to decide."))
    employee = employee_for(by, key[1])
    type_ = db.session.get(ComplianceType, key[2])
    if employee is None or type_ is None:
        raise RuleBroken(SETTLED)
    mend = MENDS[kind]
    if mend is Mend.FILE:
        _file(difference.facts["sealed_id"], by)
    elif mend is Mend.REQUIRE:
        _need(reason)
        require(employee, type_, by=by, reason=reason)
    elif mend is Mend.CANCEL:
        _cancel(difference.facts["assignments"], by, reason)
    else:
        _mark(employee, type_, mend, difference.facts, by, reason)
    return mend


def _file(sealed_id: int, by: Viewer) -> None:
    found = sealed_visible_to(by, [sealed_id])
    if not found:
        raise RuleBroken(SETTLED)
    file_sealed(found[0], type_named(TRAINING_RECORD), by)


def _mark(
    employee: EmployeeView, type_: ComplianceType, mend: Mend, facts: dict[str, Any], by: Viewer, reason: str
) -> None:
    day = facts["completed_on"] if mend is Mend.ATTACH else facts["day"]
    document_id = facts.get("document_id")
    evidence = document_for(by, document_id) if document_id else None
    mark_complete(employee, type_, dt.date.fromisoformat(day), evidence=evidence, by=by, reason=reason)


def _cancel(assignments: list[int], by: Viewer, reason: str) -> None:
    """The one due last; the others stay."""
    if not by.may(May.MODERATE):
        raise RuleBroken(N_("Only a moderator can close what somebody else assigned."))
    _need(reason)
    due = (TrainingAssignment.due_on.desc(), TrainingAssignment.id.desc())
    last = db.session.scalars(
        with_all_it_names()
        .where(TrainingAssignment.id.in_(assignments))
        .order_by(*due)
        .limit(1)
        .with_for_update(of=TrainingAssignment)
    ).one()
    close(last, "cancelled", by=by, reason=reason)


def _need(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(N_("Say why."), field="reason")
