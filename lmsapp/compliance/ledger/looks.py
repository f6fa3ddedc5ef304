"""When the clock looks at a decision next: beside the decision, which never changes (HRD-5)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, Integer, cast, func, literal, select, update

from lmsapp.compliance.ledger.models import ComplianceLook, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import next_look
from lmsapp.infra.db import db


def plan_look(
    before: EmployeeCompliance | None, decision: EmployeeCompliance, type_: ComplianceType, today: dt.date
) -> None:
    """Nothing is told of what was replaced; of a decision that ends, from tomorrow on."""
    if before is not None:
        gone = update(ComplianceLook).where(ComplianceLook.decision_id == before.id).values(next_look_on=None)
        db.session.execute(gone)
    if decision.decision != "complete" or decision.renewal_on is None or decision.replaced_at is not None:
        return
    first = next_look(type_.reminder_days, decision.renewal_on, type_.notice_days, today)
    db.session.add(ComplianceLook(decision_id=decision.id, next_look_on=first, looked_through=today))
    db.session.flush()


def look_anew(type_: ComplianceType) -> int:
    """The type says other days: everything current of it is looked at on its next day, none of it told twice. One
    statement; `through` and the days before it are as `rules.next_look` has them."""
    day = func.jsonb_array_elements_text(ComplianceType.reminder_days).table_valued("value").render_derived()
    ahead = EmployeeCompliance.renewal_on - cast(day.c.value, Integer)
    reminders = (
        select(func.min(ahead))
        .select_from(ComplianceType)
        .join(day, literal(value=True))
        .where(ComplianceType.id == type_.id, ahead > ComplianceLook.looked_through)
        .correlate(ComplianceLook, EmployeeCompliance)
        .scalar_subquery()
    )
    opens = func.greatest(EmployeeCompliance.renewal_on - type_.notice_days, ComplianceLook.looked_through + 1)
    waits = (
        select(cast(opens, Date))
        .where(ComplianceLook.assigned_as.is_(None))
        .correlate(ComplianceLook, EmployeeCompliance)
    )
    moved = (
        update(ComplianceLook)
        .where(
            ComplianceLook.decision_id == EmployeeCompliance.id,
            EmployeeCompliance.type_id == type_.id,
            EmployeeCompliance.replaced_at.is_(None),
            EmployeeCompliance.renewal_on.is_not(None),
        )
        .values(next_look_on=func.least(reminders, waits.scalar_subquery()))
        .returning(ComplianceLook.decision_id)
    )
    db.session.flush()
    return len(db.session.scalars(moved, execution_options={"synchronize_session": False}).all())
