"""Kept figures of the people somebody asks about, added up; and whose have to be counted from the facts.

One statement gives both, so that nobody is counted twice or not at all while a sweep makes figures anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
)

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.figures.cells import CELLS, summed
from lmsapp.insight.figures.models import FiguresPlace, FiguresTouched, KindFigures, PersonFigures
from lmsapp.insight.statistics.asking import Asking
from lmsapp.people.employees.models import Employee

Found = TypeVar("Found")
Statement = Select[*tuple[Any, ...]]
EMPTY = literal(b"", LargeBinary)


class Text(NamedTuple):
    """Bytes of people, `width` of each, in whatever order; `long` as in PersonFigures."""

    raw: bytes
    width: int
    long: bytes


def together(
    asking: Asking,
    kept: Callable[[Asking], tuple[Found, Sequence[int]] | None],
    facts: Callable[[Asking], Found],
    add: Callable[[Found, Found], Found],
) -> Found:
    """From what is kept, and from the facts of whoever's does not hold. `kept` gives those people beside what it found,
    or None: nothing holds. Single courses are counted from the facts, which are few."""
    found = kept(asking) if asking.kept and not (asking.filters.courses or asking.course_id) else None
    if found is None:
        return facts(asking)
    return add(found[0], facts(asking.of_people(found[1]))) if found[1] else found[0]


def added(one: Sequence[int], more: Sequence[int]) -> list[int]:
    """Cell by cell."""
    return [a + b for a, b in zip(one, more, strict=True)]


def holds(asking: Asking) -> ColumnElement[bool]:
    """Of Employee and PersonFigures: these figures say what the facts say, for whoever asks."""
    return and_(_in_their_time(asking), Employee.id.not_in(select(FiguresTouched.employee_id)))


def _in_their_time(asking: Asking) -> ColumnElement[bool]:
    return and_(
        PersonFigures.employee_id == Employee.id,
        PersonFigures.made_at <= asking.now,
        PersonFigures.until > asking.now,
        PersonFigures.first_day <= asking.today,
        PersonFigures.last_day >= asking.today,
    )


def people_of(asking: Asking, *more: Any, key: Any = None) -> CTE:
    """Everybody asked about: `id`, `key`, `kept` (whether figures of theirs hold), `made_at` (which), and `more`."""
    return (
        select(
            Employee.id,
            (null() if key is None else key).label("key"),
            func.coalesce(holds(asking), False).label("kept"),
            PersonFigures.made_at,
            *more,
        )
        .select_from(Employee)
        .outerjoin(PersonFigures, _in_their_time(asking))
        .where(*asking.people())
        .cte("person")
        .prefix_with("MATERIALIZED")
    )


def theirs(person: CTE, figures: Any) -> ColumnElement[bool]:
    """Of what `figures` names, those of each person that hold."""
    return and_(figures.employee_id == person.c.id, figures.made_at == person.c.made_at)


def others(person: CTE) -> Any:
    """The ids of whoever's figures do not hold, as a column."""
    return (
        select(func.coalesce(func.array_agg(person.c.id), cast(literal([], ARRAY(Integer)), ARRAY(Integer))))
        .where(~person.c.kept)
        .scalar_subquery()
    )


def of_kinds(asking: Asking, *, mandatory: bool = False) -> list[ColumnElement[bool]]:
    """Of KindFigures: the courses asked for."""
    wanted: list[ColumnElement[bool]] = [KindFigures.mandatory.is_(True)] if mandatory else []
    return [*wanted, KindFigures.kind.in_(asking.filters.kinds)] if asking.filters.kinds else wanted


def counted(asking: Asking, *names: str, mandatory: bool = False) -> tuple[list[int], Sequence[int]] | None:
    """The sums of some cells that lie side by side, and whom they leave out. None: nobody's figures hold."""
    first, number = CELLS[names[0]].first, sum(CELLS[name].number for name in names)
    person = people_of(asking)
    part = func.substring(KindFigures.counts, 2 * first + 1, 2 * number)
    raw, rest = db.session.execute(
        select(func.coalesce(func.string_agg(part, EMPTY), EMPTY), others(person))
        .select_from(person)
        .join(KindFigures, theirs(person, KindFigures))
        .where(person.c.kept, *of_kinds(asking, mandatory=mandatory))
    ).one()
    return (summed(raw, number), rest) if raw else None


def texts(asking: Asking, name: str, group: Any = None) -> tuple[dict[Any, Text], Sequence[int]] | None:
    """'days' or 'scores' by group, and whom they leave out. None: nobody's figures hold."""
    person = people_of(asking, key=group)
    width = cast(select(func.count()).select_from(FiguresPlace).scalar_subquery(), Integer)
    column, empty = {"days": (PersonFigures.days, "ff"), "scores": (PersonFigures.scores, "00")}[name]
    padded = column.op("||")(func.decode(func.repeat(empty, width), "hex"))
    full = case((func.length(column) == width, column), else_=func.substring(padded, 1, width))
    rows = db.session.execute(
        select(
            person.c.key,
            func.string_agg(full, EMPTY),
            func.string_agg(PersonFigures.long, EMPTY) if name == "days" else EMPTY,
            width,
            others(person),
        )
        .select_from(person)
        .join(PersonFigures, theirs(person, PersonFigures))
        .where(person.c.kept)
        .group_by(person.c.key)
    ).all()
    if not rows:
        return None
    return {row[0]: Text(row[1], row[3], row[2]) for row in rows}, rows[0][4]


def places(asking: Asking, width: int) -> Mapping[int, int]:
    """Place -> course, of the courses asked for, among the first `width` places."""
    return {place: course_id for kind in _places(asking, width).values() for place, course_id in kind.items()}


def places_by_kind(asking: Asking, width: int) -> Mapping[str, Mapping[int, int]]:
    """The same for each programme kind."""
    return _places(asking, width)


def _places(asking: Asking, width: int) -> dict[str, dict[int, int]]:
    statement = (
        select(FiguresPlace.place, FiguresPlace.course_id, Course.kind)
        .join(Course, Course.id == FiguresPlace.course_id)
        .where(FiguresPlace.place < width)
    )
    if asking.filters.kinds:
        statement = statement.where(Course.kind.in_(asking.filters.kinds))
    found: dict[str, dict[int, int]] = {}
    for place, course_id, kind in db.session.execute(statement):
        found.setdefault(kind, {})[place] = course_id
    return found
