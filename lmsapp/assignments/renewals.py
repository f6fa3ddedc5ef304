"""The renewal of a certification as an assignment, due on its last day (ASG-5, CRS-6)."""

from __future__ import annotations

from sqlalchemy import exists, select

from lmsapp.assignments.actions import assign_enrolled
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.validity.actions import policy_of
from lmsapp.infra.db import db
from lmsapp.learning.validity.events import RenewalDue
from lmsapp.learning.validity.models import CertificationPeriod

SOURCE = "renewal"


def assign_renewal(event: RenewalDue) -> None:
    """Once per period, where the course asks for it. Nothing for whoever has it assigned already, or was exempt since
    they were certified. It is due on the last valid day even when the job comes late: then it is Overdue at once."""
    period = event.period
    if period.valid_until is None or not policy_of(period.course).assign or _exempt(period):
        return
    assign_enrolled(period.enrollment, period.employee, period.course, period.valid_until, source=SOURCE)


def _exempt(period: CertificationPeriod) -> bool:
    since = (
        TrainingAssignment.enrollment_id == period.enrollment_id,
        TrainingAssignment.closed_as == "exempt",
        TrainingAssignment.closed_at >= period.made_at,
    )
    return bool(db.session.scalar(select(exists().where(*since))))
