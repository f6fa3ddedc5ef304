"""ASG-1 to ASG-8, on real PostgreSQL."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lmsapp.assignments import actions
from lmsapp.assignments.expressions import is_status, status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import assignment_for, open_assignments_of
from lmsapp.assignments.rules import AssignmentStatus, status
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as infra_clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee
from tests.cast import ZONE, Cast, make_cast
from tests.clock import Clock
from tests.courses.authors import Written

TODAY = dt.date(2026, 11, 2)  # where the clock fixture stands
DUE = TODAY + dt.timedelta(days=30)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def course(cast: Cast) -> Course:
    return Written(cast.milo.viewer, title="HIPAA Privacy Basics").publish().course


def test_assigning_brings_the_enrollment(cast: Cast, course: Course) -> None:
    """ASG-1, ASG-4: the assignment and its enrollment come together, with who, when and from where."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer, note="yearly")
    enrollment = db.session.get_one(Enrollment, one.enrollment_id)
    assert (enrollment.employee_id, enrollment.course_id) == (cast.lena.record.id, course.id)
    assert (one.assigned_by_name, one.source, one.note, one.due_on) == ("Milo Brandt", "staff", "yearly", DUE)
    assert one.due_at == infra_clock.end_of_day(DUE, ZONE)
    assert db.session.scalar(select(func.count()).where(AuditEntry.subject_kind == "assignment")) == 1


def test_a_second_active_assignment_is_refused_with_a_link(cast: Cast, course: Course) -> None:
    """ASG-3: Pending, In Progress and Overdue all count as active."""
    first = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    with pytest.raises(RuleBroken, match="already has this training") as refused:
        actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    assert refused.value.link == ("assignment", first.id)
    db.session.execute(update(TrainingAssignment).values(due_at=infra_clock.now() - dt.timedelta(days=1)))
    with pytest.raises(RuleBroken, match="already has this training"):
        actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)


def test_many_threads_make_one(own_app: Flask) -> None:
    """ASG-3: guarded by the database: eight moderators at once, one assignment and one enrollment."""
    with own_app.app_context():
        cast = make_cast()
        milo, lena = cast.milo.viewer, cast.lena.record.id
        course = Written(milo).publish().course.id
        due_on = infra_clock.today(ZONE) + dt.timedelta(days=30)
    barrier, made = threading.Barrier(8), []

    def try_it() -> None:
        with own_app.app_context():
            barrier.wait()
            with unit_of_work():
                employee, what = db.session.get_one(Employee, lena), db.session.get_one(Course, course)
                made.append(actions.assign_many([employee], what, due_on, by=milo).created)

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == 8
    assert sum(len(created) for created in made) == 1
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(TrainingAssignment)) == 1
        assert db.session.scalar(select(func.count()).select_from(Enrollment)) == 1


def test_only_published_courses_and_dates_ahead(cast: Cast, course: Course) -> None:
    """ASG-1, CRS-2: bad input is refused in words and leaves nothing behind."""
    draft = Written(cast.milo.viewer, title="Draft").course
    with pytest.raises(RuleBroken, match="not published"):
        actions.assign(cast.lena.record, draft, DUE, by=cast.milo.viewer)
    with pytest.raises(RuleBroken, match="from tomorrow on"):
        actions.assign(cast.lena.record, course, TODAY, by=cast.milo.viewer)
    assert db.session.scalar(select(func.count()).select_from(TrainingAssignment)) == 0


def test_a_moved_due_date_keeps_the_old_one(cast: Cast, course: Course) -> None:
    """ASG-6: old date, who and why stay on the trail; without a reason nothing moves."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    with pytest.raises(RuleBroken, match="Give a reason"):
        actions.change_due_date(one, DUE + dt.timedelta(days=7), by=cast.mark.viewer, reason="  ")
    actions.change_due_date(one, DUE + dt.timedelta(days=7), by=cast.mark.viewer, reason="Back on Monday")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "due date changed")).one()
    assert (entry.before, entry.after) == ({"due_on": "2026-12-02"}, {"due_on": "2026-12-09"})
    assert (entry.actor_name, entry.reason) == ("Mark Okafor", "Back on Monday")


def test_completed_ones_never_change(cast: Cast, course: Course) -> None:
    """ASG-6: completed assignments are never cancelled or moved."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    one.completed_at, one.completed_on = infra_clock.now(), TODAY
    for attempt in (
        lambda: actions.close(one, "cancelled", by=cast.milo.viewer, reason="x"),
        lambda: actions.change_due_date(one, DUE + dt.timedelta(days=1), by=cast.milo.viewer, reason="x"),
    ):
        with pytest.raises(RuleBroken, match="completed"):
            attempt()


def test_the_sql_status_says_what_the_rule_says(cast: Cast, course: Course, clock: Clock) -> None:
    """ASG-2: one dated rule for screen, filter, job and export, held against its SQL twin over a grid of dates and zones."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    done_at = infra_clock.now()
    facts = [
        (None, None, None),
        (done_at, None, None),
        (None, done_at, None),
        (None, None, "exempt"),
        (None, None, "left"),
    ]
    for zone in ("Pacific/Kiritimati", "America/Chicago", "Pacific/Pago_Pago", "Asia/Kathmandu"):
        for started, completed, closed in facts:
            one.started_at, one.completed_at, one.closed_as = started, completed, closed
            one.completed_on = completed.date() if completed else None
            one.due_at = infra_clock.end_of_day(DUE, zone)
            db.session.flush()
            for hours in range(-60, 60, 5):
                now = dt.datetime.combine(DUE, dt.time(12), tzinfo=dt.UTC) + dt.timedelta(hours=hours)
                local = now.astimezone(infra_clock.zone(zone)).date()
                said = status(
                    started=started is not None,
                    completed_on=one.completed_on,
                    closed_as=closed,
                    due_on=DUE,
                    today=local,
                )
                assert db.session.scalar(select(status_at(now))) == said.value, (zone, now, said)
                matching = [s for s in AssignmentStatus if db.session.scalar(select(is_status(s, now)))]
                assert matching == [said]


def test_who_sees_which_assignment(cast: Cast, course: Course) -> None:
    """ORG-2, SEC-4: own, own line, or by role; for everybody else it does not exist."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    seen = {name for name, person in cast.everybody.items() if assignment_for(person.viewer, one.id)}
    assert seen == {"lena", "mark", "hana", "milo", "aki", "sam"}
    assert [row.id for row in open_assignments_of(cast.lena.viewer, infra_clock.now())] == [one.id]
    assert open_assignments_of(cast.otto.viewer, infra_clock.now()) == []
