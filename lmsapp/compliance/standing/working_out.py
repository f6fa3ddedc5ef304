"""A person's standing from the facts, as SQL: for whoever has no kept text, for a past day, and to keep it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, literal, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lmsapp.compliance.ledger.expressions import LETTERS, NEVER, changes_on, letter
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.moments import Moment
from lmsapp.compliance.standing.models import ComplianceStanding, ComplianceTouched
from lmsapp.people.employees.models import Employee

BEST = len(LETTERS)
PLACE = {one: place for place, one in enumerate(LETTERS)}


def kept(moment: Moment) -> ColumnElement[bool]:
    """Of Employee and ComplianceStanding: the text is theirs and holds on their day."""
    # Said outright: inside an exists it would ask whether anybody at all was touched.
    touched = select(ComplianceTouched.id).where(ComplianceTouched.employee_id == Employee.id).correlate(Employee)
    today = moment.today
    return and_(
        ComplianceStanding.employee_id == Employee.id,
        ComplianceStanding.day <= today,
        ComplianceStanding.until > today,
        ~touched.exists(),
    )


def worked_out(moment: Moment, *who: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Columns as of ComplianceStanding, for the employees `who` says."""
    person = select(Employee.id, moment.today.label("today")).where(*who).cte("person")
    duty = select(ComplianceDuty.employee_id, ComplianceDuty.type_id).where(moment.asked).subquery("duty")
    held = EmployeeCompliance.__table__
    types, today = ComplianceType.__table__, person.c.today
    said = (held.c.decision, held.c.renewal_on, types.c.notice_days, today)
    in_use = types.c.archived_at.is_(None)
    asked = and_(duty.c.type_id.is_not(None), in_use)
    state = letter(*said, asked)
    return (
        select(
            person.c.id.label("employee_id"),
            today.label("day"),
            func.coalesce(func.min(changes_on(*said)), cast(literal(NEVER), Date)).label("until"),
            func.coalesce(func.string_agg(state, aggregate_order_by(literal(""), types.c.id)), "").label("states"),
            func.coalesce(func.min(case(PLACE, value=state, else_=BEST)).filter(in_use), BEST).label("worst"),
            func.min(held.c.renewal_on).filter(held.c.decision == "complete", in_use).label("next_on"),
        )
        .select_from(person)
        .outerjoin(types, true())
        .outerjoin(duty, and_(duty.c.employee_id == person.c.id, duty.c.type_id == types.c.id))
        .outerjoin(held, and_(held.c.employee_id == person.c.id, held.c.type_id == types.c.id, moment.decided))
        .group_by(person.c.id, today)
    )
