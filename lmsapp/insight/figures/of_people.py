"""Until when a person's figures hold, and their bytes by course, from the facts, as SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
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
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.insight.figures.cells import LONG, MOST, NONE
from lmsapp.insight.figures.making import NEVER, Making
from lmsapp.insight.figures.models import FiguresPlace
from lmsapp.insight.statistics import facts
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Employee

LONG_AGO = dt.date(1900, 1, 1)
Statement = Select[*tuple[Any, ...]]


def of_people(making: Making) -> Statement:
    """Columns as of PersonFigures."""
    theirs, latest = _when(making)
    text = _by_course(making)
    first = func.greatest(making.back[-1].first, making.weeks[-1].first, *latest, type_=Date)
    last = func.least(making.back[-1].last, making.weeks[-1].last, theirs.c.ends_next, type_=Date)
    empty = cast(literal(b"", LargeBinary), LargeBinary)
    return (
        select(
            Employee.id.label("employee_id"),
            literal(making.now, DateTime(timezone=True)).label("made_at"),
            func.coalesce(theirs.c.until, literal(NEVER, DateTime(timezone=True))).label("until"),
            first.label("first_day"),
            last.label("last_day"),
            *(func.coalesce(text.c[name], empty).label(name) for name in ("days", "long", "scores")),
        )
        .select_from(Employee)
        .join(theirs, theirs.c.employee_id == Employee.id)
        .outerjoin(text, text.c.employee_id == Employee.id)
        .where(making.theirs(Employee.id))
    )


def _when(making: Making) -> tuple[Subquery, Sequence[ColumnElement[Any]]]:
    """Until when figures hold, of each person; and the days before which nobody's is: something happened then that is
    not there yet for whoever still has the day before."""
    one, period = TrainingAssignment, CertificationPeriod
    counted = and_(one.employee_id == Employee.id, one.closed_as.is_(None))
    ends = and_(period.employee_id == Employee.id, *facts.in_force())

    def asked(value: Any, *wanted: Any) -> Any:
        return select(value).where(*wanted).correlate(Employee).scalar_subquery()

    next_due = asked(func.min(one.due_at), counted, one.due_at > making.now)
    fell_due = asked(func.max(one.due_on), counted, one.due_at <= making.now, one.due_on >= making.today)
    completed = asked(func.max(one.completed_on), counted)
    issued = asked(func.max(Certificate.issued_on), Certificate.employee_id == Employee.id, *facts.standing())
    ended = asked(func.max(period.valid_until) + 1, ends, period.valid_until < making.today)
    ends_next = asked(func.min(period.valid_until), ends, period.valid_until >= making.today)
    theirs = (
        select(
            Employee.id.label("employee_id"),
            next_due.label("until"),
            ends_next.label("ends_next"),
            *(
                func.coalesce(day, literal(LONG_AGO, Date), type_=Date).label(f"latest_{n}")
                for n, day in enumerate((fell_due, completed, issued, ended))
            ),
        )
        .where(making.theirs(Employee.id))
        .subquery("theirs")
    )
    return theirs, [theirs.c[f"latest_{n}"] for n in range(4)]


def _by_course(making: Making) -> Subquery:
    """A byte per place: days and scores."""
    took = case((facts.completed_by_learning(), facts.whole_days(facts.first_completed())))
    score = case((and_(*facts.has_score()), Enrollment.best_score + 1), else_=0)
    row = (
        select(Enrollment.employee_id, Enrollment.course_id, took.label("took"), score.label("score"))
        .where(making.theirs(Enrollment.employee_id))
        .subquery("enrolled")
    )
    person = select(Employee.id).where(making.theirs(Employee.id)).subquery("person")
    place, long = FiguresPlace.place, row.c.took >= LONG
    pair = _two_bytes(place).op("||")(_two_bytes(func.least(row.c.took, MOST)))
    return (
        select(
            person.c.id.label("employee_id"),
            _text(case((row.c.took.is_(None), NONE), else_=func.least(row.c.took, LONG)), place).label("days"),
            func.string_agg(pair, aggregate_order_by(literal(b"", LargeBinary), place)).filter(long).label("long"),
            _text(func.coalesce(row.c.score, 0), place).label("scores"),
        )
        .select_from(person)
        .join(FiguresPlace, literal(True, Boolean))
        .outerjoin(row, and_(row.c.employee_id == person.c.id, row.c.course_id == FiguresPlace.course_id))
        .group_by(person.c.id)
        .subquery("text")
    )


def _two_bytes(number: Any) -> ColumnElement[bytes]:
    return func.int2send(cast(number, SmallInteger), type_=LargeBinary)


def _text(byte: Any, place: Any) -> ColumnElement[bytes]:
    one = func.set_byte(literal(b"\0", LargeBinary), 0, cast(byte, Integer))
    return func.string_agg(one, aggregate_order_by(literal(b"", LargeBinary), place))
