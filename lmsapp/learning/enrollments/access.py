"""Taking access to a course away, with everything kept, and giving it back (ENR-7)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments.events import AccessRevoked
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


def revoke_access(enrollment: Enrollment, *, by: Viewer, reason: str) -> None:
    """The course is hidden from the learner; progress, attempts, records and certificates stay. Raises RuleBroken."""
    why = needed(reason)
    lock_enrollment(enrollment)
    check_moderates(by)
    if enrollment.withdrawn_at is not None:
        raise RuleBroken(N_("Access was taken away already."))
    enrollment.withdrawn_at = clock.now()
    after = {"withdrawn_at": enrollment.withdrawn_at}
    record_change("access revoked", ("enrollment", enrollment.id), by=by, before={}, after=after, reason=why)
    db.session.flush()
    emit(AccessRevoked(enrollment, by, why))


def give_back_access(enrollment: Enrollment, *, by: Viewer, reason: str) -> None:
    """The learner goes on where they were. What was assigned is assigned anew, not brought back. Raises RuleBroken."""
    why = needed(reason)
    lock_enrollment(enrollment)
    check_moderates(by)
    if enrollment.withdrawn_at is None:
        raise RuleBroken(N_("The learner has access already."))
    before = {"withdrawn_at": enrollment.withdrawn_at}
    enrollment.withdrawn_at = None
    record_change("access given back", ("enrollment", enrollment.id), by=by, before=before, after={}, reason=why)
    db.session.flush()


def give_back_for_training(employees: Sequence[Employee], course: Course, *, by: Viewer) -> None:
    """Whoever is assigned a course by a person can open it, even when access was taken away before."""
    withdrawn = db.session.scalars(
        select(Enrollment)
        .where(
            Enrollment.course_id == course.id,
            Enrollment.employee_id.in_([one.id for one in employees]),
            Enrollment.withdrawn_at.is_not(None),
        )
        .order_by(Enrollment.id)
        .with_for_update()
    )
    for one in withdrawn:
        before = {"withdrawn_at": one.withdrawn_at}
        one.withdrawn_at = None
        record_change("enrolled again", ("enrollment", one.id), by=by, before=before, after={"source": "assignment"})
    db.session.flush()


def check_moderates(by: Viewer) -> None:
    """Raises NotAllowed for anybody but moderators."""
    if not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators can do this."))


def needed(reason: str) -> str:
    """The reason, which must be there. Raises RuleBroken (field 'reason')."""
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; it stays on record."), field="reason")
    return reason.strip()
