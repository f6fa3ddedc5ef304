"""What somebody who is not enrolled sees of a course before they choose it (CRS-8)."""

from __future__ import annotations

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.queries import OutlineView
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.publishing.reading import outline_in, version_of
from lmsapp.infra.db import db


def outline_from_outside(course_id: int) -> OutlineView | None:
    """The chapters and lessons of its newest version; None while there is none."""
    course = db.session.get(Course, course_id)
    if course is None or course.status == CourseStatus.DRAFT:
        return None
    return outline_in(course, version_of(course.id, course.content_version))
