"""Lines of a table -> people, and every line that cannot be one with its reason. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts.rules import clean_email
from lmsapp.people.employees.rules import full_name, sort_name, split_name
from lmsapp.people.roster.columns import Column, Matching
from lmsapp.people.roster.table import TOLD_EVERY, Line, Table, Tell, say_nothing
from lmsapp.people.roster.values import (
    DateOrder,
    check_identity,
    check_text,
    is_active,
    language_of,
    order_of,
    parse_date,
)
from lmsapp.people.roster.workbook import Cell

LONGEST_CELL = 200
FORMULA = ("=", "@", "+", "-")  # how spreadsheets begin what they execute (OWASP, CSV injection)
TEXTS = (Column.MOBILE, Column.DEPARTMENT, Column.JOB_ROLE, Column.LOCATION, Column.REGION, Column.COHORT)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line cannot be used. `heading` is the column as the file calls it, '' for the line as a whole."""

    line: int
    heading: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """In English, for the command line and downloads."""
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True, slots=True)
class Person:
    """One usable line. `values` holds only what the file has columns for, under the names of the employee record."""

    line: int
    number: str
    active: bool
    values: dict[str, Any]
    manager_number: str | None
    tells_manager: bool

    @property
    def name(self) -> str:
        """As it will be shown."""
        return str(self.values.get("name", ""))


@dataclass(slots=True)
class Reading:
    """What reading gave: people in the order of the file, problems by line, and every number seen, usable or not.

    `faulty`: what could be read of lines with problems, so that all that is wrong with a line is said at once.
    """

    people: list[Person] = field(default_factory=list)
    faulty: list[Person] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def everybody(self) -> list[Person]:
        """Everybody of whom something was read."""
        return sorted([*self.people, *self.faulty], key=lambda person: person.line)

    @property
    def told_apart(self) -> list[Person]:
        """Those who have a number of their own, for what is compared between lines."""
        return [person for person in self.everybody if person.number and self.numbers[person.number] == person.line]


def read_people(table: Table, matching: Matching, tell: Tell = say_nothing) -> Reading:
    """Every line is either a person or has at least one problem."""
    reader = _Reader(table, matching)
    reading = Reading(
        problems=[Problem(n, "", N_("This line has more cells than the first one.")) for n in table.too_long]
    )
    too_long = frozenset(table.too_long)
    for done, line in enumerate(table.lines):
        found_before = len(reading.problems)
        person = reader.person(line, reading)
        if line.number not in too_long:  # there nobody knows which cell belongs to which column
            faultless = len(reading.problems) == found_before
            (reading.people if faultless else reading.faulty).append(person)
        if done % TOLD_EVERY == 0:
            tell(done, len(table.lines))
    _refuse_doubles(reading, reader)
    return reading


class _Reader:
    """Knows the columns, and the order of day and month in the whole file."""

    def __init__(self, table: Table, matching: Matching):
        self.header = table.header
        self.columns = matching.columns
        self.dates = matching.dates
        if self.dates is DateOrder.AUTO and Column.HIRE_DATE in self.columns:
            cells = (self.cell(line, Column.HIRE_DATE) for line in table.lines)
            self.dates = order_of(cell for cell in cells if isinstance(cell, str))

    def cell(self, line: Line, column: Column) -> Cell:
        place = self.columns.get(column)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def text(self, line: Line, column: Column) -> str:
        cell = self.cell(line, column)
        text = cell if isinstance(cell, str) else cell.isoformat()
        if len(text) > LONGEST_CELL:
            raise RuleBroken(
                N_("This cell holds %(n)s characters; %(most)s are allowed."), n=len(text), most=LONGEST_CELL
            )
        if text.startswith(FORMULA) and not (column is Column.MOBILE and text[0] in "+-"):
            raise RuleBroken(N_("'%(text)s' looks like a formula. Save the values, not the formulas."), text=text[:40])
        check_text(text)
        return text

    def heading(self, column: Column) -> str:
        place = self.columns.get(column)
        return self.header[place] if place is not None else ""

    def person(self, line: Line, reading: Reading) -> Person:
        unread: set[Column] = set()

        def take(column: Column, read: Callable[[Line], Any]) -> Any:
            try:
                return read(line)
            except RuleBroken as broken:
                reading.problems.append(Problem(line.number, self.heading(column), broken.message, broken.values))
                unread.add(column)
                return None

        number = take(Column.NUMBER, self.number) or ""
        if number and number in reading.numbers:
            words = N_("Employee number %(number)s is on line %(first)s already.")
            first = {"number": number, "first": reading.numbers[number]}
            reading.problems.append(Problem(line.number, self.heading(Column.NUMBER), words, first))
        reading.numbers.setdefault(number, line.number)
        values: dict[str, Any] = {}
        name_column = Column.NAME if Column.NAME in self.columns else Column.LAST
        if given_family := take(name_column, self.name):
            values["name"], values["sort_name"] = full_name(*given_family), sort_name(*given_family)
        for column, read in self.optional():
            if column in self.columns:
                value = take(column, read)
                if column not in unread:
                    values[column.value] = value
        active = take(Column.STATUS, lambda at: is_active(self.text(at, Column.STATUS)))
        manager = take(Column.MANAGER, lambda at: check_identity(self.text(at, Column.MANAGER))) or None
        tells_manager = Column.MANAGER in self.columns and Column.MANAGER not in unread
        return Person(line.number, number, bool(active), values, manager, tells_manager)

    def optional(self) -> Iterable[tuple[Column, Callable[[Line], Any]]]:
        for column in TEXTS:
            yield column, partial(self.text, column=column)
        yield Column.EMAIL, self.email
        yield Column.HIRE_DATE, self.hire_date
        yield Column.TIME_ZONE, self.time_zone
        yield Column.LANGUAGE, lambda line: language_of(self.text(line, Column.LANGUAGE))

    def number(self, line: Line) -> str:
        number = self.text(line, Column.NUMBER)
        if not number:
            raise RuleBroken(N_("The employee number is missing."))
        return check_identity(number)

    def name(self, line: Line) -> tuple[str, str]:
        if Column.NAME in self.columns:
            given, family = split_name(self.text(line, Column.NAME))
        else:
            given, family = self.text(line, Column.FIRST), self.text(line, Column.LAST)
        if not any(c.isalpha() for c in given + family):
            raise RuleBroken(N_("The name is missing."))
        return given, family

    def email(self, line: Line) -> str | None:
        text = self.text(line, Column.EMAIL)
        if not text:
            return None
        try:
            return clean_email(check_identity(text))
        except RuleBroken as broken:
            if broken.field == "email":
                broken = RuleBroken(N_("'%(text)s' is not an e-mail address."), text=text[:60])
            raise broken from None

    def hire_date(self, line: Line) -> dt.date | None:
        cell = self.cell(line, Column.HIRE_DATE)
        if isinstance(cell, dt.date):
            return cell
        return parse_date(cell, self.dates) if cell else None

    def time_zone(self, line: Line) -> str | None:
        text = self.text(line, Column.TIME_ZONE)
        try:
            return ZoneInfo(text).key if text else None
        except (KeyError, ValueError, OSError):
            raise RuleBroken(
                N_("'%(text)s' is not a time zone. Use a name such as America/Chicago."), text=text[:40]
            ) from None


def _refuse_doubles(reading: Reading, reader: _Reader) -> None:
    """An address signs in one person: the second line with it is named."""
    first: dict[str, int] = {}
    for person in reading.told_apart:
        email = person.values.get("email")
        if email and email in first:
            words = N_("%(email)s is on line %(first)s already.")
            values = {"email": email, "first": first[email]}
            reading.problems.append(Problem(person.line, reader.heading(Column.EMAIL), words, values))
        elif email:
            first[email] = person.line
