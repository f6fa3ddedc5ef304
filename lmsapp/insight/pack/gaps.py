"""Who does not hold what was asked on the last day of a pack, and why; and who need not, by whose decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, select

from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import ComplianceStatus, status
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.completion import ReportFilters, ReportStatus, completion_lines
from lmsapp.insight.pack.population import Chosen
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.viewer import Viewer

AT_ONCE = 2000
HOLDS = (ReportStatus.COMPLETED, ReportStatus.RENEWAL_REQUIRED, ReportStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Gap:
    """`why` is English with %(name)s places. `approved`: an exception somebody decided."""

    employee_id: int
    kind: str
    about: str
    status: str
    why: str
    values: dict[str, Any] = field(default_factory=dict)
    approved: bool = False


def gaps(chosen: Chosen, viewer: Viewer) -> Iterator[Gap]:
    """Duties without what they ask for, then training; by employee. Two statements."""
    yield from _duties(chosen)
    yield from _training(chosen, viewer)


def _duties(chosen: Chosen) -> Iterator[Gap]:
    """As it was at the end: duties of then, decisions of then."""
    duty, row = ComplianceDuty, EmployeeCompliance
    in_force = and_(
        row.employee_id == duty.employee_id,
        row.type_id == duty.type_id,
        row.decided_at < chosen.end,
        or_(row.replaced_at.is_(None), row.replaced_at >= chosen.end),
    )
    found = (
        select(
            duty.employee_id, ComplianceType.name, ComplianceType.notice_days, row.decision, row.renewal_on,
            row.decided_by_name, row.reason,
        )
        .join(ComplianceType, ComplianceType.id == duty.type_id)
        .outerjoin(row, in_force)
        .where(
            chosen.of_people(duty.employee_id),
            chosen.of_types(duty.type_id),
            duty.since < chosen.end,
            or_(duty.until.is_(None), duty.until >= chosen.end),
        )
        .order_by(duty.employee_id, ComplianceType.id)
    )  # fmt: skip
    for one in db.session.execute(found, execution_options={"yield_per": AT_ONCE}):
        said = status(one.decision or "required", one.renewal_on, one.notice_days, chosen.day)
        why, values, approved = _why_not(said, one)
        if why:
            yield Gap(one.employee_id, "compliance", one.name, said.value, why, values, approved)


def _why_not(said: ComplianceStatus, one: Any) -> tuple[str, dict[str, Any], bool]:
    if said is ComplianceStatus.WAIVED:
        return N_("Waived by %(name)s."), {"name": one.decided_by_name}, True
    if said is ComplianceStatus.EXPIRED:
        return N_("Expired: it held until %(day)s."), {"day": one.renewal_on.isoformat()}, False
    if said is not ComplianceStatus.REQUIRED:
        return "", {}, False
    if one.decision == "waived":
        return N_("The waiver ended on %(day)s."), {"day": one.renewal_on.isoformat()}, False
    return N_("Nothing was shown and decided yet."), {}, False


def _training(chosen: Chosen, viewer: Viewer) -> Iterator[Gap]:
    """Enrollments as they are now: learning states have no past of their own here."""
    filters = ReportFilters(courses=tuple(chosen.courses or ()), left=True)
    if chosen.courses == []:
        return
    row = completion_lines(viewer, filters, clock.now(), line_only=False).order_by(None).subquery()
    found = (
        select(
            row.c.employee_id, row.c.course, row.c.status, row.c.progress, row.c.due_on, row.c.valid_until,
            row.c.exempt_on, Enrollment.enrolled_at,
        )
        .join(Enrollment, Enrollment.id == row.c.enrollment_id)
        .where(
            chosen.of_people(row.c.employee_id),
            row.c.status.not_in([one.value for one in HOLDS]),
            Enrollment.enrolled_at < chosen.end,
        )
        .order_by(row.c.employee_id, row.c.course, row.c.enrollment_id)
    )  # fmt: skip
    for one in db.session.execute(found, execution_options={"yield_per": AT_ONCE}):
        why, values = _why_training(one)
        exempt = one.status == ReportStatus.EXEMPT
        yield Gap(one.employee_id, "training", one.course, one.status, why, values, approved=exempt)


def _why_training(one: Any) -> tuple[str, dict[str, Any]]:
    if one.status == ReportStatus.EXEMPT:
        return N_("Exempt since %(day)s, by a decision of staff."), {"day": _day(one.exempt_on)}
    if one.status == ReportStatus.FAILED:
        return N_("Failed: every attempt is used up; %(percent)s %% done."), {"percent": one.progress}
    if one.status == ReportStatus.OVERDUE:
        return N_("Was due on %(day)s; %(percent)s %% done."), {"day": _day(one.due_on), "percent": one.progress}
    if one.status == ReportStatus.EXPIRED:
        return N_("Expired: it held until %(day)s."), {"day": _day(one.valid_until)}
    if one.status == ReportStatus.IN_PROGRESS:
        return N_("Begun; %(percent)s %% done."), {"percent": one.progress}
    return N_("Not begun."), {}


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else "–"
