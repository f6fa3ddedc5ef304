"""A person's counts by kind of course from the facts, as SQL: to keep them, and to look whether those kept say so.

Conditions are those of `statistics.facts`, which the pages count with: nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union,
)

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.insight.figures.cells import AHEAD, CELLS, DUE, MONTHS, MOST
from lmsapp.insight.figures.making import Making
from lmsapp.insight.statistics import facts
from lmsapp.insight.statistics.rules import Span
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod

WITHIN = (3, 7, 14)
Statement = Select[*tuple[Any, ...]]


def of_kinds(making: Making) -> Statement:
    """Columns as of KindFigures; who has nothing at all has no row."""
    given, asked = _assignments(making), _enrollments(making)
    issued, ending = _certificates(making), _periods(making)
    key = union(
        *(select(part.c.employee_id, part.c.kind, part.c.mandatory) for part in (given, asked, issued, ending))
    ).subquery("key")
    numbers = [
        func.coalesce(part.c[name], 0).label(name)
        for part, names in (
            (given, ("behind", "due", "in_time", "reminded", "followed")),
            (asked, ("asked", "completed", "scored", "score")),
        )
        for name in names
    ]
    counts = [
        func.coalesce(part.c[name], _nothing(sum(CELLS[one].number for one in cells)))
        for part, name, cells in (
            (given, "over_time", ("due", "weeks", "months")),
            (issued, "issued", ("issued",)),
            (ending, "ending", ("ending", "lapsed")),
            (given, "reminders", ("reminders",)),
        )
    ]
    statement = select(
        key.c.employee_id,
        literal(making.now, DateTime(timezone=True)).label("made_at"),
        key.c.kind,
        key.c.mandatory,
        func.coalesce(given.c.assigned, literal(False, Boolean)).label("assigned"),
        *numbers,
        _joined(counts).label("counts"),
    ).select_from(key)
    for part in (given, asked, issued, ending):
        same = [part.c[name] == key.c[name] for name in ("employee_id", "kind", "mandatory")]
        statement = statement.outerjoin(part, and_(*same))
    return statement


def _assignments(making: Making) -> CTE:
    """What is counted of assignments, of each person and kind."""
    one, now = TrainingAssignment, making.now
    marks = [span.last for span in making.back[:-1]]
    fell_due = facts.fell_due(now)
    lately = and_(fell_due, one.due_on >= making.back[-facts.REMINDED_MONTHS].first)
    last = facts.reminded_of(now, lately)
    row = (
        select(
            one.employee_id,
            Course.kind,
            Course.mandatory,
            case((facts.ever_late(now), facts.behind_at(marks, now)), else_=0).label("behind"),
            case(
                (and_(fell_due, _inside(one.due_on, making.back)), _place(one.due_on, making.back) * 3 + _fate())
            ).label("due"),
            *(
                case((_inside(one.completed_on, spans), _place(one.completed_on, spans) * 2 + _fate())).label(name)
                for name, spans in (("weeks", making.weeks), ("months", making.back))
            ),
            lately.label("lately"),
            facts.in_time().label("in_time"),
            last.c.n,
            *(facts.followed(last.c.last_at, days).label(f"within_{days}") for days in WITHIN),
        )
        .join(Course, Course.id == one.course_id)
        .join(last, literal(True, Boolean))
        .where(making.theirs(one.employee_id), one.closed_as.is_(None))
        .offset(0)  # else PostgreSQL would work the cells out once for each count
        .subquery("given")
    )
    cells = [
        func.count().filter(row.c[name] == cell)
        for name in ("due", "weeks", "months")
        for cell in range(CELLS[name].number)
    ]
    reminded = row.c.n > 0
    reminders = [
        func.count().filter(row.c.lately),
        func.count().filter(row.c.lately, row.c.in_time),
        func.sum(row.c.n),
        func.count().filter(reminded),
        func.count().filter(reminded, row.c.in_time),
        *(func.count().filter(reminded, row.c[f"within_{days}"]) for days in WITHIN),
    ]
    return (
        select(
            *_key(row),
            literal(True, Boolean).label("assigned"),
            func.bit_or(row.c.behind).label("behind"),
            func.count(row.c.due).label("due"),
            func.count().filter(row.c.due % len(DUE) == 0).label("in_time"),
            func.count().filter(reminded).label("reminded"),
            func.count().filter(reminded, row.c[f"within_{WITHIN[-1]}"]).label("followed"),
            _packed(cells).label("over_time"),
            _packed(reminders).label("reminders"),
        )
        .group_by(*_key(row))
        .cte("assigned")
    )


def _enrollments(making: Making) -> CTE:
    asked, scored = and_(*facts.asked_to_complete()), and_(*facts.has_score())
    key = (Enrollment.employee_id, Course.kind, Course.mandatory)
    return (
        select(
            *key,
            func.count().filter(asked).label("asked"),
            func.count().filter(asked, Enrollment.completed_at.is_not(None)).label("completed"),
            func.count().filter(scored).label("scored"),
            func.coalesce(func.sum(Enrollment.best_score).filter(scored), 0).label("score"),
        )
        .join(Course, Course.id == Enrollment.course_id)
        .where(making.theirs(Enrollment.employee_id))
        .group_by(*key)
        .cte("asked")
    )


def _certificates(making: Making) -> CTE:
    day = Certificate.issued_on
    row = (
        select(Certificate.employee_id, *_kind_of(), _place(day, making.back).label("month"))
        .outerjoin(Course, Course.id == Certificate.course_id)
        .where(making.theirs(Certificate.employee_id), *facts.standing(), _inside(day, making.back))
        .offset(0)
        .subquery("certificate_of")
    )
    cells = [func.count().filter(row.c.month == month) for month in range(MONTHS)]
    return select(*_key(row), _packed(cells).label("issued")).group_by(*_key(row)).cte("issued")


def _periods(making: Making) -> CTE:
    until = CertificationPeriod.valid_until
    ahead = case((_inside(until, making.ahead), _place(until, making.ahead)))
    row = (
        select(
            CertificationPeriod.employee_id,
            *_kind_of(),
            ahead.label("month"),
            (until < making.today).label("lapsed"),
        )
        .join(Course, Course.id == CertificationPeriod.course_id)
        .where(making.theirs(CertificationPeriod.employee_id), *facts.in_force(), until <= making.ahead[-1].last)
        .offset(0)
        .subquery("period_of")
    )
    cells = [func.count().filter(row.c.month == month) for month in range(AHEAD)]
    lapsed = func.count().filter(row.c.lapsed)
    return select(*_key(row), _packed([*cells, lapsed]).label("ending")).group_by(*_key(row)).cte("ending")


def _key(row: Subquery) -> Sequence[ColumnElement[Any]]:
    return row.c.employee_id, row.c.kind, row.c.mandatory


def _kind_of() -> Sequence[ColumnElement[Any]]:
    """Of the course; certificates of learning paths have none."""
    return func.coalesce(Course.kind, "").label("kind"), func.coalesce(Course.mandatory, False).label("mandatory")


def _fate() -> ColumnElement[int]:
    """The place in DUE, and of what is completed in DONE."""
    return case((facts.in_time(), 0), (facts.late(), 1), else_=2)


def _inside(day: Any, spans: Sequence[Span]) -> ColumnElement[bool]:
    return and_(*facts.between(day, spans[0].first, spans[-1].last))


def _place(day: Any, spans: Sequence[Span]) -> ColumnElement[int]:
    return func.width_bucket(day, literal([span.first for span in spans], ARRAY(Date)), type_=Integer) - 1


def _packed(counts: Sequence[Any]) -> ColumnElement[bytes]:
    """Two bytes each."""
    return _joined([func.int2send(cast(func.least(one, MOST), SmallInteger)) for one in counts])


def _joined(parts: Sequence[Any]) -> ColumnElement[bytes]:
    return cast(reduce(lambda one, more: one.op("||")(more), parts), LargeBinary)


def _nothing(cells: int) -> ColumnElement[bytes]:
    return cast(literal(bytes(2 * cells), LargeBinary), LargeBinary)
