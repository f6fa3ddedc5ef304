"""The facts of many people on paths, in a constant number of statements, for actions and queries alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import bindparam, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.paths.queries import asked_of
from lmsapp.courses.paths.rules import Asked
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.rules import CourseFact

AT_ONCE = 1000


FACTS = select(
    Enrollment.employee_id,
    Enrollment.course_id,
    Enrollment.id,
    Enrollment.started_at,
    Enrollment.completed_at,
    Enrollment.valid_until,
    Enrollment.withdrawn_at.is_not(None),
    Enrollment.progress,
    Enrollment.last_active_at,
).where(
    Enrollment.employee_id.in_(bindparam("employees", expanding=True)),
    Enrollment.course_id.in_(bindparam("courses", expanding=True)),
)


def facts_of(employee_ids: Collection[int], course_ids: Collection[int]) -> dict[int, dict[int, CourseFact]]:
    """By employee and course; who is not enrolled in a course is not named there. One statement for a thousand."""
    found: dict[int, dict[int, CourseFact]] = defaultdict(dict)
    ids = sorted(set(employee_ids))
    for start in range(0, len(ids), AT_ONCE):
        values = {"employees": ids[start : start + AT_ONCE], "courses": sorted(course_ids)}
        for row in db.session.execute(FACTS, values):
            found[row[0]][row[1]] = CourseFact(*row[2:])
    return found


def closed_courses(course_ids: Collection[int]) -> frozenset[int]:
    """Those of them that take no new learners."""
    published = Course.status == CourseStatus.PUBLISHED
    return frozenset(db.session.scalars(select(Course.id).where(Course.id.in_(course_ids), ~published)))


def in_force(path: LearningPath) -> Asked:
    """What the path asks at present."""
    return asked_of(path.id, path.version, path.sha256)
