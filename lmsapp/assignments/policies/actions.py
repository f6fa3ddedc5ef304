"""Deciding when whom is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, replace

from sqlalchemy.dialects.postgresql import insert

from lmsapp.assignments.policies.models import CourseReminderPolicy, LookAgain, ReminderPolicy, ReminderStep
from lmsapp.assignments.policies.queries import policies_for
from lmsapp.assignments.policies.rules import Moment, Policy, Step, ToWhom
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db


def give_days_before(course: Course, days: Iterable[int]) -> None:
    """The course gets a policy of its own: the one it has, with these reminders to the learner before the due date."""
    present = policies_for([course.id])[course.id]
    kept = tuple(
        one for one in present.steps if not (one.moment is Moment.BEFORE_DUE and one.to_whom is ToWhom.LEARNER)
    )
    before = tuple(Step(Moment.BEFORE_DUE, one) for one in days)
    row = _write(replace(present, name=f"{course.title} ({course.id})", steps=before + kept))
    statement = insert(CourseReminderPolicy).values(
        course_id=course.id, policy_id=row.id, because="course", changed_at=clock.now()
    )
    fresh = {"policy_id": row.id, "because": "course", "changed_at": clock.now()}
    db.session.execute(statement.on_conflict_do_update(index_elements=["course_id"], set_=fresh))


def follow_policy(course_ids: Iterable[int]) -> None:
    """Another policy holds for these courses: their open assignments are to follow it, see `reminding.looking`."""
    rows = [{"course_id": one, "after_id": 0, "asked_at": clock.now()} for one in sorted(set(course_ids))]
    if rows:
        ask = insert(LookAgain)
        fresh = {"after_id": 0, "asked_at": ask.excluded.asked_at}
        db.session.execute(ask.on_conflict_do_update(index_elements=["course_id"], set_=fresh), rows)


def _write(policy: Policy) -> ReminderPolicy:
    """By its name: another list of steps where there is one of that name."""
    row = db.session.query(ReminderPolicy).filter_by(name=policy.name).one_or_none() or ReminderPolicy(name=policy.name)
    row.working_days, row.digest_allowed = policy.working_days, policy.digest_allowed
    db.session.add(row)
    db.session.flush()
    db.session.query(ReminderStep).filter_by(policy_id=row.id).delete()
    names = ("moment", "days", "to_whom", "channels", "mandatory", "every", "most", "hours")
    for position, step in enumerate(policy.steps):
        values = dict(zip(names, astuple(step), strict=True)) | {"channels": list(step.channels)}
        db.session.add(ReminderStep(policy_id=row.id, position=position, **values))
    db.session.flush()
    return row
