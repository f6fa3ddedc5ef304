"""What content reported about them: attempts at packages, and every report as it came. By their own id alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.held.parts import Part
from lmsapp.insight.held.person import plain
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.models import ScormAttempt, ScormCommit, ScormLaunch, ScormSco
from lmsapp.people.viewer import Viewer

RIGHT = ".correct_responses."


def attempts(viewer: Viewer) -> Part:
    """What each came to, and what its parts said last. Not which answers were right: they may be asked again."""
    rows = db.session.execute(
        select(
            Course.title.label("course"), Lesson.title.label("lesson"), ScormAttempt.number, ScormSco.item,
            ScormAttempt.started_at, ScormSco.last_at, ScormSco.completion, ScormSco.success, ScormAttempt.score,
            ScormSco.total_seconds, ScormAttempt.done_at, ScormSco.cmi,
        )
        .join(Enrollment, Enrollment.id == ScormAttempt.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Lesson, Lesson.id == ScormAttempt.lesson_id)
        .outerjoin(ScormSco, ScormSco.attempt_id == ScormAttempt.id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(ScormAttempt.id, ScormSco.item)
    )  # fmt: skip
    found = plain(rows)
    for row in found:
        row["cmi"] = _without_right(row["cmi"])
    columns = {
        "course": N_("Course"),
        "lesson": N_("Lesson"),
        "number": N_("Attempt"),
        "started_at": N_("Started"),
        "completion": N_("Completion"),
        "success": N_("Success"),
        "score": N_("Score in percent"),
        "total_seconds": N_("Seconds spent"),
        "done_at": N_("Done"),
    }
    note = N_("Which answers were right is left out: the same questions may be asked again.")
    return Part("package_attempts", N_("Attempts at packages"), columns, found, note)


def reports(viewer: Viewer) -> Part:
    """Every report as it came; of what content notes for itself its length only."""
    rows = db.session.execute(
        select(
            Course.title.label("course"), Lesson.title.label("lesson"), ScormAttempt.number, ScormLaunch.item,
            ScormCommit.at, ScormCommit.how, ScormCommit.said,
        )
        .join(ScormLaunch, ScormLaunch.id == ScormCommit.launch_id)
        .join(ScormAttempt, ScormAttempt.id == ScormLaunch.attempt_id)
        .join(Enrollment, Enrollment.id == ScormAttempt.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Lesson, Lesson.id == ScormAttempt.lesson_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(ScormCommit.at, ScormCommit.launch_id, ScormCommit.sitting, ScormCommit.seq)
    )  # fmt: skip
    found = plain(rows)
    for row in found:
        row["said"] = _without_right(row["said"])
    columns = {
        "course": N_("Course"),
        "lesson": N_("Lesson"),
        "number": N_("Attempt"),
        "at": N_("When"),
        "how": N_("How"),
    }
    return Part("package_reports", N_("What packages reported"), columns, found)


def _without_right(said: Any) -> dict[str, Any]:
    return {name: value for name, value in (said or {}).items() if RIGHT not in name}
