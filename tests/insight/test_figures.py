"""Kept figures say what the facts say, whatever was done, for whoever asks wherever they are (DSH-3, DSH-4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import Programme
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.figures.actions import (
    check_figures,
    forget_figures,
    keep_figures,
    keep_figures_ahead,
    wrong_figures,
)
from lmsapp.insight.figures.models import FiguresTouched, KindFigures, PersonFigures
from lmsapp.insight.statistics.asking import BY, FIGURES, Asking, StatisticsFilters
from lmsapp.insight.statistics.by_course import scores, times
from lmsapp.insight.statistics.compliance import compliance
from lmsapp.insight.statistics.over_time import certified, completions
from lmsapp.insight.statistics.reminders import what_followed
from lmsapp.insight.statistics.segments import segments
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee
from tests.cast import ZONE
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.marked import only_marks
from tests.insight.team_scene import Scene

FARAWAY = ("Pacific/Kiritimati", "Pacific/Pago_Pago")


class Board:
    """A scene with everything the statistics count, and what may happen to it."""

    def __init__(self, seed: int, *, ahead: bool = True) -> None:
        """`ahead`: with what is dated tomorrow, where somebody is a day ahead; it is kept for whoever is there too."""
        self.ahead = ahead
        self.scene = Scene(Random(seed), people=10)
        self.some = self.scene.random
        kinds = [*Programme][: len(self.scene.courses)]
        for n, course in enumerate(self.scene.courses):
            course.kind, course.mandatory = kinds[n % len(kinds)].value, n % 2 == 0
        for person in self.scene.employees:
            person.hire_date = product_clock.now().date() - dt.timedelta(days=self.some.choice((10, 90, 800)))
        db.session.flush()
        self.now, self.today = product_clock.now(), product_clock.today(ZONE)
        for enrollment in db.session.scalars(select(Enrollment)):
            self._lived(enrollment)
        db.session.flush()
        for assignment in self.scene.assignments:
            if self.some.random() < 0.6:
                self.remind(assignment)
        db.session.flush()

    def _lived(self, one: Enrollment) -> None:
        some = self.some
        one.enrolled_at = self.now - dt.timedelta(
            days=some.choice((0, 3, 30, 253, 254, 255, 700)), hours=some.randint(0, 23)
        )
        if some.random() < 0.6:
            one.completed_at, one.best_score = (
                self.now - dt.timedelta(days=some.choice((0, 2, 90))),
                some.randint(0, 100),
            )
            one.cycle = some.choice((1, 1, 2))
        if one.completed_at:
            self._certified(one)

    def _certified(self, one: Enrollment) -> None:
        record = CompletionRecord(
            employee_id=one.employee_id, employee_number="", employee_name="", job_role="", department="", subject_kind="course",
            subject_id=one.course_id, title="", content_version=1, content_sha256="0" * 64, rule_version=1, criteria=[], attempt=1,
            occurred_at=one.completed_at, local_time="", time_zone="UTC", actor_name="", how="rule",
        )  # fmt: skip
        db.session.add(record)
        db.session.flush()
        day = self.today - dt.timedelta(days=self.some.choice((-1 if self.ahead else 2, 0, 1, 40, 400)))
        until = self.some.choice((None, *(self.today + dt.timedelta(days=n) for n in (-3, -1, 0, 1, 2, 40, 800))))
        common = {
            "record_id": record.id,
            "enrollment_id": one.id,
            "employee_id": one.employee_id,
            "course_id": one.course_id,
        }
        db.session.add(
            Certificate(
                **common, number=f"F-{record.id}", token=f"f-{record.id}", holder_name="", title="", issued_on=day
            )
        )
        db.session.add(
            CertificationPeriod(
                **common, number=1, timing="first", certified_on=day, counted_from=day, anchor_day=1, valid_from=day, valid_until=until,
                policy={},
            )
        )  # fmt: skip

    def remind(self, one: TrainingAssignment) -> None:
        at = (one.completed_at or self.now) - dt.timedelta(days=self.some.choice((1, 3, 5, 10, 20)))
        number = db.session.scalar(select(func.count()).select_from(Notice))
        db.session.add(
            Notice(
                key=f"reminder/assignment/{one.id}/{number}", channel="email", template="training_reminder", employee_id=one.employee_id,
                about_kind="assignment", about_id=one.id, status=self.some.choice(("sent", "carried", "failed")), sent_at=at, queued_at=at,
            )
        )  # fmt: skip
        db.session.flush()

    def act(self) -> str:
        """Something that may happen to one row, or to all rows of a course; what it was."""
        some = self.some
        table, values = some.choice(list(self._acts().items()))
        if table == "sweep":
            keep_figures()
            return table
        if table == "remind":
            self.remind(some.choice(self.scene.assignments))
            return table
        model: Any = {"assignment": TrainingAssignment, "enrollment": Enrollment, "certificate": Certificate,
                      "period": CertificationPeriod, "notice": Notice, "course": Course}[table]  # fmt: skip
        ids = list(db.session.scalars(select(model.id).order_by(model.id)))
        change = some.choice(values)
        whose = model.id == some.choice(ids)
        if table in ("assignment", "enrollment") and some.random() < 0.1:
            whose = model.course_id == some.choice(self.scene.courses).id
        if change == "delete":
            db.session.execute(delete(model).where(whose))
        else:
            db.session.execute(update(model).where(whose).values(**change))
        return f"{table}: {change}"

    def _acts(self) -> dict[str, Any]:
        now, some = self.now, self.some
        then, day = (
            now - dt.timedelta(days=some.choice((0, 1, 31, 200))),
            self.today - dt.timedelta(days=some.choice((-1, 0, 1, 35))),
        )
        until = self.today + dt.timedelta(days=some.choice((-30, -1, 0, 1, 70)))
        return {
            "assignment": (
                {"completed_at": then, "completed_on": then.date(), "closed_as": None},
                {"completed_at": None, "completed_on": None, "closed_as": some.choice(("cancelled", "exempt"))},
                {"due_on": day, "due_at": product_clock.end_of_day(day, some.choice(FARAWAY))},
            ),
            "enrollment": (
                {"completed_at": then},
                {"completed_at": None},
                {"withdrawn_at": some.choice((None, then))},
                {"exempted_at": some.choice((None, then))},
                {"best_score": some.choice((None, 0, 55, 100))},
                {"completed_by_hand": some.choice((True, False))},
                {"cycle": some.choice((1, 2))},
                {"enrolled_at": now - dt.timedelta(days=some.choice((1, 300)))},
            ),
            "certificate": ({"revoked_at": some.choice((None, then))}, {"replaced_at": some.choice((None, then))}, {"issued_on": day}, "delete"),
            "period": ({"valid_until": until}, {"is_current": some.choice((True, False))}, "delete"),
            "notice": ({"status": "sent"}, {"status": "failed"}, {"sent_at": then}, "delete"),
            "course": ({"kind": some.choice([*Programme]).value}, {"mandatory": some.choice((True, False))}),
            "remind": (),
            "sweep": (),
        }  # fmt: skip

    def asked(self, today: dt.date) -> Asking:
        some, scene = self.some, self.scene
        filters = StatisticsFilters(
            departments=some.choice(((), (), (scene.departments[1].id,))),
            roles=some.choice(((), (), ("RN",))),
            kinds=some.choice(((), (), ("mandatory compliance",), tuple(one.value for one in Programme)[1:])),
            per=some.choice(("week", "month")),
            figure=some.choice(FIGURES),
            by=some.choice(BY),
        )
        viewer, line = some.choice(((scene.cast.mark.viewer, True), (scene.cast.hana.viewer, False)))
        return Asking(viewer, filters, self.now, today, line_only=line, kept=True)

    def everybody(self) -> list[int]:
        return list(db.session.scalars(select(Employee.id)))


def whole(asking: Asking) -> list[Any]:
    """Every figure of the page."""
    by_kind = replace(asking, filters=replace(asking.filters, by="kind"))
    found = [compliance, completions, certified, what_followed, scores, times, segments]
    return [[count.__name__, count(asking)] for count in found] + [["segments by kind", segments(by_kind)]]


def sweep() -> None:
    while keep_figures():
        pass


@pytest.mark.owner
def test_kept_figures_and_facts(clock: Clock) -> None:
    """DSH-3, DSH-4: after anything that may happen, swept or not, for readers whose day is another, every number that is
    kept is the one counted from the facts."""
    board = Board(2)
    only_marks()
    sweep()
    assert not wrong_figures(board.everybody())
    for days in (-1, 0, 1, 0, -1, 0):
        acts = [board.act() for _ in range(10)]
        assert not wrong_figures(board.everybody()), acts
        if board.some.random() < 0.6:
            sweep()
            acts += [board.act(), board.act()]
        asking = board.asked(board.today + dt.timedelta(days=days))
        assert whole(asking) == whole(replace(asking, kept=False)), (acts, asking.filters, days)
    sweep()
    assert db.session.scalar(select(func.count()).select_from(FiguresTouched)) == 0
    clock.move(days=3)
    board.now, board.today = product_clock.now(), product_clock.today(ZONE)
    for _swept in range(2):  # what was kept three days ago, and made anew
        asking = board.asked(board.today)
        assert whole(asking) == whole(replace(asking, kept=False)), asking.filters
        sweep()


def read_from_facts(statements: Statements) -> list[str]:
    return [one for one in statements if "FROM training_assignment" in one or "FROM certificate " in one]


@pytest.mark.parametrize("seed", [6, 7])
def test_ahead_of_a_month(clock: Clock, seed: int, monkeypatch: pytest.MonkeyPatch, statements: Statements) -> None:
    """DSH-3, DSH-4: at the midnight with which a month begins, and at due dates before and after it, what was made
    before is read and says what the facts say, for readers of another day too; a change throws it away; what is over
    goes, and goes only then."""
    for name, value in (("AT_LEAST", 1), ("AHEAD", dt.timedelta(days=3))):
        monkeypatch.setattr(f"lmsapp.insight.figures.actions.{name}", value)
    month = product_clock.end_of_day(dt.date(2026, 11, 30), ZONE)
    clock.set(month - dt.timedelta(hours=30))
    board = Board(seed, ahead=False)
    sweep()
    while keep_figures_ahead():
        pass
    kept = select(func.count()).select_from(PersonFigures)
    people = len(board.everybody())
    assert db.session.scalar(kept) > 2 * people  # type: ignore[operator]
    used = 0
    for hours in (-20, -2, 0, 0.5, 1.5, 20, 30):
        clock.set(month + dt.timedelta(hours=hours))
        board.now, board.today = product_clock.now(), product_clock.today(ZONE)
        for days in (0, -1, 1):
            asking = Asking(board.scene.cast.hana.viewer, StatisticsFilters(), board.now, board.today + dt.timedelta(days=days), kept=True)  # fmt: skip
            statements.clear()
            found = whole(asking)
            used += not read_from_facts(statements)
            assert days or not read_from_facts(statements), hours
            assert found == whole(replace(asking, kept=False)), (hours, days)
        asking = board.asked(board.today)
        assert whole(asking) == whole(replace(asking, kept=False)), asking.filters
        assert not wrong_figures(board.everybody())
        forget_figures()
        assert not keep_figures(), "nothing has to be made anew"
    assert used > 7, "readers for whom it is still the day before are served, too"
    assert db.session.scalar(kept) <= 2 * people  # type: ignore[operator]
    board.act()
    board.remind(one := board.scene.assignments[0])
    assert whole(asking) == whole(replace(asking, kept=False))
    sweep()
    assert db.session.scalar(kept.where(PersonFigures.employee_id == one.employee_id)) == 1
    orphans = select(KindFigures).outerjoin(
        PersonFigures,
        (PersonFigures.employee_id == KindFigures.employee_id) & (PersonFigures.made_at == KindFigures.made_at),
    )
    assert not db.session.scalars(orphans.where(PersonFigures.employee_id.is_(None))).all()


def test_few_whose_figures_end_together_have_none_made(clock: Clock) -> None:
    """DSH-3: only of many, and only some hours before."""
    Board(8, ahead=False)
    sweep()
    assert keep_figures_ahead() == 0


def test_what_is_kept_is_used_and_watched(clock: Clock, statements: Statements) -> None:
    """DSH-3: a page counts from what is kept, in as many statements for any number of people; wrong figures are found
    at night and made anew; work in progress leaves no mark."""
    board = Board(4, ahead=False)
    sweep()
    asking = Asking(board.scene.cast.hana.viewer, StatisticsFilters(), board.now, board.today, kept=True)
    statements.clear()
    whole(asking)
    used = [one for one in statements if "figures" in one]
    assert len(used) >= 9
    assert not read_from_facts(statements)
    db.session.execute(update(Enrollment).values(progress=50, last_active_at=board.now))
    db.session.execute(update(TrainingAssignment).values(reminders_sent=4))
    assert db.session.scalar(select(func.count()).select_from(FiguresTouched)) == 0
    spoilt = db.session.scalars(select(KindFigures).where(KindFigures.assigned)).first()
    other = db.session.scalars(select(PersonFigures).where(PersonFigures.employee_id != spoilt.employee_id)).first()  # type: ignore[union-attr]
    assert spoilt is not None
    assert other is not None
    spoilt.counts = b"\0\7" + spoilt.counts[2:]
    other.scores = b"\7" + other.scores[1:]
    db.session.flush()
    assert sorted(wrong_figures(board.everybody())) == sorted((spoilt.employee_id, other.employee_id))
    assert check_figures() == 2
    assert check_figures() == 0
