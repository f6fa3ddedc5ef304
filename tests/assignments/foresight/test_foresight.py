"""Foresight against the daily job, day by day for 30 days; counts, people and what it costs (REM-8)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from sqlalchemy import select

from lmsapp.assignments.actions import assign_enrolled, assign_many
from lmsapp.assignments.foresight.queries import coming_to, foresee, next_of, told_on
from lmsapp.assignments.foresight.shapes import Wanted
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.models import CourseReminderPolicy, ReminderPolicy, ReminderStep
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.assignments.reminders import remind_due
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import published

DAY = dt.timedelta(days=1)
Said = tuple[dt.date, int, str, str]  # day, assignment, to whom, channel


def policy(course: Course, working_days: bool = False) -> None:
    """Before, on and after the due date; two channels; the manager, and somebody above who is not there."""
    row = ReminderPolicy(name=f"Of {course.id}", working_days=working_days)
    db.session.add(row)
    db.session.flush()
    steps: list[dict[str, Any]] = [
        {"moment": "before due", "days": 14, "channels": ["email"]},
        {"moment": "before due", "days": 3, "channels": ["email", "in_app"]},
        {"moment": "before expiry", "days": 10, "channels": ["email"]},
        {"moment": "on due", "channels": ["email"], "mandatory": True},
        {"moment": "after due", "days": 2, "every": 7, "most": 3, "channels": ["email"]},
        {"moment": "after due", "days": 1, "to_whom": "manager", "channels": ["email"]},
    ]
    for position, step in enumerate(steps):
        db.session.add(ReminderStep(policy_id=row.id, position=position, **step))
    db.session.add(CourseReminderPolicy(course_id=course.id, policy_id=row.id))
    db.session.flush()


def scene(cast: Cast, clock: Clock) -> list[Course]:
    """Two courses with policies, one by working days; due dates from next week to beyond the calendar; a renewal; two zones."""
    courses = [published("Fire safety"), published("Hygiene")]
    policy(courses[0])
    policy(courses[1], working_days=True)
    people = [cast.lena.record, cast.mark.record, cast.otto.record]
    cast.otto.record.time_zone = "Pacific/Auckland"
    today = clock.now.date()
    for course, first in zip(courses, (4, 12), strict=True):
        due = {one.id: today + (first + 9 * n) * DAY for n, one in enumerate(people)}
        assign_many(people, course, due, by=cast.milo.viewer)
    db.session.commit()
    return courses
