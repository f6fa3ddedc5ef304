"""Which policy holds for which course."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from lmsapp.assignments.policies.models import CourseReminderPolicy, ReminderPolicy
from lmsapp.assignments.policies.rules import STANDARD, Moment, Policy, Step, ToWhom
from lmsapp.infra.db import db


def policies_for(course_ids: Collection[int]) -> dict[int, Policy]:
    """By course: its own, else the organisation's, else the one that ships. Three statements, however many."""
    placed = select(CourseReminderPolicy.course_id, CourseReminderPolicy.policy_id).where(
        CourseReminderPolicy.course_id.in_(course_ids)
    )
    named = {row.course_id: row.policy_id for row in db.session.execute(placed)}
    rows = db.session.scalars(
        select(ReminderPolicy)
        .where(or_(ReminderPolicy.is_organisation, ReminderPolicy.id.in_(set(named.values()))))
        .options(selectinload(ReminderPolicy.steps))
    ).all()
    by_id = {row.id: as_rules(row) for row in rows}
    organisation = next((by_id[row.id] for row in rows if row.is_organisation), STANDARD)
    return {course_id: by_id[named[course_id]] if course_id in named else organisation for course_id in course_ids}


def as_rules(row: ReminderPolicy) -> Policy:
    """With its steps loaded."""
    steps = tuple(
        Step(
            Moment(one.moment), one.days, ToWhom(one.to_whom), tuple(one.channels), one.mandatory, one.every, one.most,
            one.hours,
        )
        for one in row.steps
    )  # fmt: skip
    return Policy(row.name, steps, row.id, row.working_days, row.digest_allowed)
