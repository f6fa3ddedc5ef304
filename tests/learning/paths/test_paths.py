"""People on paths: what is locked, what opens when, what completes (CRS-4)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.paths import assign_path_many
from lmsapp.courses.catalogue.actions import retire
from lmsapp.courses.paths.actions import add_item, edit_item, publish_path, remove_item, retire_path
from lmsapp.courses.paths.models import PathItem
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.actions import enroll, mark_lesson_done
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import study_view
from lmsapp.learning.paths.actions import enroll_in_path, enroll_many_in_path, withdraw_from_path
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.people import counts_of, people_of
from lmsapp.learning.paths.preview import preview_of
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.actions import leave
from lmsapp.people.employees.models import Employee
from tests.clock import Clock
from tests.learning.paths.scene import Sales, complete, course, enrollment_of, make_path

DUE = dt.date(2026, 12, 4)


@pytest.fixture
def sales(clock: Clock) -> Sales:
    return Sales()


def records(path_id: int) -> list[CompletionRecord]:
    return list(db.session.scalars(select(CompletionRecord).where(CompletionRecord.subject_kind == "path")))


def test_the_second_story(sales: Sales) -> None:
    """CRS-4, story 2: both demos are locked until both basics are Completed; then they open in that very
    transaction; the last one completes the path, and its record says what was asked."""
    lena, milo = sales.cast.lena, sales.cast.milo.viewer
    row = enroll_in_path(lena.record, sales.path, by=milo, due_on=DUE)
    assert sales.locks(lena) == [False, False, True, True]
    lock = enrollment_of(lena, sales.courses[2]).locks[0]
    assert [title for _id, title in lock["waits_for"]] == ["Core Product Features", "Competitive Positioning"]
    assert lock["paths"][0]["id"] == sales.path.id and lock["paths"][0]["count"] == 2

    sales.complete(lena, 0)
    assert sales.locks(lena) == [False, False, True, True]
    assert enrollment_of(lena, sales.courses[3]).locks[0]["waits_for"] == [
        [sales.courses[1].id, "Competitive Positioning"]
    ]
    sales.complete(lena, 1)
    assert sales.locks(lena) == [False] * 4
    assert (db.session.get_one(PathEnrollment, row.id).progress, records(sales.path.id)) == (50, [])

    sales.complete(lena, 3, 2)
    done = db.session.get_one(PathEnrollment, row.id)
    assert (done.progress, done.version, done.due_on) == (100, 1, DUE) and done.completed_at is not None
    (record,) = records(sales.path.id)
    assert (record.id, record.subject_id, record.title) == (done.record_id, sales.path.id, "Sales Readiness")
    assert (record.content_version, record.content_sha256) == (1, sales.path.sha256)
    assert [(one["title"], one["met"], one["completed_on"]) for one in record.criteria][2:] == [
        ("Product Demo Skills", True, "2026-11-02"),
        ("Live Demo Certification", True, "2026-11-02"),
    ]
    sales.complete(lena, 2)
    assert len(records(sales.path.id)) == 1


def test_what_was_begun_or_done_before(sales: Sales) -> None:
    """CRS-4: a course begun or completed outside the path is not locked again, and what is completed counts; somebody
    who has it all completes the path by being put on it; a second time answers with the first."""
    lena, mark, milo = sales.cast.lena, sales.cast.mark, sales.cast.milo.viewer
    for who in (lena, mark):
        for one in sales.courses:
            enroll(who.record, one, source="self", by=who.viewer)
    enrollment_of(lena, sales.courses[2]).started_at = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    db.session.commit()
    row = enroll_in_path(lena.record, sales.path, by=milo)
    assert sales.locks(lena) == [False, False, False, True]
    sales.complete(mark, 0, 1, 2, 3)
    assert enroll_in_path(mark.record, sales.path, by=milo).completed_at is not None
    assert enroll_in_path(lena.record, sales.path, by=milo).id == row.id
    assert db.session.query(PathEnrollment).count() == 2
    # Outside of every path nothing is locked.
    assert not enroll(sales.cast.otto.record, sales.courses[3], source="self", by=None).locks


def test_two_paths_lock_one_course(sales: Sales) -> None:
    """CRS-4: a course is open only when none of the paths locks it; leaving one leaves the other's lock."""
    lena, milo = sales.cast.lena, sales.cast.milo.viewer
    extra = course("Handbook", milo)
    other, items = make_path([extra, sales.courses[3]], milo, title="Certified")
    edit_item(items[1], by=milo, role="required", section="", needs=[items[0].id], needed=None)
    publish_path(other, by=milo)
    first = enroll_in_path(lena.record, sales.path, by=milo)
    second = enroll_in_path(lena.record, other, by=milo)
    (lock,) = enrollment_of(lena, sales.courses[3]).locks
    assert [one["title"] for one in lock["paths"]] == ["Sales Readiness", "Certified"]
    assert [title for _id, title in lock["waits_for"]] == [
        "Core Product Features",
        "Competitive Positioning",
        "Handbook",
    ]
    sales.complete(lena, 0, 1)
    assert sales.locks(lena) == [False, False, False, True]
    with pytest.raises(RuleBroken, match="Give a reason"):
        withdraw_from_path(second, by=milo, reason=" ")
    withdraw_from_path(second, by=milo, reason="Moved to support")
    assert sales.locks(lena) == [False] * 4
    # What came with it and was not begun went with it; what the other path asks stayed.
    assert db.session.scalars(select(Enrollment.withdrawn_at).where(Enrollment.course_id == extra.id)).one()
    assert enrollment_of(lena, sales.courses[3]).withdrawn_at is None
    assert db.session.get_one(PathEnrollment, first.id).progress == 50
    # Back on it: locked again, as it was not begun.
    enroll_in_path(lena.record, other, by=milo)
    assert sales.locks(lena) == [False, False, False, True] and enrollment_of(lena, extra).withdrawn_at is None


def test_a_change_is_shown_before_it_reaches_anybody(sales: Sales) -> None:
    """CRS-4: the draft changes nobody; the preview says whose progress and locks would; publishing does it in one
    transaction, and completes who has everything now. Versions and their records stand."""
    lena, mark, otto = sales.cast.lena, sales.cast.mark, sales.cast.otto
    by = sales.cast.carla.viewer
    for who in (lena, mark, otto):
        enroll_in_path(who.record, sales.path, by=by)
    sales.complete(mark, 0, 1, 2)
    sales.complete(lena, 0)
    item = db.session.get_one(PathItem, sales.items[3].id)
    edit_item(item, by=by, role="optional", section="", needs=[sales.items[0].id], needed=None)
    assert sales.locks(lena) == [False, False, True, True]
    shown = preview_of(sales.path)
    assert (shown.people, shown.completing) == (3, 1)
    by_name = {one.name: one for one in shown.changes}
    assert (by_name["Mark Okafor"].before, by_name["Mark Okafor"].after, by_name["Mark Okafor"].completes) == (
        75,
        100,
        True,
    )
    assert by_name["Lena Fischer"].opens == ("Live Demo Certification",)
    assert (by_name["Lena Fischer"].before, by_name["Lena Fischer"].after) == (25, 33)
    assert "Otto Nobody" not in by_name

    publish_path(sales.path, by=by)
    assert publish_path(sales.path, by=by) is None
    assert sales.locks(lena) == [False, False, True, False]
    rows = {one.employee_id: one for one in db.session.query(PathEnrollment)}
    assert (rows[mark.record.id].version, rows[lena.record.id].progress) == (2, 33)
    (record,) = records(sales.path.id)
    assert (record.content_version, record.employee_id) == (2, mark.record.id)
    # A course that is new: everybody who is not done gets it; who is done keeps the record.
    extra = add_item(sales.path, course("Pricing", by), by=by)
    remove_item(db.session.get_one(PathItem, sales.items[0].id), by=by)
    publish_path(sales.path, by=by)
    assert {one.employee_id for one in db.session.query(Enrollment).filter_by(course_id=extra.course_id)} == {
        lena.record.id,
        otto.record.id,
    }
    assert sales.locks(otto) == [False, False, True, False]
    actions = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "path")))
    assert actions >= {"path created", "course added to path", "course taken out of path", "path published"}


def test_retired_courses_and_paths(sales: Sales) -> None:
    """CRS-2, CRS-4: a retired course is asked of who is in it and of nobody else; a retired path takes nobody new."""
    lena, mark, by = sales.cast.lena, sales.cast.mark, sales.cast.milo.viewer
    enroll_in_path(lena.record, sales.path, by=by)
    retire(sales.courses[1], by)
    enroll_in_path(mark.record, sales.path, by=by)
    for who in (lena, mark):
        sales.complete(who, 0)
    assert sales.locks(lena) == [False, False, True, True]
    assert [bool(enrollment_of(mark, sales.courses[n]).locks) for n in (2, 3)] == [False, False]
    sales.complete(mark, 2, 3)
    (record,) = records(sales.path.id)
    assert "Competitive Positioning" not in {one["title"] for one in record.criteria}
    retire_path(sales.path, by=by, reason="New path in spring")
    with pytest.raises(RuleBroken, match="not published"):
        enroll_in_path(sales.cast.otto.record, sales.path, by=by)
    sales.complete(lena, 1, 2, 3)
    assert len(records(sales.path.id)) == 2
    # Who left stays counted with what they completed.
    leave(lena.record, dt.date(2026, 11, 2), sales.cast.hana.viewer)
    assert counts_of([sales.path.id]) == {sales.path.id: (2, 2)}


def test_a_completion_counts_while_it_is_valid(sales: Sales, clock: Clock) -> None:
    """CRS-6, CRS-4: the credential lasts to the first expiry; what is expired is asked for again before the path
    completes."""
    lena, by = sales.cast.lena, sales.cast.milo.viewer
    short, long = course("Short", by, validity_months=1), course("Long", by, validity_months=12)
    path, items = make_path([short, long], by, title="Yearly")
    edit_item(items[1], by=by, role="required", section="", needs=[items[0].id], needed=None)
    publish_path(path, by=by)
    row = enroll_in_path(lena.record, path, by=by)
    complete(lena, short)
    enrollment_of(lena, short).valid_until = dt.date(2026, 12, 2)
    db.session.commit()
    clock.set(dt.datetime(2026, 12, 20, 12, tzinfo=dt.UTC))
    complete(lena, long)
    assert db.session.get_one(PathEnrollment, row.id).completed_at is None
    enrollment_of(lena, short).valid_until = dt.date(2027, 1, 31)
    db.session.commit()
    enroll_in_path(lena.record, path, by=by)
    assert db.session.get_one(PathEnrollment, row.id).progress == 100
    assert [one.valid_until for one in people_of(by, path.id).people] == [dt.date(2027, 1, 31)]


def test_assigning_a_path(sales: Sales) -> None:
    """ASG-1, ASG-3, ASG-4: one date for the path and each required course, one letter a person; who has one of the
    courses assigned keeps that; nothing is doubled; taking somebody off ends what came with it."""
    lena, mark, by = sales.cast.lena, sales.cast.mark, sales.cast.milo.viewer
    edit_item(sales.items[3], by=by, role="optional", section="", needs=[], needed=None)
    publish_path(sales.path, by=by)
    enroll(mark.record, sales.courses[0], source="self", by=None)
    complete(mark, sales.courses[0])
    given = assign_path_many([lena.record, mark.record], sales.path, DUE, by=by, note="For the fair")
    assert (set(given.created), given.already, given.assignments) == ({lena.record.id, mark.record.id}, (), 5)
    made = db.session.query(TrainingAssignment).all()
    assert {(one.path_id, one.due_on) for one in made} == {(sales.path.id, DUE)}
    again = assign_path_many([lena.record], sales.path, dt.date(2027, 1, 8), by=by)
    assert (again.created, again.already, again.assignments) == ((), (lena.record.id,), 0)
    letters = db.session.query(Notice).filter_by(channel="email", template="path_assigned").all()
    assert {(one.to_name, one.link) for one in letters} == {
        (name, f"/learn/paths/{sales.path.id}") for name in ("Lena Fischer", "Mark Okafor")
    }
    assert (
        "For the fair" in letters[0].body_text
        and not db.session.query(Notice).filter_by(template="training_assigned").count()
    )
    with pytest.raises(RuleBroken, match="from tomorrow on"):
        assign_path_many([sales.cast.otto.record], sales.path, dt.date(2026, 11, 2), by=by)
    row = db.session.query(PathEnrollment).filter_by(employee_id=lena.record.id).one()
    withdraw_from_path(row, by=by, reason="Changed teams")
    left = {one.closed_as for one in db.session.query(TrainingAssignment).filter_by(employee_id=lena.record.id)}
    assert left == {"cancelled"}


def test_many_cost_as_many_statements_as_few(sales: Sales, statements: list[str]) -> None:
    """CRS-4: putting 2 or 20 people on a path, and listing them, costs the same number of statements."""
    by, costs = sales.cast.milo.viewer, []
    for size in (1, 2, 20):  # the first reads versions that are kept from then on
        hired = [
            Employee(number=f"P-{size}-{n}", name=f"P {n}", sort_name=f"p {n}", time_zone="UTC") for n in range(size)
        ]
        db.session.add_all(hired)
        db.session.commit()
        hired = list(db.session.scalars(select(Employee).where(Employee.number.startswith(f"P-{size}-"))))
        len(sales.path.title)  # read again after the commit
        statements.clear()
        enroll_many_in_path(hired, sales.path, by=by)
        db.session.commit()
        put = len(statements)
        statements.clear()
        assert len(people_of(by, sales.path.id).people) == {1: 1, 2: 3, 20: 23}[size]
        costs.append((put, len(statements)))
    assert costs[1] == costs[2]


def test_two_last_courses_at_the_same_instant(own_app: Flask, clock: Clock) -> None:
    """CRS-4: both basics finished in two browsers at once: whoever is second sees the first, and everything opens."""
    with own_app.app_context():
        sales = Sales()
        lena, path_id = sales.cast.lena, sales.path.id
        enroll_in_path(lena.record, sales.path, by=sales.cast.milo.viewer)
        db.session.commit()
        viewer, courses = lena.viewer, [one.id for one in sales.courses]
        db.session.remove()
    together = Barrier(2)

    def finish(course_id: int) -> None:
        with own_app.app_context(), unit_of_work():
            view = study_view(viewer, course_id)
            assert view is not None
            together.wait(10)
            mark_lesson_done(view.enrollment, view.lessons[0].line, by=viewer)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(finish, courses[:2]))
    with own_app.app_context():
        assert not db.session.scalars(select(Enrollment.id).where(Enrollment.locks != [])).all()
        (row,) = db.session.scalars(select(PathEnrollment).where(PathEnrollment.path_id == path_id))
        assert row.progress == 50
