"""Foresight against the daily job, day by day for 30 days; counts, people and what it costs (REM-8)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import select

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.foresight.queries import coming_to, foresee, next_of, told_on
from lmsapp.assignments.foresight.shapes import Wanted
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.models import CourseReminderPolicy, ReminderPolicy, ReminderStep
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.assignments.reminders import remind_due
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.viewer import Viewer
from tests.cast import Cast, employee, make_cast
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import Written

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 2)
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


def scene(clock: Clock) -> tuple[Cast, list[Course]]:
    """Two courses, one by working days; due from next week to beyond the calendar; a renewal; a pause; two zones."""
    clock.set(dt.datetime(2026, 11, 2, 19, tzinfo=dt.UTC))
    cast = make_cast()
    courses = [Written(cast.milo.viewer, title=title).publish().course for title in ("Fire safety", "Hygiene")]
    policy(courses[0])
    policy(courses[1], working_days=True)
    people = [cast.lena.record, cast.mark.record, cast.otto.record]
    cast.otto.record.time_zone = "Europe/Madrid"
    for course, first in zip(courses, (4, 12), strict=True):
        due = {one.id: TODAY + (first + 9 * n) * DAY for n, one in enumerate(people)}
        assign_many(people[:2], course, due, by=cast.milo.viewer)
        assign_many(people[2:], course, due, by=None, source="renewal")
    db.session.commit()
    return cast, courses


def run_job(clock: Clock) -> set[Said]:
    """The job of one day, and what it wrote about assignments."""
    known = set(db.session.scalars(select(Notice.id)))
    while remind_due():
        pass
    db.session.commit()
    rows = db.session.scalars(select(Notice).where(Notice.about_kind == "assignment", Notice.id.not_in(known)))
    day = clock.instant.date()
    return {(day, row.about_id or 0, row.reason.get("to_whom", "learner"), row.channel) for row in rows}


def foreseen(viewer: Viewer, day: dt.date) -> set[Said]:
    rows, total = told_on(viewer, Wanted(), day, TODAY)
    assert len(rows) == total
    return {
        (day, due.row.id, one.turn.step.to_whom.value, channel)
        for due in rows
        for one in due.coming
        for channel in one.turn.step.channels
    }


def test_it_foresees_what_the_job_sends(app: Flask, clock: Clock, rings: list[Ring]) -> None:
    """REM-8: for each of 30 days the same assignments, readers and channels; the counts are theirs too."""
    cast, courses = scene(clock)
    milo = cast.milo.viewer
    whole = foresee(milo, Wanted(), TODAY)
    days = [TODAY + n * DAY for n in range(30)]
    said = {day: foreseen(milo, day) for day in days}
    mails = foresee(milo, Wanted(channel="email"), TODAY)
    own = coming_to(milo, cast.lena.record.id, TODAY)
    sent: set[Said] = set()
    for day in days:
        told = run_job(clock)
        assert told == said[day], day
        sent |= told
        assert foreseen(milo, day) == set() or day != TODAY, "what was told today is not to come any more"
        clock.move(days=1)
    assert len(sent) > 20
    assert {one[2] for one in sent} == {"learner", "manager"}
    by_day = {
        day: Counter((one.to_whom, one.channel) for one in counter.elements()) for day, counter in whole.days.items()
    }
    assert by_day == {
        day: Counter((to_whom, channel) for _day, _id, to_whom, channel in told) for day, told in said.items() if told
    }
    assert mails.whole == len([one for one in sent if one[3] == "email"])
    lena = {row.id for row in db.session.scalars(select(TrainingAssignment).filter_by(employee_id=cast.lena.record.id))}
    assert {(due.coming[0].day, due.row.id) for due in own} == {
        (day, one) for day, one, _who, _way in sent if one in lena
    }
    assert courses


def test_whose_it_is_and_what_rests(app: Flask, clock: Clock, statements: Statements) -> None:
    """REM-8: by course, person, line; nothing in a pause; missed days come today; as many statements for many people."""
    cast, courses = scene(clock)
    milo = cast.milo.viewer
    all_of_it = foresee(milo, Wanted(), TODAY).whole
    parts = [foresee(milo, Wanted(course_id=course.id), TODAY).whole for course in courses]
    assert sum(parts) == all_of_it > 0
    assert foresee(cast.otto.viewer, Wanted(), TODAY).whole < all_of_it
    assert foresee(cast.mark.viewer, Wanted(), TODAY).whole < all_of_it
    assert coming_to(cast.otto.viewer, cast.lena.record.id, TODAY) == []

    one = db.session.scalars(
        with_all_it_names().where(TrainingAssignment.employee_id == cast.lena.record.id).order_by(TrainingAssignment.id)
    ).first()
    assert one is not None
    first = next_of(one)[0]
    assert first.day == min(due.coming[0].day for due in coming_to(milo, cast.lena.record.id, TODAY))
    clock.set(dt.datetime.combine(first.day + 2 * DAY, dt.time(19), dt.UTC))
    assert next_of(one)[0].day == first.day + 2 * DAY, "a missed day is caught up when the job runs again"
    one.enrollment.paused_until = TODAY + 20 * DAY
    db.session.flush()
    assert next_of(one) == ()
    assert foresee(milo, Wanted(course_id=one.course_id), TODAY).resting == 1

    statements.clear()
    foresee(milo, Wanted(), TODAY)
    few = len(statements)
    many = [employee(f"P{n} Person", f"P-{n}", department="Ward", job_role="RN").record for n in range(12)]
    assign_many(many, courses[1], dt.date(2026, 11, 28), by=milo)
    db.session.commit()
    statements.clear()
    foresee(milo, Wanted(), TODAY)
    assert len(statements) == few
