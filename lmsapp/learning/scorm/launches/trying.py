"""What those who write a lesson may know of its packages: trials, which count for nobody, and how many play which."""

from __future__ import annotations

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.infra.db import db
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch


def trial_of(lesson: Lesson, launch_id: int) -> ScormLaunch | None:
    """A trial of that lesson (found through the viewer), or None: no launch of a learner is reached by it."""
    here = (ScormLaunch.id == launch_id, ScormLaunch.lesson_id == lesson.id, ScormLaunch.attempt_id.is_(None))
    return db.session.scalar(select(ScormLaunch).where(*here))


def people_by_package(lesson: Lesson) -> dict[int, int]:
    """How many people have played each package of the lesson (found through the viewer)."""
    people = func.count(ScormAttempt.enrollment_id.distinct())
    counted = select(ScormAttempt.package_id, people).where(ScormAttempt.lesson_id == lesson.id)
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(ScormAttempt.package_id))}
