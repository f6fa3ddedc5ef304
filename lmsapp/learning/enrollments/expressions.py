"""The SQL twin of `rules.status`, for filters, counts and exports. A test holds both against each other.

Dates are those of the learner: `Employee` is joined for the time zone.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BindParameter, ColumnElement, Date, and_, case, cast, func, literal

from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.people.employees.models import Employee

Instant = dt.datetime | BindParameter[dt.datetime]


def status_at(now: Instant) -> ColumnElement[str]:
    """The status at `now` as a text column."""
    today = cast(func.timezone(Employee.time_zone, now), Date)
    completed = Enrollment.completed_at.is_not(None)
    branches = (
        (Enrollment.withdrawn_at.is_not(None), EnrollmentStatus.WITHDRAWN),
        (and_(completed, Enrollment.valid_until < today), EnrollmentStatus.EXPIRED),
        (and_(completed, Enrollment.renewal_from <= today), EnrollmentStatus.RENEWAL_REQUIRED),
        (completed, EnrollmentStatus.COMPLETED),
        (Enrollment.failed_at.is_not(None), EnrollmentStatus.FAILED),
        (Enrollment.paused_until > today, EnrollmentStatus.PAUSED),
        (Enrollment.started_at.is_not(None), EnrollmentStatus.IN_PROGRESS),
    )
    return case(
        *((condition, literal(status.value)) for condition, status in branches),
        else_=literal(EnrollmentStatus.NOT_STARTED.value),
    )


def is_status(wanted: EnrollmentStatus, now: Instant) -> ColumnElement[bool]:
    """Whether an enrollment has that status at `now`."""
    return status_at(now) == wanted.value
