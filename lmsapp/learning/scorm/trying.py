"""Trials of a package, for those who may write its lesson. They count for nobody, so that anyone of them may look."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.infra.db import db
from lmsapp.learning.scorm.models import ScormLaunch


def trial_of(lesson: Lesson, launch_id: int) -> ScormLaunch | None:
    """A trial of that lesson (found through the viewer), or None: no launch of a learner is reached by it."""
    here = (ScormLaunch.id == launch_id, ScormLaunch.lesson_id == lesson.id, ScormLaunch.attempt_id.is_(None))
    return db.session.scalar(select(ScormLaunch).where(*here))
