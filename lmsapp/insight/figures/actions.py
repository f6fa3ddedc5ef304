"""Keeping the figures, and looking whether they say what the facts say."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, select, tuple_

from lmsapp.infra import clock, site
from lmsapp.infra.db import Model, db
from lmsapp.infra.sweeping import Sweep
from lmsapp.insight.completion_counts import OF_ENROLLMENTS
from lmsapp.insight.figures.ending import Dated, ending, over_for_everybody
from lmsapp.insight.figures.enrolled_reading import holds, in_their_time
from lmsapp.insight.figures.making import Making
from lmsapp.insight.figures.models import EnrolledFigures, FiguresPlace, FiguresTouched, KindFigures, PersonFigures
from lmsapp.insight.figures.of_enrollments import of_enrollments
from lmsapp.insight.figures.of_kinds import of_kinds
from lmsapp.insight.figures.of_people import of_people
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee

A_BATCH, MANY = 250, 1000
AHEAD = dt.timedelta(hours=6)  # how long before figures end those for afterwards are made
AT_LEAST = 50  # of fewer whose figures end at one instant, counting from the facts costs a page nothing
LOCK = 7_309_157  # one at a time keeps them
TEXTS = ("days", "long", "scores")


def keep_figures() -> int:
    """A batch of whoever was touched, has none, or whose time is over; how many people."""
    return SWEEP.turn()


def keep_enrolled() -> int:
    """What the completion report counts, of a batch of whoever has none or whose time is over; how many people. It is
    made in a quarter of the time that all figures take, so that nobody waits for those."""
    if not SWEEP.is_ours():
        return 0
    now = clock.now()
    in_time = select(EnrolledFigures.employee_id).where(in_their_time(now)).correlate(Employee)
    ids = db.session.scalars(select(Employee.id).where(~in_time.exists()).limit(MANY)).all()
    if ids:
        making = _making(sorted(ids), now)
        _give_places(making)
        _forget(making, EnrolledFigures)
        _put(EnrolledFigures, of_enrollments(making))
    return len(ids)


def keep_enrolled_ahead() -> int:
    """For a batch of those for whom what the completion report counts ends at one instant, as at a midnight, the counts
    from then on; how many people. So that whoever looks right after it waits for nobody's.

    Figures follow from facts and instant alone, so that these can be made before. What changes meanwhile leaves a mark,
    which speaks of all that is kept of a person; and the turn that takes it away throws these away."""
    making = _making_ahead(EnrolledFigures, Employee.time_zone, MANY)
    if making:
        _put(EnrolledFigures, of_enrollments(making))
    return len(making.ids) if making else 0


def keep_figures_ahead() -> int:
    """The same for the other figures, of those who work here, most of which end with a week or a month."""
    making = _making_ahead(PersonFigures, site.time_zone(), A_BATCH, Employee.status == "active")
    if making:
        _put_figures(making)
    return len(making.ids) if making else 0


def forget_figures() -> None:
    """Those whose time is over wherever a reader may be."""
    now = clock.now()
    db.session.execute(delete(EnrolledFigures).where(over_for_everybody(EnrolledFigures, now)))
    gone = delete(PersonFigures).where(over_for_everybody(PersonFigures, now))
    key = (PersonFigures.employee_id, PersonFigures.made_at)
    if keys := [tuple(one) for one in db.session.execute(gone.returning(*key))]:
        db.session.execute(delete(KindFigures).where(tuple_(KindFigures.employee_id, KindFigures.made_at).in_(keys)))


def check_figures() -> int:
    """Compare those that hold with the facts, and make anew what differs, which should be nobody's; how many."""
    return SWEEP.compare("Figures kept for the statistics", select(Employee.id), wrong_figures)


def wrong_figures(ids: Sequence[int]) -> list[int]:
    """Whose kept figures hold and say something else than the facts, of these people."""
    making = _making(ids)
    said, kinds = (
        _rows(select(*_of_people()).where(_hold(making))),
        _rows(select(*_of_kinds()).join(PersonFigures, _of_one_making()).where(_hold(making))),
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
    kept = select(*(getattr(EnrolledFigures, name) for name in names)).join_from(EnrolledFigures, Employee)
    said = _rows(kept.where(making.theirs(Employee.id), holds(making.now)))
    facts = of_enrollments(making).subquery()
    found = _rows(select(*(facts.c[name] for name in names)))
    return {id_ for id_ in said if said[id_] != found.get(id_)}


def _without(most: int) -> Iterable[int]:
    """Of those who work here. Figures made where the clock stood later than here are none."""
    now, one = clock.now(), PersonFigures
    in_time = select(one.employee_id).where(
        one.employee_id == Employee.id,
        one.made_at <= now,
        one.until > now,
        one.last_day >= clock.today(site.time_zone()),
    )
    missing = select(Employee.id).where(Employee.status == "active", ~in_time.exists())
    return db.session.scalars(missing.limit(most))


def _making(ids: Sequence[int], at: dt.datetime | None = None) -> Making:
    """For now, or another instant."""
    now = at or clock.now()
    return Making(ids, now, now.astimezone(clock.zone(site.time_zone())).date())


def _making_ahead(model: Dated, zone: Any, most: int, *who: ColumnElement[bool]) -> Making | None:
    """Of whom and for when; None: of nobody."""
    if not SWEEP.is_ours():
        return None
    now = clock.now()
    soon = ending(model, zone, (now, now + AHEAD), AT_LEAST, *who)
    found = db.session.execute(soon.limit(most)).all()
    return _making(sorted(one.employee_id for one in found), found[0].ends_at) if found else None


def _keep(whose: Counter[int]) -> None:
    making = _making(sorted(whose))
    _give_places(making)
    _forget(making, KindFigures, PersonFigures, EnrolledFigures)
    _put_figures(making)
    _put(EnrolledFigures, of_enrollments(making))


def _forget(making: Making, *models: type[PersonFigures | KindFigures | EnrolledFigures]) -> None:
    """Whatever is kept of these people, for now and for later."""
    for model in models:
        db.session.execute(delete(model).where(making.theirs(model.employee_id)))


def _put_figures(making: Making) -> None:
    _put(KindFigures, of_kinds(making))
    _put(PersonFigures, of_people(making))


def _put(model: type[Model], found: Select[*tuple[Any, ...]]) -> None:
    db.session.execute(insert(model).from_select([one.name for one in found.selected_columns], found))


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
    return [one for one in KindFigures.__table__.columns if one.name != "made_at"]


def _of_one_making() -> ColumnElement[bool]:
    """Of KindFigures and PersonFigures."""
    return and_(KindFigures.employee_id == PersonFigures.employee_id, KindFigures.made_at == PersonFigures.made_at)


def _rows(statement: Any) -> dict[int, set[Any]]:
    """By employee; without the instant of making, and without what an empty byte at the end of a text says: courses
    come later."""
    found: dict[int, set[Any]] = {}
    for row in db.session.execute(statement).mappings():
        found.setdefault(row["employee_id"], set()).add(
            tuple(_short(name, value) for name, value in row.items() if name != "made_at")
        )
    return found


def _short(name: str, value: Any) -> Any:
    if name == "days":
        return bytes(value).rstrip(b"\xff")
    if name in ("scores", "states", "points_by_course"):
        return bytes(value).rstrip(b"\0")
    return bytes(value) if isinstance(value, memoryview) else value


SWEEP = Sweep(LOCK, A_BATCH, FiguresTouched.employee_id, _keep, _without)
