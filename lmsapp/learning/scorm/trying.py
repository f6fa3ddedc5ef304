"""Which trials of a package somebody may look at: their own, of a lesson they write."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.infra.db import db
from lmsapp.learning.scorm.models import ScormLaunch
from lmsapp.learning.scorm.tokens import token_of
from lmsapp.people.viewer import Viewer


def trial_for(viewer: Viewer, lesson: Lesson, launch_id: int) -> ScormLaunch | None:
    """A trial of that lesson that the viewer has begun, or None. `lesson` was found through the viewer."""
    mine = (ScormLaunch.id == launch_id, ScormLaunch.lesson_id == lesson.id, ScormLaunch.attempt_id.is_(None))
    return db.session.scalar(select(ScormLaunch).where(*mine, ScormLaunch.opened_by_id == viewer.user_id))


def wrapper_address(launch: ScormLaunch) -> str:
    """Where the launch is played: on the host of content, with its token."""
    return f"{current_app.config['CONTENT_URL']}/c/{token_of(launch.id)}/"
