"""Which policy holds for which course, and what to show of policies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from lmsapp.assignments.policies.models import CourseReminderPolicy, ReminderPolicy
from lmsapp.assignments.policies.rules import STANDARD, Moment, Policy, Step, ToWhom
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


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


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One of the list. `courses`: how many chose it or have it from a compliance type."""

    policy: Policy
    is_organisation: bool
    courses: int


def list_policies(viewer: Viewer) -> list[PolicyRow]:
    """The organisation's first, then by name; nothing for who may not moderate. Three statements."""
    if not viewer.may(May.MODERATE):
        return []
    used = select(CourseReminderPolicy.policy_id, func.count()).group_by(CourseReminderPolicy.policy_id)
    counts = {row[0]: row[1] for row in db.session.execute(used)}
    rows = db.session.scalars(
        select(ReminderPolicy)
        .options(selectinload(ReminderPolicy.steps))
        .order_by(ReminderPolicy.is_organisation.desc(), func.lower(ReminderPolicy.name))
    )
    return [PolicyRow(as_rules(row), row.is_organisation, counts.get(row.id, 0)) for row in rows]


def policy_for(viewer: Viewer, policy_id: int) -> ReminderPolicy | None:
    """One with its steps loaded, for who may moderate."""
    if not viewer.may(May.MODERATE):
        return None
    wanted = select(ReminderPolicy).where(ReminderPolicy.id == policy_id).options(selectinload(ReminderPolicy.steps))
    return db.session.scalar(wanted)


def policy_choices() -> list[tuple[int, str]]:
    """(id, name) by name."""
    rows = db.session.execute(select(ReminderPolicy.id, ReminderPolicy.name).order_by(func.lower(ReminderPolicy.name)))
    return [(row.id, row.name) for row in rows]


def courses_using(policy_id: int) -> Sequence[Any]:
    """id, title, because: the courses that chose it, or have it from a compliance type; by title."""
    return db.session.execute(
        select(Course.id, Course.title, CourseReminderPolicy.because)
        .join(CourseReminderPolicy, CourseReminderPolicy.course_id == Course.id)
        .where(CourseReminderPolicy.policy_id == policy_id)
        .order_by(func.lower(Course.title))
    ).all()


def courses_under(row: ReminderPolicy) -> set[int]:
    """Ids of all courses for which it holds."""
    placed = db.session.execute(select(CourseReminderPolicy.course_id, CourseReminderPolicy.policy_id)).all()
    own = {one.course_id for one in placed if one.policy_id == row.id}
    if not row.is_organisation:
        return own
    return own | (set(db.session.scalars(select(Course.id))) - {one.course_id for one in placed})


def organisation_policy() -> Policy:
    """The one that holds where nothing else was chosen."""
    wanted = select(ReminderPolicy).where(ReminderPolicy.is_organisation).options(selectinload(ReminderPolicy.steps))
    row = db.session.scalar(wanted)
    return as_rules(row) if row else STANDARD


def chosen_for(course_id: int) -> tuple[int | None, str]:
    """The policy placed on a course and why ('course', 'compliance type'); None, '' where the organisation's holds."""
    row = db.session.get(CourseReminderPolicy, course_id)
    return (row.policy_id, row.because) if row else (None, "")
