"""ENR-2 under fire: 64 threads enroll the same person in the same course at once, each by another path.

Whichever comes first makes the row; everybody else gets the existing one, or a sentence that says so. `lost` counts
rounds that did not end in exactly one enrollment, `errors` what was neither an answer nor words (a 500, a deadlock).
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import func, select

from bench.proofs import Outcome
from bench.proofs._place import application
from lmsapp.assignments.actions import assign, assign_many
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.actions import enroll, enroll_many
from lmsapp.learning.enrollments.by_oneself import enroll_self
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer
from tests.cast import make_cast
from tests.courses.authors import Written

ROUNDS = 1000
THREADS = 64
GROUP = 3  # people a path for many takes along, each in an order of its own


@dataclass
class Race:
    """One course, a few people; everything the paths need, by id: no object goes from thread to thread."""

    app: Flask
    course_id: int
    people: Sequence[int]
    learner: Viewer
    staff: Viewer
    due_on: dt.date
    answers: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


def prove(rounds: int, threads: int = THREADS) -> Outcome:
    """Play it. Good when every round ends in one enrollment for each person and nothing but words is refused."""
    with application(wide=True) as app:
        return play(app, rounds, threads)


def play(app: Flask, rounds: int, threads: int) -> Outcome:
    """On an application whose commits are commits."""
    began, lost, answers, errors = time.monotonic(), 0, Counter[str](), Counter[str]()
    with app.app_context():
        scene = _scene()
    with ThreadPoolExecutor(threads) as pool:
        for number in range(rounds):
            race = _set_up(app, scene, number)
            line_up = threading.Barrier(threads)
            for done in [pool.submit(_run, race, line_up, place) for place in range(threads)]:
                done.result()
            lost += _rows_wrong(race)
            answers, errors = answers + race.answers, errors + race.errors
    seconds = time.monotonic() - began
    figures: dict[str, object] = {
        "rounds": rounds,
        "threads": threads,
        "enrolled or given the existing one": answers["enrolled"],
        "told in words": answers["words"],
        "lost": lost,
        "errors": sum(errors.values()),
        "seconds": round(seconds, 1),
    }
    figures |= {f"error {name}": n for name, n in errors.most_common(3)}
    return Outcome(
        figures, good=lost == 0 and not errors and answers["enrolled"] + answers["words"] == rounds * threads
    )


@dataclass(frozen=True)
class Scene:
    """What every round begins with."""

    seed: int
    people: tuple[int, ...]
    learner: Viewer
    staff: Viewer


def _scene() -> Scene:
    cast = make_cast()
    seed = Written(cast.milo.viewer, title="Race").publish().course.id
    people = (cast.lena.record.id, cast.mark.record.id, cast.otto.record.id)
    return Scene(seed, people, cast.lena.viewer, cast.milo.viewer)


def _set_up(app: Flask, scene: Scene, number: int) -> Race:
    """A fresh published course for this round: a copy of the row is enough, nobody studies in it."""
    with app.app_context(), unit_of_work():
        model = db.session.get_one(Course, scene.seed)
        kept = {c.name: getattr(model, c.name) for c in Course.__table__.columns if c.name != "id"}
        course = Course(**{**kept, "slug": f"race-{number}", "title": f"Race {number}", "self_enroll": True})
        db.session.add(course)
        db.session.flush()
        due_on = clock.now().date() + dt.timedelta(days=30)
        return Race(app, course.id, scene.people, scene.learner, scene.staff, due_on)


def _run(race: Race, line_up: threading.Barrier, place: int) -> None:
    path = PATHS[place % len(PATHS)]
    with race.app.app_context():
        try:
            course = db.session.get_one(Course, race.course_id)
            people = _in_order(race, place)
            line_up.wait(60)
            with unit_of_work():
                path(race, course, people)
            race.answers["enrolled"] += 1
        except RuleBroken:
            race.answers["words"] += 1
        except Exception as problem:
            race.errors[type(problem).__name__] += 1
        finally:
            db.session.remove()


def _in_order(race: Race, place: int) -> list[Employee]:
    """The people in another order for each thread: what locks them in the order given would deadlock."""
    turned = [*race.people[place % GROUP :], *race.people[: place % GROUP]]
    found = {one.id: one for one in db.session.scalars(select(Employee).where(Employee.id.in_(turned)))}
    return [found[number] for number in turned]


def _rows_wrong(race: Race) -> int:
    """1 unless each of the people has exactly one enrollment."""
    with race.app.app_context():
        rows = db.session.execute(
            select(Enrollment.employee_id, func.count())
            .where(Enrollment.course_id == race.course_id)
            .group_by(Enrollment.employee_id)
        ).all()
        db.session.remove()
    return int(sorted(rows) != [(number, 1) for number in sorted(race.people)])


def _by_oneself(race: Race, course: Course, _people: Sequence[Employee]) -> None:
    enroll_self(race.learner, course)


def _by_staff(race: Race, course: Course, people: Sequence[Employee]) -> None:
    enroll(people[0], course, source="staff", by=race.staff)


def _batch(race: Race, course: Course, people: Sequence[Employee]) -> None:
    enroll_many([one.id for one in people], course, source="batch", by=race.staff)


def _assigned(race: Race, course: Course, people: Sequence[Employee]) -> None:
    assign(people[0], course, race.due_on, by=race.staff)


def _onboarded(race: Race, course: Course, people: Sequence[Employee]) -> None:
    assign_many(people, course, race.due_on, by=race.staff, source="onboarding")


def _imported(race: Race, course: Course, people: Sequence[Employee]) -> None:
    enroll_many([one.id for one in people], course, source="import", by=race.staff)


PATHS: tuple[Callable[[Race, Course, Sequence[Employee]], None], ...] = (
    _by_oneself,
    _by_staff,
    _batch,
    _assigned,
    _onboarded,
    _imported,
)
