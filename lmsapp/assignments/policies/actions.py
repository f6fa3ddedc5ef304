"""Deciding when whom is told. Open assignments follow every change, see `reminding.looking`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from lmsapp.assignments.policies.checks import checked
from lmsapp.assignments.policies.events import CoursePolicyReset
from lmsapp.assignments.policies.models import CourseReminderPolicy, LookAgain, ReminderPolicy, ReminderStep
from lmsapp.assignments.policies.queries import as_rules, courses_under, policies_for
from lmsapp.assignments.policies.rules import Moment, Policy, Step, ToWhom
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

KIND = "reminder_policy"
FIELDS = ("moment", "days", "to_whom", "channels", "mandatory", "every", "most", "hours")


def create_policy(policy: Policy, *, by: Viewer) -> ReminderPolicy:
    """A new one; nothing uses it yet. Raises RuleBroken."""
    policy = checked(policy)
    row = ReminderPolicy(name=policy.name)
    _fill(row, policy)
    record_change("created", (KIND, row.id), by=by, after=told(policy))
    return row


def save_policy(row: ReminderPolicy, policy: Policy, *, by: Viewer) -> bool:
    """Another list of steps, which holds from now on; whether anything changed. Steps are loaded. Raises RuleBroken."""
    before, policy = as_rules(row), checked(policy)
    if told(before) == told(policy):
        return False
    _fill(row, policy)
    record_change("changed", (KIND, row.id), by=by, before=told(before), after=told(policy))
    follow_policy(courses_under(row))
    return True


def delete_policy(row: ReminderPolicy, *, by: Viewer) -> None:
    """Only one that nothing uses. Steps are loaded. Raises RuleBroken."""
    before = told(as_rules(row))
    if row.is_organisation:
        raise RuleBroken(N_("This is the organisation's policy. Choose another one first."))
    try:
        with db.session.begin_nested():
            db.session.query(ReminderStep).filter_by(policy_id=row.id).delete()
            db.session.query(ReminderPolicy).filter_by(id=row.id).delete()
    except IntegrityError:
        words = N_("Courses or compliance types use this policy. Give them another one first.")
        raise RuleBroken(words) from None
    record_change("deleted", (KIND, row.id), by=by, before=before, after={})


def choose_for_organisation(row: ReminderPolicy | None, *, by: Viewer) -> None:
    """The policy of every course without one of its own; None: the one that ships."""
    present = db.session.scalar(select(ReminderPolicy).where(ReminderPolicy.is_organisation).with_for_update())
    if present is row:
        return
    named = db.session.scalars(select(CourseReminderPolicy.course_id))
    follow_policy(set(db.session.scalars(select(Course.id))) - set(named))
    for one, holds in ((present, False), (row, True)):
        if one is not None:
            db.session.execute(update(ReminderPolicy).where(ReminderPolicy.id == one.id).values(is_organisation=holds))
            action = "made the organisation's" if holds else "no longer the organisation's"
            record_change(action, (KIND, one.id), by=by, after={"name": one.name})


def choose_for_course(course: Course, row: ReminderPolicy | None, *, by: Viewer) -> None:
    """The course's own choice, whatever a compliance type says; None: back to what holds without one."""
    before = db.session.get(CourseReminderPolicy, course.id)
    if row is None and before is not None and before.because == "course":
        db.session.delete(before)
        db.session.flush()
        _note(course, "", by)
        emit(CoursePolicyReset(course.id, by))
    elif row is not None and (before is None or (before.policy_id, before.because) != (row.id, "course")):
        _place(course.id, row.id, "course")
        _note(course, row.name, by)


def place_for_type(course_id: int | None, policy_id: int | None, *, by: Viewer) -> None:
    """What a compliance type says for its training, unless the course has chosen itself. None: it says nothing more."""
    course = db.session.get(Course, course_id) if course_id else None
    before = db.session.get(CourseReminderPolicy, course_id) if course_id else None
    if course is None or (before is not None and before.because == "course"):
        return
    if (before.policy_id if before else None) == policy_id:
        return
    row = db.session.get(ReminderPolicy, policy_id) if policy_id else None
    if row is not None:
        _place(course.id, row.id, "compliance type")
    elif before is not None:
        db.session.delete(before)
        db.session.flush()
    _note(course, row.name if row else "", by)


def give_days_before(course: Course, days: Iterable[int]) -> None:
    """The course gets a policy of its own: the one it has, with these reminders to the learner before the due date."""
    present = policies_for([course.id])[course.id]
    kept = tuple(
        one for one in present.steps if not (one.moment is Moment.BEFORE_DUE and one.to_whom is ToWhom.LEARNER)
    )
    before = tuple(Step(Moment.BEFORE_DUE, one) for one in days)
    name = f"{course.title} ({course.id})"
    wanted = select(ReminderPolicy).where(ReminderPolicy.name == name)
    row = db.session.scalar(wanted) or ReminderPolicy(name=name)
    _fill(row, replace(present, name=name, steps=before + kept))
    _place(course.id, row.id, "course")


def follow_policy(course_ids: Iterable[int]) -> None:
    """Another policy holds for these courses: their open assignments are to follow it, see `reminding.looking`."""
    rows = [{"course_id": one, "after_id": 0, "asked_at": clock.now()} for one in sorted(set(course_ids))]
    if rows:
        ask = insert(LookAgain)
        fresh = {"after_id": 0, "asked_at": ask.excluded.asked_at}
        db.session.execute(ask.on_conflict_do_update(index_elements=["course_id"], set_=fresh), rows)


def told(policy: Policy) -> dict[str, Any]:
    """What the trail keeps of it: the steps in short words, 'before due 7 learner email'."""
    steps = []
    for one in policy.steps:
        amount = f"{one.hours} h" if one.moment is Moment.STALLED else str(one.days)
        again = f" every {one.every} most {one.most}" if one.every else ""
        must = " mandatory" if one.mandatory else ""
        steps.append(f"{one.moment} {amount}{again} {one.to_whom} {'+'.join(one.channels)}{must}")
    ticks = {"working_days": policy.working_days, "digest_allowed": policy.digest_allowed}
    return {"name": policy.name, "steps": steps, **ticks}


def _place(course_id: int, policy_id: int, because: str) -> None:
    fresh = {"policy_id": policy_id, "because": because, "changed_at": clock.now()}
    placed = insert(CourseReminderPolicy).values(course_id=course_id, **fresh)
    db.session.execute(placed.on_conflict_do_update(index_elements=["course_id"], set_=fresh))
    there = db.session.get(CourseReminderPolicy, course_id)
    if there is not None:
        db.session.refresh(there)
    follow_policy([course_id])


def _note(course: Course, name: str, by: Viewer) -> None:
    record_change("reminder policy chosen", ("course", course.id), by=by, after={"reminder_policy": name})
    follow_policy([course.id])


def _fill(row: ReminderPolicy, policy: Policy) -> None:
    taken = select(ReminderPolicy.id).where(ReminderPolicy.name == policy.name, ReminderPolicy.id != row.id)
    with db.session.no_autoflush:
        if db.session.scalar(taken if row.id else select(ReminderPolicy.id).where(ReminderPolicy.name == policy.name)):
            raise RuleBroken(N_("There is a policy of that name already."), field="name")
    row.name, row.working_days, row.digest_allowed = policy.name, policy.working_days, policy.digest_allowed
    row.changed_at = clock.now()
    db.session.add(row)
    db.session.flush()
    db.session.query(ReminderStep).filter_by(policy_id=row.id).delete()
    for position, step in enumerate(policy.steps):
        values = dict(zip(FIELDS, astuple(step), strict=True)) | {"channels": list(step.channels)}
        db.session.add(ReminderStep(policy_id=row.id, position=position, **values))
    db.session.flush()
    db.session.expire(row, ["steps"])
