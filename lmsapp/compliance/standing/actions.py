"""Keeping the texts: of those who were touched, whose text ended, or who have none yet."""

from __future__ import annotations

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.compliance.ledger.moments import Moment, present
from lmsapp.compliance.standing.models import ComplianceStanding, ComplianceTouched
from lmsapp.compliance.standing.working_out import worked_out
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee

A_BATCH = 1000
LOCK = 7_309_150  # one at a time keeps them
FACTS = ("day", "until", "states", "worst", "next_on")


def keep_standings() -> int:
    """A batch of them; how many. The marks are taken away first and the facts read afterwards, in a later statement:
    a change that commits in between leaves a mark of its own, which is seen together with it."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return 0
    moment = present()
    ids = _touched()
    if len(ids) < A_BATCH:
        ids |= _without(moment, A_BATCH - len(ids))
    if ids:
        _keep(moment, ids)
    return len(ids)


def _touched() -> set[int]:
    whose = select(ComplianceTouched.employee_id).distinct().limit(A_BATCH)
    gone = delete(ComplianceTouched).where(ComplianceTouched.employee_id.in_(whose))
    return set(db.session.scalars(gone.returning(ComplianceTouched.employee_id)))


def _without(moment: Moment, limit: int) -> set[int]:
    """Who has no text, or one that ended. A text made where the day is later than here still holds."""
    ended = ComplianceStanding.until <= moment.today
    missing = (
        select(Employee.id)
        .outerjoin(ComplianceStanding, ComplianceStanding.employee_id == Employee.id)
        .where(or_(ComplianceStanding.employee_id.is_(None), ended, ComplianceStanding.day > moment.today))
        .limit(limit)
    )
    return set(db.session.scalars(missing))


def _keep(moment: Moment, ids: set[int]) -> None:
    found = worked_out(moment, Employee.id.in_(sorted(ids)))
    put = insert(ComplianceStanding).from_select(["employee_id", *FACTS], found)
    changed = {name: put.excluded[name] for name in FACTS}
    db.session.execute(put.on_conflict_do_update(index_elements=["employee_id"], set_=changed))
