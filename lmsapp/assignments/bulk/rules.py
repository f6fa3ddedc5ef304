"""What a line of the file means: which columns there are, and what would happen. Pure and dated (ENR-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.assignments.rules import check_due, display_number
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.roster.values import DateOrder, parse_date

LONGEST_NOTE = 1000


class Column(StrEnum):
    """What a file can say; of number and e-mail one is enough."""

    NUMBER = "number"
    EMAIL = "email"
    COURSE = "course"
    DUE_ON = "due_on"
    NOTE = "note"


HEADINGS: dict[Column, tuple[str, ...]] = {
    Column.NUMBER: ("employee number", "number", "employee id", "id", "número de empleado", "número"),
    Column.EMAIL: ("e-mail", "email", "mail", "work email", "correo", "correo electrónico"),
    Column.COURSE: ("course", "training", "title", "course title", "curso", "formación"),
    Column.DUE_ON: ("due date", "due", "due on", "deadline", "vence", "fecha límite", "fecha de vencimiento"),
    Column.NOTE: ("note", "comment", "nota", "comentario"),
}


class Kind(StrEnum):
    """What a line comes to."""

    PROBLEM = "problem"
    ASSIGN = "assign"
    ENROLL = "enroll"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a line names."""

    id: int
    name: str
    active: bool
    today: dt.date


@dataclass(frozen=True, slots=True)
class Has:
    """What a person has of a course so far."""

    enrolled: bool = False
    withdrawn: bool = False
    completed: bool = False
    due_on: dt.date | None = None  # of an open assignment, whose id is `assignment_id`
    assignment_id: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind, and why in words with their values."""

    kind: Kind
    words: str = ""
    values: Mapping[str, object] | None = None


def find_columns(header: Sequence[str]) -> dict[Column, int]:
    """Where each column stands. Raises RuleBroken (field 'file') when person or course is missing, or one is twice."""
    found: dict[Column, int] = {}
    for place, heading in enumerate(header):
        word = " ".join(heading.casefold().replace("_", " ").split())
        for column, words in HEADINGS.items():
            if word in words:
                if column in found:
                    raise RuleBroken(N_("“%(heading)s” stands there twice."), field="file", heading=heading[:60])
                found[column] = place
    if Column.COURSE not in found or not {Column.NUMBER, Column.EMAIL} & set(found):
        said = N_("The first line must name the columns: Employee number or E-mail, Course, Due date, Note.")
        raise RuleBroken(said, field="file")
    return found


def due_date(cell: str | dt.date, order: DateOrder) -> dt.date | None:
    """Of a cell; None where it is empty. Raises RuleBroken."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    return parse_date(cell, order) if cell else None


def judge_line(
    person: Person | None, course: tuple[str, bool] | None, due_on: dt.date | None, has: Has, who: str, title: str
) -> Verdict:
    """What the line would do. `course` is (title, published), None when nothing is called so."""
    if person is None:
        return Verdict(Kind.PROBLEM, N_("Nobody has the employee number or e-mail “%(who)s”."), {"who": who[:80]})
    if not person.active:
        return Verdict(Kind.PROBLEM, N_("%(name)s has left."), {"name": person.name})
    if course is None:
        return Verdict(Kind.PROBLEM, N_("There is no course “%(title)s”."), {"title": title[:80]})
    if not course[1]:
        return Verdict(Kind.PROBLEM, N_("“%(title)s” is not published."), {"title": course[0]})
    if due_on is not None:
        try:
            check_due(due_on, person.today)
        except RuleBroken as broken:
            return Verdict(Kind.PROBLEM, broken.message, broken.values)
    return _what_is_there(due_on, has)


def _what_is_there(due_on: dt.date | None, has: Has) -> Verdict:
    if has.due_on is not None:
        same = N_("Has it already: %(number)s, due %(day)s.")
        other = N_("Has it already: %(number)s, due %(day)s; its due date stays.")
        number, there = display_number(has.assignment_id), has.assignment_id
        values = {"day": has.due_on.isoformat(), "number": number, "assignment_id": there}
        return Verdict(Kind.SAME, same if due_on in (None, has.due_on) else other, values)
    if has.completed:
        return Verdict(Kind.SAME, N_("Has completed it."))
    if due_on is not None:
        return Verdict(Kind.ASSIGN)
    if has.enrolled and not has.withdrawn:
        return Verdict(Kind.SAME, N_("Is enrolled already."))
    return Verdict(Kind.ENROLL)
