"""What can be paused, and what is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.pauses.models import EnrollmentPause
from lmsapp.people.queries import employee_ids_visible_to, line_of
from lmsapp.people.viewer import Viewer


def enrollments_to_pause(viewer: Viewer, employee_id: int, *, line_only: bool = False) -> Sequence[Enrollment]:
    """The courses somebody has under way, paused ones too, by title; employee and course loaded.

    Of oneself, or of people one may see; `line_only`: of the own line alone.
    """
    seen = line_of(viewer) if line_only else employee_ids_visible_to(viewer)
    return db.session.scalars(
        select(Enrollment)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(contains_eager(Enrollment.course), contains_eager(Enrollment.employee))
        .where(
            Enrollment.employee_id == employee_id,
            Enrollment.employee_id.in_(seen),
            Enrollment.withdrawn_at.is_(None),
            Enrollment.exempted_at.is_(None),
            Course.status != "draft",
            or_(
                Enrollment.completed_at.is_(None),
                Enrollment.renewal_started_at.is_not(None),
                Enrollment.renewal_from <= clock.now().date(),
            ),
        )
        .order_by(Course.title, Enrollment.id)
    ).all()


def pauses_of(enrollment_id: int) -> Sequence[Any]:
    """Every pause of an enrollment the viewer may see, newest first: kind, reason, from_on, until_on, paused_by_name,
    paused_at, ended_at, ended_how, ended_by_name."""
    columns = ("kind", "reason", "from_on", "until_on", "paused_by_name", "paused_at", "ended_at", "ended_how")
    return db.session.execute(
        select(*(getattr(EnrollmentPause, name) for name in columns), EnrollmentPause.ended_by_name)
        .where(EnrollmentPause.enrollment_id == enrollment_id)
        .order_by(EnrollmentPause.id.desc())
    ).all()
