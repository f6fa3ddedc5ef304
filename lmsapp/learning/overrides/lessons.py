"""One lesson set done by hand, when the learner shows proof of what the content did not report (SCO-5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.evidence.records.queries import latest_record
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import refresh_progress
from lmsapp.learning.enrollments.by_hand import lesson_done_by_hand, lesson_not_done_after_all, take_back_completion
from lmsapp.learning.enrollments.completing import ByHand
from lmsapp.learning.enrollments.facts import line_of, standing_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.overrides import rules
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.scorm.models import ScormAttempt


def check_lesson_possible(enrollment: Enrollment, lesson_id: int | None) -> None:
    """Raises RuleBroken where this learner's course has no such lesson, or none of its lessons counts."""
    line = line_of(enrollment, lesson_id) if lesson_id else None
    rules.check_lesson(
        known=line is not None and line.kind == LessonKind.SCORM,
        exempt=enrollment.exempted_at is not None,
        withdrawn=enrollment.withdrawn_at is not None,
    )


def apply_to_lesson(enrollment: Enrollment, lesson_id: int, kind: OverrideKind, hand: ByHand) -> int | None:
    """Set it done, or take that back. The id of the record that takes a completion back, where one rested on it."""
    if kind is OverrideKind.LESSON:
        lesson_done_by_hand(enrollment, lesson_id, hand)
        return None
    reported = select(func.min(ScormAttempt.done_at)).where(
        ScormAttempt.enrollment_id == enrollment.id,
        ScormAttempt.cycle == enrollment.cycle,
        ScormAttempt.lesson_id == lesson_id,
    )
    lesson_not_done_after_all(enrollment, lesson_id, done_at=db.session.scalar(reported))
    record = latest_record(enrollment.employee_id, ("course", enrollment.course_id))
    rests = enrollment.complete and record is not None and record.how == "rule"
    if record is not None and rests and not standing_of(enrollment).judgement().met:
        return take_back_completion(enrollment, record, hand).id
    refresh_progress(enrollment)
    return None


def lesson_said(override: CompletionOverride) -> dict[str, Any]:
    """For the trail: which lesson it is about, if any. The enrollment is loaded with its course."""
    if override.lesson_id is None:
        return {}
    line = line_of(override.enrollment, override.lesson_id)
    return {"lesson": line.title if line else override.lesson_id}
