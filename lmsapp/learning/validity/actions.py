"""Making periods, revoking and replacing them, and renewing (CRS-6).

Whatever changes which period counts ends in `_settle`, which points at it and copies its dates onto the enrollment.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.validity.actions import policy_of
from lmsapp.courses.validity.rules import Dates, Held, dates_of
from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.certificates.events import CertificateRevoked
from lmsapp.learning.enrollments.actions import begin_again
from lmsapp.learning.enrollments.events import CourseCompleted
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.learning.validity.rules import check_renewable, next_look
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

KIND = "certification_period"
RENEWAL = "renewal"


def begin_period(event: CourseCompleted) -> None:
    """In the transaction that completes the course, before its certificate is made."""
    make_period(event.enrollment, event.record)


def make_period(enrollment: Enrollment, record: CompletionRecord) -> CertificationPeriod:
    """The period of one completion record; asked again, the one that is there."""
    known = period_of_record(record.id)
    if known is not None:
        return known
    course = db.session.get_one(Course, enrollment.course_id)
    policy = policy_of(course)
    certified_on = record.occurred_at.astimezone(clock.zone(record.time_zone)).date()
    before = current_period(enrollment.id)
    dates = dates_of(policy, certified_on, held_of(before))
    count = select(func.max(CertificationPeriod.number)).where(CertificationPeriod.enrollment_id == enrollment.id)
    period = CertificationPeriod(
        record_id=record.id,
        enrollment_id=enrollment.id,
        employee_id=enrollment.employee_id,
        course_id=enrollment.course_id,
        number=(db.session.scalar(count) or 0) + 1,
        policy={"months": policy.months, "renewal_months": policy.renewal_months, **policy.terms()},
        next_look_on=next_look(dates, ()),
        **columns_of(dates),
    )
    if before is not None:
        before.is_current = False
        db.session.flush()
    db.session.add(period)
    enrollment.valid_until, enrollment.renewal_from = period.valid_until, period.renewal_from
    db.session.flush()
    if period.valid_until is not None:
        record_change(
            "certified",
            ("enrollment", enrollment.id),
            by=None,
            before={"valid until": before.valid_until} if before else None,
            after={"valid until": period.valid_until, "renewal from": period.renewal_from, "timing": period.timing},
        )
    return period


def follow_revoking(event: CertificateRevoked) -> None:
    """Its period counts no longer either."""
    revoke_period(event.certificate.record_id, event.certificate.revoke_reason, by=None)


def revoke_period(record_id: int, reason: str, *, by: Viewer | None) -> None:
    """The certificate of that completion was revoked: its period counts no longer, and the one before it may again."""
    period = period_of_record(record_id)
    if period is None or period.revoked_at is not None:
        return
    enrollment = db.session.get_one(Enrollment, period.enrollment_id, with_for_update=True)
    period.revoked_at, period.revoke_reason = clock.now(), reason
    db.session.flush()
    before = enrollment.valid_until
    _settle(enrollment, _zone(period.employee_id))
    record_change(
        "certification revoked",
        ("enrollment", enrollment.id),
        by=by,
        before={"valid until": before},
        after={"valid until": enrollment.valid_until},
        reason=reason,
    )


def renew(enrollment: Enrollment, *, by: Viewer) -> None:
    """The learner takes the course again: from the start, in the newest version, all that was earlier kept.

    Raises RuleBroken: not yet, nothing to renew, or under way. Course and employee are loaded.
    """
    lock_enrollment(enrollment)
    if enrollment.withdrawn_at is not None:
        raise RuleBroken(N_("You are not enrolled in this course any more."))
    period = current_period(enrollment.id)
    check_renewable(
        period.window_opens_on if period else None,
        enrollment.valid_until,
        complete=enrollment.complete,
        published=enrollment.course.status == CourseStatus.PUBLISHED,
        today=clock.today(enrollment.employee.time_zone),
    )
    begin_again(enrollment, by=by, why=RENEWAL)


def current_period(enrollment_id: int) -> CertificationPeriod | None:
    """The one that counts."""
    return db.session.scalar(
        select(CertificationPeriod).where(
            CertificationPeriod.enrollment_id == enrollment_id, CertificationPeriod.is_current
        )
    )


def period_of_record(record_id: int) -> CertificationPeriod | None:
    """The one of a completion record."""
    return db.session.scalar(
        select(CertificationPeriod).where(
            CertificationPeriod.record_id == record_id, CertificationPeriod.replaced_at.is_(None)
        )
    )


def held_of(period: Any) -> Held | None:
    """A period, or a row of its dates, as the next completion sees it; what was revoked is not held. None: nothing."""
    if period is None or period.revoked_at is not None:
        return None
    return Held(period.window_opens_on, period.valid_until, period.grace_until, period.anchor_day)


def columns_of(dates: Dates) -> dict[str, object]:
    """The dates as a row keeps them."""
    return {name: getattr(dates, name) for name in DATE_COLUMNS} | {"timing": dates.timing.value}


def _settle(enrollment: Enrollment, zone: str) -> None:
    """Point at the newest period that stands. With none left, what was held ended yesterday: it is Expired."""
    periods = db.session.scalars(
        select(CertificationPeriod)
        .where(CertificationPeriod.enrollment_id == enrollment.id, CertificationPeriod.replaced_at.is_(None))
        .order_by(CertificationPeriod.certified_on, CertificationPeriod.id)
    ).all()
    standing = [one for one in periods if one.revoked_at is None]
    for one in periods:
        one.is_current = False
    db.session.flush()
    newest = standing[-1] if standing else periods[-1]
    newest.is_current = True
    if newest.revoked_at is None:
        enrollment.valid_until, enrollment.renewal_from = newest.valid_until, newest.renewal_from
    else:
        newest.next_look_on = None
        ended = clock.today(zone) - dt.timedelta(days=1)
        enrollment.valid_until = min(newest.valid_until or ended, ended)
        enrollment.renewal_from = None
    db.session.flush()


def _zone(employee_id: int) -> str:
    return db.session.scalars(select(Employee.time_zone).where(Employee.id == employee_id)).one()


DATE_COLUMNS = (
    "certified_on",
    "counted_from",
    "anchor_day",
    "valid_from",
    "window_opens_on",
    "renewal_from",
    "valid_until",
    "grace_until",
)
