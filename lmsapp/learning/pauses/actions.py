"""Pausing and going on (ENR-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Date, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments.by_hand import is_done
from lmsapp.learning.enrollments.events import AccessRevoked, CourseCompleted, Exempted
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.pauses import rules
from lmsapp.learning.pauses.events import EnrollmentPaused, EnrollmentResumed
from lmsapp.learning.pauses.models import EnrollmentPause
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

BATCH = 200


def pause(enrollment: Enrollment, until_on: dt.date, *, kind: str, reason: str, by: Viewer) -> EnrollmentPause:
    """Pause from today to the end of `until_on` where the learner is. Raises RuleBroken, NotAllowed.

    Whoever pauses their own mandatory course needs the organisation's consent (a setting).
    """
    wanted = rules.check_kind(kind)
    if not reason.strip():
        raise RuleBroken(N_("Say a few words about why; your manager can read them."), field="reason")
    lock_enrollment(enrollment)
    today = clock.today(enrollment.employee.time_zone)
    rules.check_dates(today, until_on, setting("pause_longest_days"))
    _check_may(enrollment, by)
    made = db.session.scalars(
        insert(EnrollmentPause)
        .values(
            enrollment_id=enrollment.id,
            kind=wanted.value,
            reason=reason.strip(),
            from_on=today,
            until_on=until_on,
            paused_by_id=by.user_id,
            paused_by_name=by.name,
            paused_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(EnrollmentPause)
    ).one_or_none()
    if made is None:
        raise RuleBroken(N_("This course is paused already."))
    made.enrollment = enrollment
    enrollment.paused_at, enrollment.paused_until = made.paused_at, until_on + dt.timedelta(days=1)
    after = {"pause": wanted.value, "until_on": until_on}
    record_change("paused", ("enrollment", enrollment.id), by=by, before={}, after=after, reason=made.reason)
    db.session.flush()
    emit(EnrollmentPaused(made, by))
    return made


def pause_all(enrollments: Sequence[Enrollment], until_on: dt.date, *, kind: str, reason: str, by: Viewer) -> int:
    """Pause each that can be paused; how many. Raises RuleBroken when none can, with why the first one cannot."""
    done, first = 0, None
    for enrollment in sorted(enrollments, key=lambda one: one.id):
        try:
            with db.session.begin_nested():
                pause(enrollment, until_on, kind=kind, reason=reason, by=by)
            done += 1
        except RuleBroken as broken:
            if broken.field is not None:
                raise
            first = first or broken
        except NotAllowed as refused:
            first = first or RuleBroken(refused.message, **refused.values)
    if not done:
        raise first or RuleBroken(N_("There is no open course to pause."))
    return done


def resume(enrollment: Enrollment, *, by: Viewer) -> None:
    """End the pause before its last day. Raises RuleBroken where there is none."""
    lock_enrollment(enrollment)
    running = running_pause(enrollment)
    if running is None:
        raise RuleBroken(N_("This course is not paused."))
    end_pause(running, "resumed", by=by)


def end_pause(running: EnrollmentPause, how: str, *, by: Viewer | None) -> None:
    """(enrollment and employee loaded) Note that it ended, give back the days not used, tell the others."""
    enrollment = running.enrollment
    today = clock.today(enrollment.employee.time_zone)
    before = {"paused_until": enrollment.paused_until}
    running.ended_at, running.ended_how, running.ended_by_name = clock.now(), how, by.name if by else ""
    enrollment.paused_at = enrollment.paused_until = None
    action = "pause over" if how == "over" else "resumed"
    record_change(action, ("enrollment", enrollment.id), by=by, before=before, after={"ended": how})
    db.session.flush()
    emit(EnrollmentResumed(running, rules.unused_days(today, running.from_on, running.until_on), by))


def end_pauses() -> int:
    """End those whose last day is over where the learner is; how many. Call again while it answers more than 0."""
    tomorrow = clock.now().date() + dt.timedelta(days=1)  # somewhere it may be; the index needs a constant
    there = cast(func.timezone(Employee.time_zone, clock.now()), Date)
    over = db.session.scalars(
        select(EnrollmentPause)
        .join(EnrollmentPause.enrollment)
        .join(Enrollment.employee)
        .join(Enrollment.course)
        .options(
            contains_eager(EnrollmentPause.enrollment).contains_eager(Enrollment.employee),
            contains_eager(EnrollmentPause.enrollment).contains_eager(Enrollment.course),
        )
        .where(
            EnrollmentPause.ended_at.is_(None), EnrollmentPause.until_on < tomorrow, EnrollmentPause.until_on < there
        )
        .order_by(EnrollmentPause.id)
        .limit(BATCH)
        .with_for_update(of=(EnrollmentPause, Enrollment), skip_locked=True)
    ).all()
    for one in over:
        end_pause(one, "over", by=None)
    return len(over)


def close_pause(event: CourseCompleted | AccessRevoked | Exempted) -> None:
    """There is nothing left to pause."""
    enrollment: Enrollment = event.enrollment
    running = running_pause(enrollment) if enrollment.paused_until is not None else None
    if running is not None:
        end_pause(running, "closed", by=None)


def running_pause(enrollment: Enrollment) -> EnrollmentPause | None:
    """The pause there is, its enrollment being the one at hand."""
    found = db.session.scalar(
        select(EnrollmentPause)
        .where(EnrollmentPause.enrollment_id == enrollment.id, EnrollmentPause.ended_at.is_(None))
        .with_for_update()
    )
    if found is not None:
        found.enrollment = enrollment
    return found


def _check_may(enrollment: Enrollment, by: Viewer) -> None:
    if enrollment.withdrawn_at is not None:
        raise RuleBroken(N_("Access to this course was taken away; there is nothing to pause."))
    if enrollment.exempted_at is not None:
        raise RuleBroken(N_("This course need not be taken; there is nothing to pause."))
    if is_done(enrollment):
        raise RuleBroken(N_("This course is completed; there is nothing to pause."))
    own = by.employee_id == enrollment.employee_id
    may = rules.may_pause_oneself(
        mandatory=bool(enrollment.course.mandatory), learners_may=bool(setting("pause_mandatory_oneself"))
    )
    if own and not may:
        raise NotAllowed(N_("This course is mandatory: ask your manager to pause it for you."))
