"""Tallies of completed training say what the assignments say, whatever was done (DSH-1)."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.states.actions import keep_states, wrong_states
from lmsapp.assignments.tallies.actions import check_tallies, keep_tallies, wrong_tallies
from lmsapp.assignments.tallies.models import AssignmentTally, AssignmentTallyChange
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from tests.clock import Clock
from tests.insight.team_scene import Scene


def wrong() -> list[int]:
    return wrong_tallies(1, db.session.scalar(select(func.max(Employee.id))) or 0)


def act_on(scene: Scene) -> str:
    """Something that may happen to one assignment, or to all of a course; what it was."""
    some, now = scene.random, product_clock.now()
    one = some.choice(scene.assignments)
    act = some.choice(("complete", "close", "close", "due", "person", "course", "delete", "assign", "all", "sweep"))
    done: dict[str, Any] = {"completed_at": now, "completed_on": now.date(), "closed_as": None}
    closed = {"completed_at": None, "completed_on": None, "closed_as": some.choice(("cancelled", "exempt", "left"))}
    moved = {
        "person": {"employee_id": some.choice(scene.employees).id},
        "course": {"course_id": some.choice(scene.courses).id},
    }
    values = {
        "complete": done,
        "close": closed,
        "due": {"due_on": now.date()},
        "all": some.choice((done, closed)),
        **moved,
    }
    if act == "sweep":
        keep_tallies()
    elif act == "assign":
        scene.assigned_again(one)
    elif act == "delete":
        scene.assignments.remove(one)
        db.session.execute(delete(TrainingAssignment).where(TrainingAssignment.id == one.id))
    else:
        whose = TrainingAssignment.course_id == one.course_id if act == "all" else TrainingAssignment.id == one.id
        if act in moved:  # open ones cannot be two of a kind
            whose = whose & TrainingAssignment.completed_at.is_not(None)
        db.session.execute(update(TrainingAssignment).where(whose).values(values[act]))
    return act


@pytest.mark.owner
def test_recounted_after_anything(clock: Clock) -> None:
    """DSH-1: assigning, completing, cancelling, exempting, leaving, opening again, giving to another, deleting; one by
    one and by hundreds; before and after sweeps."""
    scene = Scene(Random(5))
    db.session.flush()
    for guard in (
        "kept",
        "content",
    ):  # of retention: some acts here are no part of the product, and must be counted too
        db.session.execute(text(f"ALTER TABLE training_assignment DISABLE TRIGGER training_assignment_{guard}"))
    assert not wrong()
    for _ in range(60):
        act = act_on(scene)
        assert not wrong(), act
    while keep_tallies():
        pass
    assert db.session.scalar(select(func.count()).select_from(AssignmentTallyChange)) == 0
    assert not wrong()


def test_open_training_leaves_no_note(clock: Clock) -> None:
    """DSH-1: assigning, starting and reminding cost nothing here; a tally that is wrong is found, said and mended."""
    scene = Scene(Random(9))
    while keep_tallies():
        pass
    db.session.execute(
        update(TrainingAssignment).where(TrainingAssignment.completed_at.is_(None)).values(reminders_sent=3, closed_as=None)
        .where(TrainingAssignment.closed_as.is_(None))
    )  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(AssignmentTallyChange)) == 0
    spoilt = db.session.scalars(select(AssignmentTally).where(AssignmentTally.completed > 1)).first()
    assert spoilt is not None
    spoilt.by_course = b"\0" + spoilt.by_course[1:][::-1] + b"\7"
    spoilt.completed += 1
    db.session.flush()
    assert wrong() == [spoilt.employee_id]
    assert check_tallies() == 1
    assert not wrong()
    assert check_tallies() == 0
    assert scene.employees


def test_nobody_waits_for_anybody(own_app: Flask, clock: Clock) -> None:
    """DSH-1, SCA-1: two completions of one person at once, and a sweep between them: none waits, all are counted."""
    with own_app.app_context():
        scene = Scene(Random(3))
        db.session.commit()
        person = scene.employees[0].id
        ids = list(
            db.session.scalars(select(TrainingAssignment.id).where(TrainingAssignment.employee_id == person).limit(2))
        )
        db.session.commit()
        complete = text(
            "UPDATE training_assignment SET completed_at = now(), completed_on = current_date, closed_as = NULL WHERE id = :id"
        )
        with db.engine.connect() as one, db.engine.connect() as other:
            for connection, id_ in zip((one, other), ids, strict=True):
                connection.execute(text("SET lock_timeout = '2s'"))
                connection.execute(complete, {"id": id_})
            swept = threading.Event()

            def sweep() -> None:
                with own_app.app_context():
                    keep_tallies()
                    keep_states()
                    db.session.commit()
                    db.session.remove()
                    swept.set()

            thread = threading.Thread(target=sweep)
            thread.start()
            assert swept.wait(5)
            thread.join()
            one.commit()
            keep_tallies()
            db.session.commit()
            other.commit()
        assert not wrong()
        assert not wrong_states(1, 100)
        keep_tallies()
        keep_states()
        db.session.commit()
        assert not wrong()
        assert not wrong_states(1, 100)
