"""Many at once, open again, moving due dates, one active only (ASG-3, ASG-5, ASG-6)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from lmsapp.assignments import actions
from lmsapp.assignments.departments import assign_by_department, groups_of
from lmsapp.assignments.many import close_many, give_back_many, move_due_many, reopen_many
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.moving import How, Move
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.assignments.reopening import reopen
from lmsapp.assignments.staggering import nearest, staggered
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.people.employees.models import Department, Employee
from tests.cast import ZONE, Cast, make_cast
from tests.clock import Clock
from tests.courses.authors import Written

TODAY = dt.date(2026, 11, 2)  # a Monday, where the clock fixture stands
DUE = TODAY + dt.timedelta(days=30)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def course(cast: Cast) -> Course:
    return Written(cast.milo.viewer, title="HIPAA Privacy Basics").publish().course


def both(cast: Cast, course: Course) -> list[TrainingAssignment]:
    """One of Lena's by Milo, one of Otto's by Mark."""
    actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    actions.assign(cast.otto.record, course, DUE, by=cast.mark.viewer, source="manager")
    return list(db.session.scalars(with_all_it_names().order_by(TrainingAssignment.id)))


def test_the_database_keeps_overdue_ones_single(cast: Cast, course: Course) -> None:
    """ASG-3: the partial unique index counts what is open, overdue included; closed and completed ones make room."""
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    one.due_on, one.due_at = TODAY - dt.timedelta(days=9), product_clock.now() - dt.timedelta(days=8)
    db.session.flush()
    copy = text(
        "INSERT INTO training_assignment (employee_id, course_id, enrollment_id, due_on, due_at, assigned_by_name,"
        " assigned_at, source, note, close_reason, reminders_sent) SELECT employee_id, course_id, enrollment_id,"
        " due_on, due_at, '', now(), 'staff', '', '', 0 FROM training_assignment WHERE id = :id"
    )
    with pytest.raises(IntegrityError, match="uq_training_assignment_active"), db.session.begin_nested():
        db.session.execute(copy, {"id": one.id})
    actions.close(one, "cancelled", by=cast.milo.viewer, reason="no")
    db.session.execute(copy, {"id": one.id})


def test_many_are_closed_each_judged_by_itself(cast: Cast, course: Course) -> None:
    """ASG-6: done for whom it can be done; the completed one and what another assigned stay, with words; the trail has
    an entry for each."""
    lenas, ottos = both(cast, course)
    with pytest.raises(RuleBroken, match="Give a reason"):
        close_many([lenas], "cancelled", by=cast.milo.viewer, reason=" ")
    by_mark = close_many([lenas, ottos], "cancelled", by=cast.mark.viewer, reason="A slip")
    assert [one.id for one in by_mark.done] == [ottos.id]
    assert [str(why) for _one, why in by_mark.refused] == ["Only a moderator can close what somebody else assigned."]
    assert not close_many([lenas], "exempt", by=cast.mark.viewer, reason="x").done, "managers exempt nobody"
    lenas.completed_at, lenas.completed_on = product_clock.now(), TODAY
    by_milo = close_many([lenas, ottos], "exempt", by=cast.milo.viewer, reason="x")
    assert [str(why)[:30] for _one, why in by_milo.refused] == [
        "This training is completed; no",
        "This assignment is closed alre",
    ]
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "cancelled")) == 1


def test_what_was_closed_opens_again_where_the_rule_allows(cast: Cast, course: Course) -> None:
    """ASG-6, ASG-3: with a reason, unless another is active (with a link), the person left, or the course is done."""
    lenas, ottos = both(cast, course)
    with pytest.raises(RuleBroken, match="open already"):
        reopen(lenas, by=cast.milo.viewer, reason="x")
    close_many([lenas, ottos], "exempt", by=cast.milo.viewer, reason="Wrong list")
    undone = reopen_many([lenas, ottos], by=cast.milo.viewer, reason="It was the right list")
    assert len(undone.done) == 2
    assert (lenas.closed_as, lenas.close_reason, lenas.next_reminder_on) == (None, "", DUE - dt.timedelta(days=7))
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "reopened").order_by(AuditEntry.id)
    ).first()
    assert entry is not None
    assert (entry.before, entry.reason) == ({"closed_as": "exempt", "reason": "Wrong list"}, "It was the right list")
    close_many([lenas, ottos], "cancelled", by=cast.milo.viewer, reason="x")
    other = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    cast.otto.record.status = "left"
    refused = reopen_many([lenas, ottos], by=cast.milo.viewer, reason="x").refused
    assert refused[0][1].link == ("assignment", other.id)
    assert [str(why).split(maxsplit=2)[2] for _one, why in refused] == [
        f"already has this training: TA-{other.id:04d}.",
        "does not work here any more.",
    ]
    other.closed_as = "left"
    db.session.flush()
    other = db.session.scalars(with_all_it_names().where(TrainingAssignment.id == other.id)).one()
    with pytest.raises(RuleBroken, match="not a person who closed"):
        reopen(other, by=cast.milo.viewer, reason="x")


def test_due_dates_move_together_and_back(cast: Cast, course: Course) -> None:
    """ASG-6: by days, by working days, to a day; old date, who and why on the trail; a date gone by is refused."""
    pair = both(cast, course)
    moved = move_due_many(pair, Move(How.WORKING_DAYS, days=3), by=cast.milo.viewer, reason="Fair")
    assert {one.due_on for one in moved.done} == {DUE + dt.timedelta(days=5)}, "Wed 2 Dec, a weekend between"
    assert set(moved.before.values()) == {DUE}
    assert not give_back_many(pair, by=cast.mark.viewer, reason="x").done, "what another moved"
    back = give_back_many(pair, by=cast.milo.viewer, reason="No fair")
    assert {one.due_on for one in back.done} == {DUE}
    earlier = move_due_many(pair, Move(How.DAYS, days=-40), by=cast.milo.viewer, reason="x")
    assert {str(why) for _one, why in earlier.refused} == {"Choose a due date from tomorrow on."}
    for nothing in (Move(How.DAYS), Move(How.TO_DAY), Move(How.DAYS, days=5000)):
        with pytest.raises(RuleBroken):
            move_due_many(pair, nothing, by=cast.milo.viewer, reason="x")
    kept = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "due date changed")).all()
    assert len(kept) == 4
    late = pair[0]
    late.due_on, late.due_at = TODAY - dt.timedelta(days=5), product_clock.now() - dt.timedelta(days=4)
    move_due_many([late], Move(How.TO_DAY, day=DUE), by=cast.milo.viewer, reason="x")
    assert give_back_many([late], by=cast.milo.viewer, reason="x").done[0].due_on == TODAY - dt.timedelta(days=5)
    assert {one.actor_name for one in kept} == {"Milo Brandt"}


@given(st.dates(dt.date(2026, 1, 1), dt.date(2029, 1, 1)), st.integers(0, 30), st.integers(1, 12))
def test_staggered_days_are_working_days_apart(first: dt.date, between: int, count: int) -> None:
    """ASG-5: the first as asked, each next one so many working days later, never a weekend or holiday."""
    free = {first + dt.timedelta(days=n) for n in (3, 9, 10)}
    days = staggered(first, between, count, free)
    assert (days[0], len(days)) == (first, count)
    for earlier, later in zip(days, days[1:], strict=False):
        between_them = [earlier + dt.timedelta(days=n) for n in range(1, (later - earlier).days + 1)]
        working = [day for day in between_them if day.weekday() < 5 and day not in free]
        assert len(working) == between
        assert not between or working[-1] == later


def test_departments_are_due_one_after_the_other(cast: Cast, course: Course) -> None:
    """ASG-5: each department by its day, those below with it unless they are chosen themselves, everybody once."""
    cardiology = db.session.get_one(Department, cast.lena.record.department_id)
    facilities = db.session.get_one(Department, cast.otto.record.department_id)
    ward = Department(name="Ward 3", parent_id=cardiology.id)
    db.session.add(ward)
    db.session.flush()
    cast.lena.record.department_id = ward.id
    db.session.flush()
    assert nearest({3: [1, 2, 3], 2: [1, 2], 9: [9]}, [1, 3]) == {3: 3, 2: 1}
    groups = groups_of([cardiology.id, facilities.id], (), course.id)
    assert [(one.name, [p.name for p in one.people]) for one in groups] == [
        ("Cardiology", ["Lena Fischer", "Mark Okafor"]),
        ("Facilities", ["Otto Nobody"]),
    ]
    apart = groups_of([cardiology.id, facilities.id, ward.id], ("RN", "Technician"), course.id)
    assert [one.name for one in apart] == ["Cardiology / Ward 3", "Facilities"]
    due = {one.department_id: DUE + dt.timedelta(days=7 * n) for n, one in enumerate(apart)}
    result = assign_by_department(apart, course, due, by=cast.milo.viewer)
    assert len(result.created) == 2
    made = {one.employee_id: one.due_on for one in db.session.scalars(select(TrainingAssignment))}
    assert made == {cast.lena.record.id: DUE, cast.otto.record.id: DUE + dt.timedelta(days=7)}
    assert groups_of([ward.id], (), course.id)[0].already == 1
    assert not assign_by_department(apart, course, due, by=cast.milo.viewer).created, "again changes nothing"


def test_opening_again_and_assigning_race(own_app: Flask) -> None:
    """ASG-3: four undo a cancellation while four assign anew: one active assignment, and nobody gets an error page."""
    with own_app.app_context():
        cast = make_cast()
        milo, lena = cast.milo.viewer, cast.lena.record.id
        course = Written(milo).publish().course
        due_on = product_clock.today(ZONE) + dt.timedelta(days=30)
        first = actions.assign(cast.lena.record, course, due_on, by=milo)
        actions.close(first, "cancelled", by=milo, reason="x")
        first_id, course_id = first.id, course.id
        db.session.commit()
    barrier, said = threading.Barrier(8), []

    def try_it(again: bool) -> None:
        with own_app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    if again:
                        found = with_all_it_names().where(TrainingAssignment.id == first_id)
                        reopen(db.session.scalars(found).one(), by=milo, reason="undone")
                    else:
                        person, what = db.session.get_one(Employee, lena), db.session.get_one(Course, course_id)
                        actions.assign(person, what, due_on, by=milo)
                said.append("done")
            except RuleBroken:
                said.append("refused")

    threads = [threading.Thread(target=try_it, args=(n % 2 == 0,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(said) == 8, "no thread died of anything else"
    with own_app.app_context():
        open_ones = (TrainingAssignment.closed_as.is_(None), TrainingAssignment.completed_at.is_(None))
        assert db.session.scalar(select(func.count()).where(*open_ones)) == 1
