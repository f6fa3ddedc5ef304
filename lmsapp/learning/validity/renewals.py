"""The daily job: tells people of the turns of their certification, once each, and has the renewal assigned (CRS-6).

It reads only what is due, by a partial index. A turn is told on its day at six in the morning where the person is;
after days missed only the last turn is told. Run twice, late or not at all it changes no status: dates do that.
Nobody who left, is withdrawn or pauses is written to; should they return, what is due then is told then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Date, cast, func, or_, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.actions import KIND
from lmsapp.learning.validity.events import RenewalDue
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.learning.validity.rules import Stage, next_look, reached
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.people.employees.models import Employee

BATCH = 200
MARKS = {Stage.OPEN: "opened_at", Stage.REQUIRED: "required_at", Stage.EXPIRED: "expired_at"}
TEMPLATES = {
    Stage.OPEN: "certification_renewal",
    Stage.REQUIRED: "certification_renewal",
    Stage.EXPIRED: "certification_expired",
}


def tell_of_turns() -> int:
    """Look at the periods whose day has come; how many. Call again while it answers more than 0."""
    due = _load()
    letters = []
    for period in due:
        today = clock.day_begun(period.employee.time_zone)
        stages = reached(period, _seen(period), today)
        first = not _seen(period)
        for stage in stages:
            setattr(period, MARKS[stage], clock.now())
        period.next_look_on = next_look(period, _seen(period))
        if not stages:
            continue
        letters += [_letter(period, stages[-1], channel) for channel in ("in_app", "email")]
        record_change(
            "certification turned",
            ("enrollment", period.enrollment_id),
            by=None,
            after={"turn": stages[-1].value, "valid until": period.valid_until},
        )
        if first:
            db.session.flush()
            emit(RenewalDue(period, stages[-1]))
    write_letters(letters)
    db.session.flush()
    return len(due)


def still_current(period_id: int) -> bool:
    """Asked again just before a letter is handed over: nothing about a certification that was renewed or revoked."""
    row = db.session.execute(
        select(CertificationPeriod.is_current, CertificationPeriod.revoked_at).where(
            CertificationPeriod.id == period_id
        )
    ).one_or_none()
    return row is not None and row.is_current and row.revoked_at is None


def _load() -> Sequence[CertificationPeriod]:
    tomorrow = clock.now().date() + dt.timedelta(days=1)  # somewhere it may be; the index needs a constant
    there = cast(func.timezone(Employee.time_zone, clock.now()) - clock.NIGHT, Date)
    day = CertificationPeriod.next_look_on
    return db.session.scalars(
        select(CertificationPeriod)
        .join(CertificationPeriod.enrollment)
        .join(CertificationPeriod.employee)
        .join(CertificationPeriod.course)
        .options(
            contains_eager(CertificationPeriod.enrollment),
            contains_eager(CertificationPeriod.employee),
            contains_eager(CertificationPeriod.course),
        )
        .where(
            CertificationPeriod.is_current,
            CertificationPeriod.revoked_at.is_(None),
            day <= tomorrow,
            day <= there,
            Employee.status == "active",
            Enrollment.withdrawn_at.is_(None),
            or_(Enrollment.paused_until.is_(None), Enrollment.paused_until <= there),
            Course.status == CourseStatus.PUBLISHED,
        )
        .order_by(day, CertificationPeriod.id)
        .limit(BATCH)
        # The enrollment too: whoever completes it just now locks it first, and the renewal assigned refers to it.
        .with_for_update(of=[CertificationPeriod, Enrollment], skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def _seen(period: CertificationPeriod) -> set[Stage]:
    return {stage for stage, name in MARKS.items() if getattr(period, name) is not None}


def _letter(period: CertificationPeriod, stage: Stage, channel: str) -> dict[str, object]:
    values = {
        "title": period.course.title,
        "valid_until": period.valid_until,
        "grace_until": period.grace_until if period.grace_until != period.valid_until else None,
        "required": stage is Stage.REQUIRED,
        "begun": period.enrollment.renewal_started_at is not None,
    }
    return notice_row(
        key=f"certification/{period.id}/{stage.name.lower()}/{channel}",
        channel=channel,
        template=TEMPLATES[stage],
        to=recipient_of(period.employee),
        values=values,
        link=f"/learn/courses/{period.course_id}",
        about=(KIND, period.id),
        reason={"why": stage.value},
    )
