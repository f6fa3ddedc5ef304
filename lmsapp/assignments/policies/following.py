"""What holidays mean for policies that tell on working days only (REM-8)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.assignments.policies.actions import follow_policy
from lmsapp.assignments.policies.models import ReminderPolicy
from lmsapp.assignments.policies.queries import courses_under
from lmsapp.infra.db import db
from lmsapp.people.calendar.events import HolidaysChanged


def follow_holidays(_event: HolidaysChanged) -> None:
    """Steps may fall on other days now: open assignments under such policies are looked at again."""
    rows = db.session.scalars(select(ReminderPolicy).where(ReminderPolicy.working_days)).all()
    follow_policy({course_id for row in rows for course_id in courses_under(row)})
