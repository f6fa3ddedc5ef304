"""What a grading does to an enrollment: the same door for hand-ins that `quiz_passed` is for attempts (CRS-3, ENR-3).

It stands beside the evidence: `LessonProgress.detail["graded"]` is {'hand_in', 'number', 'by', 'by_id', 'at',
'percent'}, and the completion record takes it over.
"""

from __future__ import annotations

from typing import Any

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import attempts_used_up, refresh_progress
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.people.viewer import Viewer


def work_passed(enrollment: Enrollment, lesson_id: int, graded: dict[str, Any]) -> None:
    """Passed work finishes its lesson and, where the rule is met by it, the course: in this transaction."""
    lock_enrollment(enrollment)
    row = progress_of(enrollment, lesson_id)
    row.detail = {**row.detail, "graded": graded}
    row.done_at = row.done_at or clock.now()
    enrollment.failed_at = None
    refresh_progress(enrollment)


def work_not_passed_after_all(enrollment: Enrollment, lesson_id: int) -> None:
    """A regrade took the pass back, before the course was complete: the lesson is open again."""
    lock_enrollment(enrollment)
    row = progress_of(enrollment, lesson_id)
    row.detail = {name: value for name, value in row.detail.items() if name != "graded"}
    row.done_at = None
    refresh_progress(enrollment)


def quiz_not_passed_after_all(enrollment: Enrollment, lesson_id: int, *, attempt: int) -> None:
    """A regrade took this attempt's pass away, before the course was complete: its lesson is open again."""
    lock_enrollment(enrollment)
    row = db.session.get(LessonProgress, (enrollment.id, enrollment.cycle, lesson_id), with_for_update=True)
    if row is None or row.detail.get("attempt") != attempt:
        return
    row.detail = {name: value for name, value in row.detail.items() if name not in ("percent", "attempt")}
    row.done_at = None
    refresh_progress(enrollment)


def work_failed(enrollment: Enrollment) -> None:
    """No try is left: the enrollment is Failed, as with a quiz."""
    lock_enrollment(enrollment)
    attempts_used_up(enrollment)


def work_may_be_tried_again(enrollment: Enrollment, *, by: Viewer) -> None:
    """A regrade sent back what had failed: the enrollment goes on."""
    lock_enrollment(enrollment)
    if enrollment.failed_at is not None:
        before, enrollment.failed_at = enrollment.failed_at, None
        record_change("given another try", ("enrollment", enrollment.id), by=by, before={"failed_at": before})


def complete_this_time(enrollment: Enrollment) -> bool:
    """Whether the course is complete in the present cycle: what completed it is evidence and stays."""
    return enrollment.complete


def progress_of(enrollment: Enrollment, lesson_id: int) -> LessonProgress:
    """The row of this lesson in the current time round, locked; made where there is none."""
    key = (enrollment.id, enrollment.cycle, lesson_id)
    row = db.session.get(LessonProgress, key, with_for_update=True)
    if row is None:
        row = LessonProgress(
            enrollment_id=enrollment.id,
            cycle=enrollment.cycle,
            lesson_id=lesson_id,
            opened_at=clock.now(),
            seen=[],
            detail={},
        )
        db.session.add(row)
    return row
