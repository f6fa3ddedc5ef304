"""Keeping the figures, and looking whether they say what the facts say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as put

from lmsapp.infra import clock, site
from lmsapp.infra.db import Model, db
from lmsapp.infra.sweeping import Sweep
from lmsapp.insight.completion_counts import OF_ENROLLMENTS
from lmsapp.insight.figures.enrolled_reading import holds, over
from lmsapp.insight.figures.making import Making
from lmsapp.insight.figures.models import EnrolledFigures, FiguresPlace, FiguresTouched, KindFigures, PersonFigures
from lmsapp.insight.figures.of_enrollments import of_enrollments
from lmsapp.insight.figures.of_kinds import of_kinds
from lmsapp.insight.figures.of_people import of_people
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee

A_BATCH, MANY = 250, 1000
LOCK = 7_309_157  # one at a time keeps them
TEXTS = ("days", "long", "scores")


def keep_figures() -> int:
    """A batch of whoever was touched, has none, or whose time is over; how many people."""
    return SWEEP.turn()


def keep_enrolled() -> int:
    """What the completion report counts, of a batch of whoever has none or whose time is over; how many people. It is
    made in a quarter of the time that all figures take, so that after a midnight nobody waits for those."""
    if not SWEEP.is_ours():
        return 0
    now = clock.now()
    kept = select(Employee.id).outerjoin(EnrolledFigures, EnrolledFigures.employee_id == Employee.id)
    ids = db.session.scalars(kept.where(over(now)).limit(MANY)).all()
    if ids:
        making = _making(sorted(ids))
        _give_places(making)
        _put(EnrolledFigures, of_enrollments(making))
    return len(ids)


def check_figures() -> int:
    """Compare those that hold with the facts, and make anew what differs, which should be nobody's; how many."""
    return SWEEP.compare("Figures kept for the statistics", select(Employee.id), wrong_figures)


def wrong_figures(ids: Sequence[int]) -> list[int]:
    """Whose kept figures hold and say something else than the facts, of these people."""
    making = _making(ids)
    said, kinds = (
        _rows(select(*_of_people()).where(_hold(making))),
        _rows(select(*_of_kinds()).where(making.theirs(KindFigures.employee_id))),
    )
    facts = of_people(making).subquery()
    found = _rows(select(facts.c.employee_id, *(facts.c[name] for name in TEXTS)))
    found_kinds = _rows(of_kinds(making))
    touched = set(
        db.session.scalars(select(FiguresTouched.employee_id).where(making.theirs(FiguresTouched.employee_id)))
    )
    wrong = {id_ for id_ in said if said[id_] != found.get(id_) or kinds.get(id_) != found_kinds.get(id_)}
    return sorted((wrong - touched) | _wrong_enrolled(making))


def _wrong_enrolled(making: Making) -> set[int]:
    names = ("employee_id", *OF_ENROLLMENTS, "states", "points_by_course")
    kept = select(*(getattr(EnrolledFigures, name) for name in names))
    theirs = making.theirs(Employee.id)
    said = _rows(kept.join(Employee, Employee.id == EnrolledFigures.employee_id).where(theirs, holds(making.now)))
    facts = of_enrollments(making).subquery()
    found = _rows(select(*(facts.c[name] for name in names)))
    return {id_ for id_ in said if said[id_] != found.get(id_)}


def _without(most: int) -> Iterable[int]:
    """Of those who work here. Figures made where the clock stood later than here are none."""
    now, today = clock.now(), clock.today(site.time_zone())
    ended = or_(PersonFigures.until <= now, PersonFigures.last_day < today, PersonFigures.made_at > now)
    missing = (
        select(Employee.id)
        .outerjoin(PersonFigures, PersonFigures.employee_id == Employee.id)
        .where(Employee.status == "active", or_(PersonFigures.employee_id.is_(None), ended))
        .limit(most)
    )
    return db.session.scalars(missing)


def _making(ids: Sequence[int]) -> Making:
    return Making(ids, clock.now(), clock.today(site.time_zone()))


def _keep(whose: Counter[int]) -> None:
    making = _making(sorted(whose))
    _give_places(making)
    db.session.execute(delete(KindFigures).where(making.theirs(KindFigures.employee_id)))
    kinds = of_kinds(making)
    db.session.execute(insert(KindFigures).from_select([one.name for one in kinds.selected_columns], kinds))
    _put(PersonFigures, of_people(making))
    _put(EnrolledFigures, of_enrollments(making))


def _put(model: type[Model], found: Select[*tuple[Any, ...]]) -> None:
    names = [one.name for one in found.selected_columns]
    kept = put(model).from_select(names, found)
    changed = {name: kept.excluded[name] for name in names[1:]}
    db.session.execute(kept.on_conflict_do_update(index_elements=["employee_id"], set_=changed))


def _give_places(making: Making) -> None:
    """Courses that have none yet get the next ones."""
    fresh = (
        select(Enrollment.course_id)
        .where(
            making.theirs(Enrollment.employee_id),
            ~select(FiguresPlace.place).where(FiguresPlace.course_id == Enrollment.course_id).exists(),
        )
        .distinct()
        .subquery()
    )
    number = select(func.count()).select_from(FiguresPlace).scalar_subquery()
    place = number - 1 + func.row_number().over(order_by=fresh.c.course_id)
    db.session.execute(insert(FiguresPlace).from_select(["course_id", "place"], select(fresh.c.course_id, place)))


def _hold(making: Making) -> Any:
    return (
        making.theirs(PersonFigures.employee_id)
        & (PersonFigures.made_at <= making.now)
        & (PersonFigures.until > making.now)
        & (PersonFigures.last_day >= making.today)
    )


def _of_people() -> list[Any]:
    return [PersonFigures.employee_id, *(getattr(PersonFigures, name) for name in TEXTS)]


def _of_kinds() -> list[Any]:
    return list(KindFigures.__table__.columns)


def _rows(statement: Any) -> dict[int, set[Any]]:
    """By employee; without what an empty byte at the end of a text says, for courses come later."""
    found: dict[int, set[Any]] = {}
    for row in db.session.execute(statement).mappings():
        found.setdefault(row["employee_id"], set()).add(tuple(_short(name, value) for name, value in row.items()))
    return found


def _short(name: str, value: Any) -> Any:
    if name == "days":
        return bytes(value).rstrip(b"\xff")
    if name in ("scores", "states", "points_by_course"):
        return bytes(value).rstrip(b"\0")
    return bytes(value) if isinstance(value, memoryview) else value


SWEEP = Sweep(LOCK, A_BATCH, FiguresTouched.employee_id, _keep, _without)
