"""Completion by department says what the rows say, kept or not, whatever was done and whenever it is asked (REP-1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.completion import ReportFilters, completion_rows
from lmsapp.insight.completion_summary import DepartmentResult, summary
from lmsapp.insight.figures.actions import (
    check_figures,
    forget_figures,
    keep_enrolled,
    keep_enrolled_ahead,
    keep_figures,
    wrong_figures,
)
from lmsapp.insight.figures.models import EnrolledFigures, FiguresTouched
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.marked import only_marks
from tests.insight.team_scene import Scene

FARAWAY = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Havana", "Asia/Kolkata", "UTC")
DAYS = (-400, -2, -1, 0, 1, 2, 3, 30)
Counted = dict[tuple[int | None, str], tuple[Any, ...]]


class Hall:
    """A scene of people who are in the midst of everything the report tells apart, and what may happen to them."""

    def __init__(self, seed: int) -> None:
        self.scene = Scene(Random(seed), people=9)
        self.some, self.cast = self.scene.random, self.scene.cast
        for person in self.scene.employees:
            person.time_zone = self.some.choice(FARAWAY)
        for one in db.session.scalars(select(Enrollment).order_by(Enrollment.id)):
            for name, value in {**self._lived(), **self._lived()}.items():
                setattr(one, name, value)
            if one.completed_at and self.some.random() < 0.7:
                self.record(one)
        for assignment in {one.enrollment_id: one for one in self.scene.assignments}.values():  # the latest of each
            if not assignment.completed_at and self.some.random() < 0.5:
                assignment.closed_as, assignment.due_on = (
                    None,
                    self.now.date() + dt.timedelta(days=self.some.randint(-2, 2)),
                )
                assignment.due_at = product_clock.end_of_day(assignment.due_on, self.some.choice(FARAWAY))
        db.session.flush()

    @property
    def now(self) -> dt.datetime:
        return product_clock.now()

    def day(self) -> dt.date:
        return self.now.date() + dt.timedelta(days=self.some.choice(DAYS))

    def _lived(self) -> dict[str, Any]:
        """Something that happens to an enrollment."""
        some, then = self.some, self.now - dt.timedelta(days=self.some.choice((0, 3, 90)))
        return some.choice(
            (
                {"completed_at": then, "valid_until": self.day()},
                {"completed_at": then, "valid_until": self.day(), "renewal_from": self.day()},
                {"completed_at": None, "valid_until": None, "renewal_from": None},
                {"completed_at": None},
                {"renewal_from": some.choice((None, self.day()))},
                {"valid_until": some.choice((None, self.day()))},
                {"withdrawn_at": some.choice((None, None, then))},
                {"exempted_at": some.choice((None, None, then))},
                {"failed_at": some.choice((None, then))},
                {"started_at": then},
                {"started_at": None},
                {"best_score": some.choice((None, 0, 33, 100))},
            )
        )

    def record(self, one: Enrollment, **more: Any) -> None:
        """`score` as a player reports it: with decimals, and negative ones."""
        values = {
            "employee_id": one.employee_id, "employee_number": "", "employee_name": "", "job_role": "", "department": "",
            "subject_kind": "course", "subject_id": one.course_id, "title": "", "content_version": 1, "content_sha256": "0" * 64,
            "rule_version": 1, "criteria": [], "attempt": 1, "occurred_at": self.now, "local_time": "", "time_zone": "UTC",
            "actor_name": "", "how": self.some.choice(("rule", "by hand")),
            "score": self.some.choice((None, Decimal("0.01"), Decimal("66.67"), Decimal("100.00"), Decimal("-12.50"), Decimal("999.99"))),
        }  # fmt: skip
        db.session.add(CompletionRecord(**values | more))
        db.session.flush()

    def act(self) -> str:
        some = self.some
        act = some.choice(
            ("enrollment",) * 4 + ("assignment",) * 3 + ("again", "record", "take back", "erase", "person", "enroll",
             "course", "unassign", "sweep"))  # fmt: skip
        getattr(self, f"_{act.replace(' ', '_')}")()
        db.session.flush()
        db.session.expire_all()
        return str(act)

    def _any(self, model: Any) -> Any:
        return self.some.choice(list(db.session.scalars(select(model.id).order_by(model.id))))

    def _enrollment(self) -> None:
        whose = Enrollment.id == self._any(Enrollment)
        if self.some.random() < 0.1:
            whose = Enrollment.course_id == self.some.choice(self.scene.courses).id
        db.session.execute(update(Enrollment).where(whose).values(**self._lived()))

    def _assignment(self) -> None:
        day, zone = self.day(), self.some.choice(FARAWAY)
        done = {"completed_at": self.now, "completed_on": self.now.date(), "closed_as": None}
        closed = {"completed_at": None, "completed_on": None, "closed_as": self.some.choice(("cancelled", "exempt"))}
        due = {"due_on": day, "due_at": product_clock.end_of_day(day, zone)}
        one = db.session.get_one(TrainingAssignment, self._any(TrainingAssignment))
        taken = select(TrainingAssignment.id).where(
            TrainingAssignment.enrollment_id == one.enrollment_id, TrainingAssignment.completed_at.is_(None),
            TrainingAssignment.closed_as.is_(None),
        )  # fmt: skip
        again = {"completed_at": None, "completed_on": None, "closed_as": None}
        value = self.some.choice(
            (done, closed, due, due, due if db.session.scalars(taken).first() else {**again, **due})
        )
        db.session.execute(update(TrainingAssignment).where(TrainingAssignment.id == one.id).values(**value))

    def _again(self) -> None:
        self.scene.assigned_again(db.session.get_one(TrainingAssignment, self._any(TrainingAssignment)))

    def _unassign(self) -> None:
        db.session.execute(delete(TrainingAssignment).where(TrainingAssignment.id == self._any(TrainingAssignment)))

    def _record(self) -> None:
        self.record(db.session.get_one(Enrollment, self._any(Enrollment)))

    def _take_back(self) -> None:
        found = db.session.scalars(select(CompletionRecord.id).order_by(CompletionRecord.id)).all()
        one = db.session.get_one(CompletionRecord, self.some.choice(found))
        whose = Enrollment.employee_id == one.employee_id, Enrollment.course_id == one.subject_id
        enrollment = db.session.scalars(select(Enrollment).where(*whose)).first()
        if enrollment:
            self.record(enrollment, how="taken back", score=None, supersedes_id=one.id)

    def _erase(self) -> None:
        one = CompletionRecord.id == self._any(CompletionRecord)
        db.session.execute(update(CompletionRecord).where(one).values(employee_id=None))

    def _person(self) -> None:
        one = db.session.get_one(Employee, self.some.choice(self.scene.employees).id)
        one.department_id = self.some.choice((None, *(ward.id for ward in self.scene.departments)))
        one.time_zone = self.some.choice(FARAWAY)
        one.status = self.some.choice(("active", "active", "left"))

    def _enroll(self) -> None:
        """In a course that nobody ever took before."""
        course = Course(slug=f"new{self._number(Course)}", title="New", status="published")
        db.session.add(course)
        db.session.flush()
        person = self.some.choice(self.scene.employees)
        db.session.add(Enrollment(employee_id=person.id, course_id=course.id, **self._lived()))

    def _course(self) -> None:
        """Somebody's training becomes somebody else's, or of another course, as where people are merged."""
        free = select(Enrollment.id).where(~select(TrainingAssignment.id).where(
            TrainingAssignment.enrollment_id == Enrollment.id).exists())  # fmt: skip
        for id_ in db.session.scalars(free.order_by(Enrollment.id).limit(1)).all():
            course = Course(slug=f"other{self._number(Course)}", title="Other", status="published")
            db.session.add(course)
            db.session.flush()
            values = {"employee_id": self.some.choice(self.scene.employees).id, "course_id": course.id}
            db.session.execute(update(Enrollment).where(Enrollment.id == id_).values(**values))

    def _sweep(self) -> None:
        self.some.choice((keep_figures, keep_enrolled))()

    def _around(self) -> dt.date:
        """A day beside those on which something was completed."""
        return self.now.date() + dt.timedelta(days=self.some.choice((-9000, -91, -90, -89, -4, -3, -2, -1, 0, 1)))

    def _number(self, model: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(model)) or 0

    def asked(self) -> tuple[Viewer, bool, ReportFilters]:
        some = self.some
        courses = list(db.session.scalars(select(Course.id).order_by(Course.id)))
        filters = ReportFilters(
            courses=tuple(some.sample(courses, some.choice((1, 1, 2, len(courses))))) if some.random() < 0.6 else (),
            departments=some.choice(((), (), (self.scene.departments[1].id,))),
            alone=some.random() < 0.3,
            roles=some.choice(((), (), ("RN",))),
            locations=some.choice(((), (), ("North",))),
            left=some.random() < 0.4,
            dates=some.choice(("completed", "completed", "due", "assigned")),
            since=self._around() if some.random() < 0.3 else None,
            until=self._around() if some.random() < 0.2 else None,
        )
        viewer, line = some.choice(
            ((self.cast.mark.viewer, True), (self.cast.hana.viewer, False), (self.cast.mark.viewer, False))
        )
        return viewer, line, filters


def counted(asked: tuple[Viewer, bool, ReportFilters], now: dt.datetime) -> Counted:
    """Row by row, in Python."""
    viewer, line_only, filters = asked
    rows = defaultdict(list)
    whenever = replace(filters, since=None, until=None)
    for row in db.session.execute(completion_rows(viewer, whenever, now, line_only=line_only)).mappings():
        day = row[f"{filters.dates}_on"]
        if filters.since and (day is None or day < filters.since):
            continue
        if filters.until and (day is None or day > filters.until):
            continue
        rows[row["department_id"], row["department"] or ""].append(row)
        rows[None, "everybody"].append(row)
    found = {}
    for place, mine in rows.items():
        status = Counter(row["status"] for row in mine)
        scores = [Fraction(Decimal(row["score"])) for row in mine if row["score"] is not None]
        found[place] = (
            len({row["employee_id"] for row in mine}), len(mine), status["Completed"] + status["Renewal Required"],
            status["In Progress"], status["Not Started"], status["Overdue"], status["Renewal Required"], status["Expired"],
            status["Failed"], len(mine) - status["Exempt"] - status["Withdrawn"],
            sum(bool(row["by_hand"]) for row in mine), float(sum(scores) / len(scores)) if scores else None,
        )  # fmt: skip
    return found


def said(asked: tuple[Viewer, bool, ReportFilters], now: dt.datetime) -> Counted:
    """By the page."""
    viewer, line_only, filters = asked
    found = summary(viewer, filters, now, line_only=line_only)
    whole = {(None, "everybody"): _line(found.total)} if found.total else {}
    return {(one.department_id, one.department): _line(one) for one in found.departments} | whole


def _line(one: DepartmentResult) -> tuple[Any, ...]:
    return (one.people, one.enrolled, one.completed, one.in_progress, one.not_started, one.overdue, one.renewal_required,
            one.expired, one.failed, one.asked, one.by_hand, one.score)  # fmt: skip


def everybody() -> list[int]:
    return list(db.session.scalars(select(Employee.id)))


def sweep() -> None:
    """As the clock does it."""
    while keep_enrolled():
        pass
    while keep_figures():
        pass


@pytest.mark.owner
@pytest.mark.parametrize("seed", [1, 2])
def test_the_page_and_the_rows(clock: Clock, seed: int) -> None:
    """REP-1, SCA-1: after anything that may happen to training, records and people, swept or not, with any filters, the
    page counts what is counted row by row; and what is kept and holds is right."""
    hall = Hall(seed)
    only_marks()
    done: list[str] = []
    for number in range(60):
        if number == 5:
            sweep()
        done.append(hall.act())
        asked = hall.asked()
        assert said(asked, hall.now) == counted(asked, hall.now), (done, asked)
        assert not wrong_figures(everybody()), done
    sweep()
    assert db.session.scalar(select(func.count()).select_from(FiguresTouched)) == 0
    assert not wrong_figures(everybody())


@pytest.mark.parametrize("seed", [3, 4])
def test_as_the_clock_goes_on(clock: Clock, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """REP-1: due dates pass, certificates end and renewals fall due where each person is; what was kept before is not
    counted a moment longer, whether a sweep comes in between or not, and not where the clock was set back."""
    hall = Hall(seed)
    clock.set(dt.datetime(2026, 10, 31, 1, tzinfo=dt.UTC))
    sweep()
    monkeypatch.setattr("lmsapp.insight.figures.actions.AT_LEAST", 1)
    for number in range(44):
        clock.move(hours=hall.some.choice((1, 1, 2, 5)))
        asked = hall.asked()
        assert said(asked, hall.now) == counted(asked, hall.now), (hall.now, asked)
        assert not wrong_figures(everybody()), hall.now
        if number % 9 == 8:
            sweep()
        if number % 9 == 4:
            keep_enrolled()
        if number % 7 == 3:
            while keep_enrolled_ahead():
                pass
            forget_figures()
    clock.move(days=-3)
    asked = (hall.cast.hana.viewer, False, ReportFilters())
    assert said(asked, hall.now) == counted(asked, hall.now)
    sweep()
    assert said(asked, hall.now) == counted(asked, hall.now)


def test_what_is_kept_is_used_and_watched(clock: Clock, statements: Statements) -> None:
    """REP-1, SCA-1: where all is kept no row of training is read; of whoever was touched alone they are; wrong figures
    are found at night and made anew, those of who has left, too."""
    hall = Hall(5)
    hall.scene.employees[1].status = "left"
    db.session.flush()
    sweep()
    whole = (hall.cast.hana.viewer, False, ReportFilters(left=True))
    some = (hall.cast.hana.viewer, False, ReportFilters(courses=tuple(one.id for one in hall.scene.courses[1:3])))
    for asked in (whole, some):
        statements.clear()
        found = said(asked, hall.now)
        assert not [one for one in statements if "FROM enrollment" in one]
        assert found == counted(asked, hall.now)
    for dates in ("completed", "due", "assigned"):
        since = hall.now.date() - dt.timedelta(days=5)
        lately = (hall.cast.hana.viewer, False, ReportFilters(dates=dates, since=since))
        statements.clear()
        found = said(lately, hall.now)
        assert found
        beside = ["completion_record", *(["training_assignment"] if dates == "completed" else [])]
        assert not [one for one in statements if any(table in one for table in beside)]
        assert found == counted(lately, hall.now)
    enrollment = db.session.scalars(
        select(Enrollment).where(Enrollment.employee_id == hall.scene.employees[0].id)
    ).first()
    assert enrollment is not None
    enrollment.best_score = 77
    db.session.flush()
    statements.clear()
    found = said(whole, hall.now)
    assert [one for one in statements if "FROM enrollment" in one]
    assert found == counted(whole, hall.now)
    sweep()
    spoilt, other = (
        db.session.scalars(select(EnrolledFigures).where(EnrolledFigures.employee_id == one.id)).one()
        for one in hall.scene.employees[1:3]
    )
    spoilt.overdue += 1
    other.states = b"\1" + other.states[1:] if other.states[:1] != b"\1" else b"\2" + other.states[1:]
    db.session.flush()
    assert said(whole, hall.now) != counted(whole, hall.now), "so they are what is counted"
    assert sorted(wrong_figures(everybody())) == sorted((spoilt.employee_id, other.employee_id))
    assert check_figures() == 2
    db.session.expire_all()
    assert said(whole, hall.now) == counted(whole, hall.now)


def test_ahead_of_midnights(clock: Clock, statements: Statements, monkeypatch: pytest.MonkeyPatch) -> None:
    """REP-1: at each instant at which anything ends, where each person is, what was made before is read, and says what
    the rows say; of few people none is made."""
    hall = Hall(8)
    clock.set(dt.datetime(2026, 10, 31, 1, tzinfo=dt.UTC))
    sweep()
    assert keep_enrolled_ahead() == 0
    for name, value in (("AT_LEAST", 1), ("AHEAD", dt.timedelta(days=4))):
        monkeypatch.setattr(f"lmsapp.insight.figures.actions.{name}", value)
    while keep_enrolled_ahead():
        pass
    ends = sorted(set(db.session.scalars(select(EnrolledFigures.made_at))))
    assert len(ends) > 6
    asked = (hall.cast.hana.viewer, False, ReportFilters(left=True))
    for end in ends:
        for before_or_after in (-1, 0):
            clock.set(end + dt.timedelta(seconds=before_or_after))
            if end == ends[0] and before_or_after:
                continue
            statements.clear()
            found = said(asked, hall.now)
            assert not [one for one in statements if "FROM enrollment" in one]
            assert found == counted(asked, hall.now), end
            assert not wrong_figures(everybody())
            assert keep_enrolled() == 0
    kept = select(func.count()).select_from(EnrolledFigures)
    before = db.session.scalar(kept) or 0
    forget_figures()
    assert len(everybody()) <= (db.session.scalar(kept) or 0) < before
    assert keep_enrolled() == 0


def test_nothing_to_count(clock: Clock) -> None:
    """REP-1: a department without training has no line, kept or not; a course nobody takes has none either."""
    hall = Hall(6)
    db.session.add(Department(name="Empty"))
    course = Course(slug="nobody", title="Nobody takes this", status="published")
    db.session.add(course)
    db.session.flush()
    for _swept in range(2):
        found = summary(hall.cast.hana.viewer, ReportFilters(courses=(course.id,)), hall.now, line_only=False)
        assert (found.departments, found.total) == ([], None)
        asked = (hall.cast.otto.viewer, False, ReportFilters())
        assert said(asked, hall.now) == counted(asked, hall.now)
        sweep()


def test_whatever_is_counted_leaves_a_mark(clock: Clock) -> None:
    """REP-1: each column that a row of the report follows from, of each table, is one whose change marks its person."""
    hall = Hall(7)
    then, day = hall.now - dt.timedelta(days=77), hall.now.date() + dt.timedelta(days=77)
    one = db.session.scalars(select(TrainingAssignment).where(TrainingAssignment.completed_at.is_(None))).first()
    assert one is not None
    of_enrollment = {
        "completed_at": then, "withdrawn_at": then, "started_at": then, "valid_until": day, "renewal_from": day, "best_score": 7,
    }  # fmt: skip
    of_assignment = {"due_at": then, "completed_at": then, "closed_as": "exempt"}
    for model, id_, columns in (
        (Enrollment, one.enrollment_id, of_enrollment),
        (TrainingAssignment, one.id, of_assignment),
    ):
        for name, value in columns.items():
            sweep()
            assert db.session.scalars(select(FiguresTouched.employee_id)).all() == []
            db.session.execute(update(model).where(model.id == id_).values(**{name: value}))
            assert set(db.session.scalars(select(FiguresTouched.employee_id))) == {one.employee_id}, name
    sweep()
    hall.record(db.session.get_one(Enrollment, one.enrollment_id))
    assert set(db.session.scalars(select(FiguresTouched.employee_id))) == {one.employee_id}
