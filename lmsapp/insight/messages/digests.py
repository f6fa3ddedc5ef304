"""Which reminders come one by one although a person asked for one letter a day (REM-8)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.queries import policies_for
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer


def never_gathered(viewer: Viewer) -> list[str]:
    """Titles of courses the viewer has to take whose reminders no digest may carry, by name."""
    rows = db.session.execute(
        select(Course.id, Course.title)
        .where(
            Course.id.in_(
                select(TrainingAssignment.course_id).where(
                    TrainingAssignment.employee_id == viewer.employee_id, is_open()
                )
            )
        )
        .order_by(Course.title)
    ).all()
    policies = policies_for([row.id for row in rows])
    return [row.title for row in rows if not policies[row.id].digest_allowed]
