"""DSH-5: the mark of a line changes with what its manager would see change, and with nothing of anybody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.reminding.letters import remind_all
from lmsapp.assignments.states.actions import keep_states
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight import team_mark as team_mark_module
from lmsapp.insight.assignments.chosen import assignments_to_change
from lmsapp.insight.filters import TeamFilters
from lmsapp.insight.team_mark import line_mark, same_line, team_mark
from lmsapp.learning.enrollments.models import Enrollment
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.crowd import Crowd, assign_raw


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(8)


@pytest.mark.parametrize("few", [0, team_mark_module.FEW], ids=["as of a large line", "as of a small one"])
def test_what_changes_it(crowd: Crowd, clock: Clock, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """DSH-5: progress, completion, another due date, a reminder, a new assignment, another department, a due date that
    passes, the next hour: each changes it once; another line's news does not."""
    monkeypatch.setattr(team_mark_module, "FEW", few)
    viewer, now = crowd.cast.mark.viewer, product_clock.now()
    open_ones = assignments_to_change(viewer, TeamFilters(), now, line=True)
    begun = next(one for one in open_ones if one.started_at and one.due_at > now)
    enrollment = db.session.get_one(Enrollment, begun.enrollment_id)
    soon = min(one.due_at for one in open_ones if one.due_at > now)

    def learn() -> None:
        enrollment.progress, enrollment.last_active_at = 60, product_clock.now()

    def complete() -> None:
        begun.completed_at, begun.completed_on = product_clock.now(), product_clock.now().date()

    def move() -> None:
        open_ones[0].due_at += dt.timedelta(days=3)

    def change_department() -> None:
        crowd.employees[0].department_id = crowd.departments[1].id

    changes: list[Callable[[], object]] = [
        learn,
        complete,
        move,
        change_department,
        lambda: remind_all(open_ones[:1], by_name="Mark"),
        lambda: assign_raw(crowd.cast.lena.record, crowd.courses[0], state=2),
        lambda: clock.set(now + dt.timedelta(hours=1)),
        lambda: clock.set(soon),
    ]
    while keep_states():
        pass
    seen = [line_mark(viewer, product_clock.now())]
    for change in changes:
        change()
        db.session.flush()
        mark = line_mark(viewer, product_clock.now())
        assert mark == line_mark(viewer, product_clock.now())
        assert mark not in seen, change
        seen.append(mark)
        while keep_states():
            pass
        assert line_mark(viewer, product_clock.now()) == mark, "the sweep is no news"
    ottos = assign_raw(crowd.cast.otto.record, crowd.courses[0], state=1)
    crowd.cast.otto.record.job_role = "Painter"
    otto = assignments_to_change(crowd.cast.hana.viewer, [ottos.id], product_clock.now(), line=False)
    remind_all(otto, by_name="Hana")
    db.session.flush()
    assert line_mark(viewer, product_clock.now()) == seen[-1]


def test_cheap_while_nobody_writes(crowd: Crowd, statements: Statements) -> None:
    """DSH-5: two small statements, and the same answer; a mark of another page or of nothing is no mark."""
    viewer, now = crowd.cast.mark.viewer, product_clock.now()
    first = team_mark(viewer, now)
    statements.clear()
    assert team_mark(viewer, now, first) == first
    assert len(statements) == 2
    assert not any("training_assignment.started_at" in one for one in statements)
    for odd in ("", "x", "-", "x-y", "'; --"):
        assert same_line(team_mark(viewer, now, odd), first)
    assert not same_line(first, team_mark(crowd.cast.otto.viewer, now))
    assert db.session.query(TrainingAssignment).count() == 16
