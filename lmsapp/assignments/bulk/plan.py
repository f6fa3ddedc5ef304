"""A file against what there is: the dry run. Seven statements at any size; changes nothing (ENR-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select, tuple_

from lmsapp.assignments.bulk import rules
from lmsapp.assignments.bulk.rules import Column, Has, Kind, Person, Verdict
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee
from lmsapp.people.roster.table import Table, Tell, say_nothing
from lmsapp.people.roster.values import DateOrder, order_of

AT_ONCE = 5000
T = TypeVar("T")


@dataclass(slots=True)
class Planned:
    """A line with what it names and what would happen."""

    line: int
    who: str
    title: str
    note: str
    due_on: dt.date | None
    person: Person | None
    course_id: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Courses:
    by_word: dict[str, list[tuple[int, str, bool]]]

    def find(self, word: str) -> tuple[int, str, bool] | None:
        """By title, address word or number; of several the published one."""
        found = self.by_word.get(_fold(word), [])
        return next((one for one in found if one[2]), found[0] if found else None)


def plan_of(table: Table, tell: Tell = say_nothing) -> list[Planned]:
    """Every line judged. Raises RuleBroken (field 'file') when the columns are not those of the template."""
    columns = rules.find_columns(table.header)
    order = order_of(str(cell) for line in table.lines if (cell := _cell(line.cells, columns, Column.DUE_ON)))
    people, courses = _people(table, columns), _courses()
    lines = []
    for number, line in enumerate(table.lines, 1):
        lines.append(_named(line.number, line.cells, columns, order, people, courses))
        if number % 1000 == 0:
            tell(number, len(table.lines))
    return judged(lines, courses)


def judged(lines: list[Planned], courses: _Courses | None = None) -> list[Planned]:
    """Each against what its person has now; the same person and course twice is a problem of the second."""
    known = courses or _courses()
    by_id = {one[0]: one for several in known.by_word.values() for one in several}
    has = _has({(one.person.id, one.course_id) for one in lines if one.person and one.course_id})
    seen: dict[tuple[int, int], int] = {}
    for one in lines:
        if one.verdict.kind is Kind.PROBLEM and one.verdict.words:
            continue
        course = by_id.get(one.course_id or 0)
        key = (one.person.id, one.course_id) if one.person and one.course_id else None
        there = has.get(key, Has()) if key else Has()
        title_and_open = (course[1], course[2]) if course else None
        one.verdict = rules.judge_line(one.person, title_and_open, one.due_on, there, one.who, one.title)
        if key is not None and key in seen:
            words = N_("The same person and course stand on line %(line)s already.")
            one.verdict = Verdict(Kind.PROBLEM, words, {"line": seen[key]})
        elif key is not None:
            seen[key] = one.line
    return lines


def _named(
    number: int,
    cells: tuple[str | dt.date, ...],
    columns: dict[Column, int],
    order: DateOrder,
    people: dict[str, Person],
    courses: _Courses,
) -> Planned:
    words = {column: str(_cell(cells, columns, column)) for column in Column}
    who = words[Column.NUMBER] or words[Column.EMAIL]
    course = courses.find(words[Column.COURSE])
    verdict, due_on = Verdict(Kind.SAME), None
    try:
        due_on = rules.due_date(_cell(cells, columns, Column.DUE_ON), order)
    except RuleBroken as broken:
        verdict = Verdict(Kind.PROBLEM, broken.message, broken.values)
    title = course[1] if course else words[Column.COURSE]
    person, note = people.get(who.casefold()), words[Column.NOTE][: rules.LONGEST_NOTE]
    return Planned(number, who, title, note, due_on, person, course[0] if course else None, verdict)


def _cell(cells: tuple[str | dt.date, ...], columns: dict[Column, int], column: Column) -> str | dt.date:
    place = columns.get(column)
    return cells[place] if place is not None and place < len(cells) else ""


def _people(table: Table, columns: dict[Column, int]) -> dict[str, Person]:
    """By number and by address, both folded; a number wins."""
    naming = [one for one in (Column.NUMBER, Column.EMAIL) if one in columns]
    wanted = {str(_cell(line.cells, columns, one)).casefold() for line in table.lines for one in naming}
    found: dict[str, Person] = {}
    for some in _pieces(sorted(wanted - {""})):
        rows = db.session.execute(
            select(Employee.id, Employee.number, Employee.email, Employee.name, Employee.status, Employee.time_zone)
            .where(func.lower(Employee.number).in_(some) | func.lower(Employee.email).in_(some))
            .order_by(Employee.id)
        )
        for row in rows:
            one = Person(row.id, row.name, row.status == "active", clock.today(row.time_zone))
            found[row.number.casefold()] = one
            if row.email:
                found.setdefault(row.email.casefold(), one)
    return found


def _courses() -> _Courses:
    by_word: dict[str, list[tuple[int, str, bool]]] = {}
    for row in db.session.execute(select(Course.id, Course.title, Course.slug, Course.status).order_by(Course.id)):
        for word in {_fold(row.title), _fold(row.slug), str(row.id)}:
            by_word.setdefault(word, []).append((row.id, row.title, row.status == CourseStatus.PUBLISHED))
    return _Courses(by_word)


def _has(keys: set[tuple[int, int]]) -> dict[tuple[int, int], Has]:
    found: dict[tuple[int, int], Has] = {}
    for some in _pieces(sorted(keys)):
        rows = db.session.execute(
            select(
                Enrollment.employee_id,
                Enrollment.course_id,
                Enrollment.withdrawn_at,
                Enrollment.completed_at,
                Enrollment.renewal_from,
                TrainingAssignment.due_on,
                TrainingAssignment.id.label("assignment_id"),
            )
            .outerjoin(TrainingAssignment, (TrainingAssignment.enrollment_id == Enrollment.id) & is_open())
            .where(tuple_(Enrollment.employee_id, Enrollment.course_id).in_(some))
        )
        for row in rows:
            found[row.employee_id, row.course_id] = Has(
                enrolled=True,
                withdrawn=row.withdrawn_at is not None,
                completed=row.completed_at is not None,
                due_on=row.due_on,
                assignment_id=row.assignment_id or 0,
            )
    return found


def _pieces(values: list[T]) -> Iterable[list[T]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _fold(word: str) -> str:
    return " ".join(word.casefold().split())
