"""Telling people before something they hold ends, once for each day the type says, and assigning its renewal (HRD-5).

The job reads only what is due, by a partial index, at six in the morning where people are. It promises; the worker
words and sends, after asking again whether it is still true. The key makes each alert one for a decision, a renewal
date, a number of days, a reader and a channel, whatever is run twice; days missed are one alert. The employee is
written to; manager and HR find it in their letter of the day.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.escalation.queries import Told, told_for
from lmsapp.assignments.policies.rules import ToWhom
from lmsapp.assignments.reach import active_by_employee
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceLook, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import next_look, offset_reached
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.notices.promising import promise_many, promise_row
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.people.employees.models import Employee

log = logging.getLogger(__name__)

BATCH = 500
TEMPLATE, TOLD = "compliance_renewal", "compliance_told"
ABOUT = "employee_compliance"
ABOVE = (ToWhom.MANAGER, ToWhom.HR_PARTNER)


@dataclass(frozen=True, slots=True)
class Due:
    """A decision whose day has come, of somebody who works here and has to hold it."""

    look: ComplianceLook
    decision: EmployeeCompliance
    type: ComplianceType
    employee: Employee


def look_at_renewals() -> int:
    """Look at the next decisions whose day has begun where their people are; how many. Call again while it answers
    more than 0."""
    due, looked = _load(), 0
    alerts: list[tuple[Due, int]] = []
    for one in due:
        today = clock.day_begun(one.employee.time_zone)
        renewal = one.decision.renewal_on
        looked += 1
        if renewal is None:
            one.look.next_look_on = None
            continue
        days = offset_reached(one.type.reminder_days, renewal, one.look.looked_through, today)
        if days is not None:
            alerts.append((one, days))
        if one.look.assigned_as is None and today >= renewal - dt.timedelta(days=one.type.notice_days):
            _assign(one, renewal, today)
        one.look.looked_through = max(today, one.look.looked_through)
        opens = one.type.notice_days if one.look.assigned_as is None else None
        one.look.next_look_on = next_look(one.type.reminder_days, renewal, opens, one.look.looked_through)
    promise_many(list(_rows(alerts)))
    db.session.flush()
    return looked


def _load() -> Sequence[Due]:
    """Whoever left or need not hold it is passed over; should they come back, what is due then is told then."""
    tomorrow = clock.now().date() + dt.timedelta(days=1)  # somewhere it may be; the index needs a constant
    there = cast(func.timezone(Employee.time_zone, clock.now()) - clock.NIGHT, Date)
    day = ComplianceLook.next_look_on
    rows = db.session.execute(
        select(ComplianceLook, EmployeeCompliance, Employee)
        .join(EmployeeCompliance, EmployeeCompliance.id == ComplianceLook.decision_id)
        .join(EmployeeCompliance.type)
        .join(Employee, Employee.id == EmployeeCompliance.employee_id)
        .join(
            ComplianceDuty,
            (ComplianceDuty.type_id == EmployeeCompliance.type_id)
            & (ComplianceDuty.employee_id == Employee.id)
            & ComplianceDuty.until.is_(None),
        )
        .options(contains_eager(EmployeeCompliance.type))
        .where(
            day <= tomorrow,
            day <= there,
            EmployeeCompliance.replaced_at.is_(None),
            ComplianceType.archived_at.is_(None),
            Employee.status == "active",
        )
        .order_by(day, ComplianceLook.decision_id)
        .limit(BATCH)
        .with_for_update(of=ComplianceLook, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [Due(row[0], row[1], row[1].type, row[2]) for row in rows]


def _assign(one: Due, renewal: dt.date, today: dt.date) -> None:
    """The training that supports it, due on the last day that counts, or tomorrow where that is over; once, whatever
    comes of it."""
    if one.type.course_id is None:
        one.look.assigned_as = "not open"
        return
    course = db.session.get_one(Course, one.type.course_id)
    made: tuple[int, ...] = ()
    try:
        with db.session.begin_nested():
            due_on = max(renewal, clock.today(one.employee.time_zone) + dt.timedelta(days=1))
            made = assign_many([one.employee], course, due_on, by=None, source="renewal").created
    except RuleBroken as broken:
        log.warning("renewal of compliance decision %s not assigned: %s", one.decision.id, broken.message)
    there = active_by_employee(course.id, [one.employee.id]).get(one.employee.id)
    one.look.assignment_id = made[0] if made else there
    one.look.assigned_as = "assigned" if made else "there" if there is not None else "not open"
    after = {"employee_id": one.employee.id, "type": one.type.name, "course": course.title}
    action = "renewal assigned" if made else "renewal not assigned"
    if not there or made:
        record_change(action, (ABOUT, one.decision.id), by=None, after=after)


def _rows(alerts: Sequence[tuple[Due, int]]) -> Iterator[dict[str, Any]]:
    told = told_for((one.employee.id, to_whom) for one, _days in alerts for to_whom in ABOVE) if alerts else {}
    for one, days in alerts:
        yield from _to_employee(one, days)
        yield from _above(one, days, told)


def _to_employee(one: Due, days: int) -> Iterator[dict[str, Any]]:
    to = recipient_of(one.employee)
    for channel in ("in_app", "email"):
        if channel == "in_app" and to.user_id is None:
            continue
        yield promise_row(
            key=_key(one, days, "employee", channel),
            channel=channel,
            template=TEMPLATE,
            to=to,
            about=(ABOUT, one.decision.id),
            reason=_reason(one, days),
            link=f"/learn/courses/{one.type.course_id}" if one.type.course_id else "/learn",
        )


def _above(one: Due, days: int, told: Mapping[tuple[int, ToWhom], Told]) -> Iterator[dict[str, Any]]:
    """Each reader once, although manager and HR may be the same person."""
    seen: set[tuple[int | None, int | None]] = {(one.employee.id, one.employee.user_id)}
    for to_whom in ABOVE:
        found = told.get((one.employee.id, to_whom))
        for reader in found.readers if found is not None else ():
            if (reader.employee_id, reader.user_id) in seen:
                continue
            seen.add((reader.employee_id, reader.user_id))
            channel = "email" if reader.address else "in_app"
            if channel == "in_app" and reader.user_id is None:
                continue
            yield promise_row(
                key=_key(one, days, f"{to_whom.value}/{reader.employee_id or 0}-{reader.user_id or 0}", channel),
                channel=channel,
                template=TOLD,
                to=reader,
                about=(ABOUT, one.decision.id),
                reason={**_reason(one, days), "to_whom": to_whom.value},
                link="/team",
                gathered=True,
            )


def _key(one: Due, days: int, whom: str, channel: str) -> str:
    return f"compliance/{one.decision.id}/{one.decision.renewal_on}/{days}/{whom}/{channel}"


def _reason(one: Due, days: int) -> dict[str, Any]:
    return {"policy": "compliance type", "type": one.type.name, "days": days, "renewal_on": one.decision.renewal_on}
