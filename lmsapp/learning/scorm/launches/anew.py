"""A new attempt for a learner, begun by staff: content that is stuck, or training that is to be done afresh (SCO-5)."""

from __future__ import annotations

from sqlalchemy import select, update

from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.access import check_moderates, needed
from lmsapp.learning.enrollments.facts import lesson_of
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch
from lmsapp.people.viewer import Viewer


def begin_attempt_for(enrollment: Enrollment, lesson_id: int, *, by: Viewer, reason: str) -> ScormAttempt:
    """The next attempt, with the package of the version the learner is in; what came before stays as it is.

    A window that is open tells no attempt but its own, and what it still says counts there. A lesson that is done stays
    done. Employee and course are loaded. Raises RuleBroken, NotAllowed.
    """
    why = needed(reason)
    lock_enrollment(enrollment)
    check_moderates(by)
    lesson = lesson_of(enrollment, lesson_id)
    package_id = lesson.detail.get("scorm", {}).get("package") if lesson else None
    if lesson is None or lesson.kind != LessonKind.SCORM or not package_id:
        raise RuleBroken(N_("Choose a lesson with a SCORM package of this course."), field="lesson_id")
    if enrollment.withdrawn_at is not None:
        raise RuleBroken(N_("Access to this course was taken away. Give it back first."))
    last = _last(enrollment, lesson_id)
    if last is None:
        raise RuleBroken(N_("Nothing was begun here yet: the learner simply starts."))
    now = clock.now()
    last.ended_at = last.ended_at or now
    still_open = (ScormLaunch.attempt_id == last.id, ScormLaunch.superseded_at.is_(None))
    db.session.execute(update(ScormLaunch).where(*still_open).values(superseded_at=now))
    fresh = ScormAttempt(
        enrollment_id=enrollment.id,
        cycle=enrollment.cycle,
        lesson_id=lesson_id,
        number=last.number + 1,
        package_id=package_id,
    )
    db.session.add(fresh)
    db.session.flush()
    about = ("enrollment", enrollment.id)
    after = {"lesson": lesson.title, "attempt": fresh.number}
    record_change("package attempt begun", about, by=by, before={"attempt": last.number}, after=after, reason=why)
    return fresh


def _last(enrollment: Enrollment, lesson_id: int) -> ScormAttempt | None:
    return db.session.scalar(
        select(ScormAttempt)
        .where(
            ScormAttempt.enrollment_id == enrollment.id,
            ScormAttempt.cycle == enrollment.cycle,
            ScormAttempt.lesson_id == lesson_id,
        )
        .order_by(ScormAttempt.number.desc())
        .limit(1)
    )
