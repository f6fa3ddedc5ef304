"""Course files that somebody sent, through the eyes of whoever sent them, and of moderators."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from lmsapp.courses.moving.models import CourseImport
from lmsapp.infra.db import db
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


def import_for(viewer: Viewer, import_id: int) -> CourseImport | None:
    """One import the viewer sent, or any for moderators, or None."""
    wanted = select(CourseImport).where(CourseImport.id == import_id)
    mine = CourseImport.asked_by_id == viewer.user_id
    return db.session.scalar(wanted if viewer.may(May.MODERATE) else wanted.where(mine))


def latest_imports(viewer: Viewer, size: int = 5) -> list[Row[Any]]:
    """Columns: id, file_name, state, asked_at, course_id. Newest first."""
    columns = (
        CourseImport.id,
        CourseImport.file_name,
        CourseImport.state,
        CourseImport.asked_at,
        CourseImport.course_id,
    )
    mine = select(*columns).where(CourseImport.asked_by_id == viewer.user_id)
    return list(db.session.execute(mine.order_by(CourseImport.id.desc()).limit(size)))
