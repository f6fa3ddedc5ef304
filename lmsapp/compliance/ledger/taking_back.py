"""A decision taken back by a new one that says again what held before (HRD-4)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.compliance.ledger.deciding import Person, current_decision, decide, may_undo, only_hr
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.queries import EmployeeView
from lmsapp.people.viewer import Viewer

KEPT = (
    "decision", "completed_on", "renewal_on", "counted_from", "anchor_day", "evidence_id", "not_applicable",
    "switch_id", "how",
)  # fmt: skip


def undo_last(employee: EmployeeView | Person, type_: ComplianceType, *, by: Viewer) -> EmployeeCompliance:
    """The last decision, within the hour. Raises RuleBroken."""
    only_hr(by)
    last = current_decision(employee.id, type_.id)
    if last is None or not may_undo(last, clock.now()):
        raise RuleBroken(N_("There is no decision of the last hour to take back. Decide anew instead."))
    return take_back(employee, last, by=by, reason="")


def take_back(
    employee: EmployeeView | Person, last: EmployeeCompliance, *, by: Viewer, reason: str
) -> EmployeeCompliance:
    """That decision, which still holds. Where nothing had been decided before it, nothing is decided after it."""
    only_hr(by)
    before = _replaced_by(last)
    if before is None:
        again = EmployeeCompliance(decision="required", replaced_at=clock.now())
    else:
        again = EmployeeCompliance(**{name: getattr(before, name) for name in KEPT})
    again.undoes_id = last.id
    said = ["Taken back.", reason.strip(), before.reason if before else ""]
    type_ = db.session.get_one(ComplianceType, last.type_id)
    return decide(employee, type_, again, by, " ".join(part for part in said if part))


def _replaced_by(last: EmployeeCompliance) -> EmployeeCompliance | None:
    """The decision that held when `last` was made: it was replaced in the same instant."""
    found = db.session.scalar(
        select(EmployeeCompliance)
        .where(
            EmployeeCompliance.employee_id == last.employee_id,
            EmployeeCompliance.type_id == last.type_id,
            EmployeeCompliance.id < last.id,
            EmployeeCompliance.replaced_at == last.decided_at,
        )
        .order_by(EmployeeCompliance.id.desc())
        .limit(1)
    )
    never_held = found is not None and found.undoes_id is not None and found.decided_at == found.replaced_at
    return None if never_held else found
