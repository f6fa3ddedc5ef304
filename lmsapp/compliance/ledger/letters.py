"""What an alert says, and whether it is still true: both asked when it is sent (HRD-5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceLook, ComplianceType, EmployeeCompliance
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.outreach.digests.actions import Fate, compose
from lmsapp.outreach.digests.readers import led_by_reader, reader_keeps_records
from lmsapp.outreach.digests.rules import Gone, Line
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.wording import absolute
from lmsapp.people.employees.models import Employee

DECIDED = N_("It was renewed, waived or decided anew meanwhile.")
LEFT = N_("The employee has left.")
NOT_ASKED = N_("It is not asked of this person any more.")
EXPIRED, SOON = SECTIONS = ("expired", "ends soon")

FACTS = (
    select(
        EmployeeCompliance.id,
        EmployeeCompliance.employee_id,
        EmployeeCompliance.type_id,
        EmployeeCompliance.renewal_on,
        EmployeeCompliance.replaced_at,
        ComplianceType.name.label("type"),
        ComplianceType.archived_at,
        ComplianceDuty.id.label("duty"),
        Employee.name,
        Employee.status,
        Employee.time_zone,
        Course.id.label("course_id"),
        Course.title.label("course"),
        TrainingAssignment.due_on,
    )
    .join(ComplianceType, ComplianceType.id == EmployeeCompliance.type_id)
    .join(Employee, Employee.id == EmployeeCompliance.employee_id)
    .outerjoin(
        ComplianceDuty,
        (ComplianceDuty.type_id == EmployeeCompliance.type_id)
        & (ComplianceDuty.employee_id == EmployeeCompliance.employee_id)
        & ComplianceDuty.until.is_(None),
    )
    .outerjoin(Course, Course.id == ComplianceType.course_id)
    .outerjoin(ComplianceLook, ComplianceLook.decision_id == EmployeeCompliance.id)
    .outerjoin(TrainingAssignment, (TrainingAssignment.id == ComplianceLook.assignment_id) & is_open())
)


def why_unwanted(decision_id: int) -> str | None:
    """Asked again just before one is handed over; None when it is wanted."""
    return why_gone(_facts([decision_id]).get(decision_id))


def words(notice: Notice) -> Mapping[str, Any] | None:
    """The values of `compliance_renewal` at this moment; None when it is not true any more."""
    fact = _facts([notice.about_id or 0]).get(notice.about_id or 0)
    if why_gone(fact) is not None or fact is None:
        return None
    training = fact.course if fact.due_on is not None else None
    return {
        "title": fact.type,
        "due_on": fact.renewal_on,
        "days_left": _left(fact),
        "courses": training or "",
        "link": f"/learn/courses/{fact.course_id}" if training else "/learn",
    }


def compliance_letter(notice: Notice) -> Mapping[str, Any] | None:
    """The values of `digest_compliance` at this moment; None when nothing is left to say."""
    sections = compose(notice, fates)
    if not sections:
        return None
    hr = reader_keeps_records(notice)
    return {
        "sections": sections,
        "count": sum(section.count for section in sections),
        "link": "/hr/compliance-types" if hr else "/team",
    }


def fates(digest: Notice, rows: Sequence[Any]) -> Mapping[int, Fate]:
    """Of gathered 'compliance_told' notices. Three statements, however many."""
    facts, hr = _facts({row.about_id for row in rows}), reader_keeps_records(digest)
    leads = led_by_reader(digest, {fact.employee_id for fact in facts.values()})
    return {row.id: _fate(facts.get(row.about_id), leads, hr) for row in rows}


def why_gone(fact: Any) -> str | None:
    """Why an alert is not true any more, or None."""
    if fact is None or fact.replaced_at is not None:
        return DECIDED
    if fact.status != "active":
        return LEFT
    return NOT_ASKED if fact.duty is None or fact.archived_at is not None else None


def _fate(fact: Any, leads: Collection[int], hr: bool) -> Fate:
    gone = why_gone(fact)
    if gone is not None:
        return Gone(gone)
    left = _left(fact)
    page = f"/hr/employees/{fact.employee_id}/compliance/{fact.type_id}" if hr else None
    if page is None and fact.employee_id in leads:
        page = "/team"
    section = SOON if left >= 0 else EXPIRED
    values = {"employee": fact.name, "title": fact.type, "due_on": fact.renewal_on, "days_left": left,
              "assigned": fact.course if fact.due_on is not None else "", "link": absolute(page)}  # fmt: skip
    return Line(("employee_compliance", fact.id), section, (SECTIONS.index(section), left, fact.id), values)


def _facts(decision_ids: Collection[int]) -> dict[int, Any]:
    rows = db.session.execute(FACTS.where(EmployeeCompliance.id.in_(decision_ids)))
    return {row.id: row for row in rows}


def _left(fact: Any) -> int:
    days: int = (fact.renewal_on - clock.today(fact.time_zone)).days
    return days
