"""The dry run: what a roster would change, row by row, before anything changes (ORG-5). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.rules import find_circle
from lmsapp.people.organisation.rules import Tree, path_of
from lmsapp.people.roster.columns import Column, Matching
from lmsapp.people.roster.people import Person, Problem, Reading, read_people
from lmsapp.people.roster.table import Table

LEAVER_GUARD = 0.10  # of the people who work here; more must be confirmed by typing the number
KEPT_WHEN_EMPTY = ("hire_date", "time_zone", "language")


@dataclass(frozen=True, slots=True)
class Known:
    """An employee as the database has them; `values` under the same names as `Person.values`."""

    id: int
    number: str
    active: bool
    values: Mapping[str, Any]
    manager_number: str | None

    @property
    def name(self) -> str:
        """As it is shown."""
        return str(self.values["name"])


@dataclass(frozen=True, slots=True)
class Present:
    """What is there before: employees by number, whose account an address is (number, or None for no employee), the
    departments, and (kind, spelling) -> the word it stands for.
    """

    employees: Mapping[str, Known]
    accounts: Mapping[str, str | None]
    departments: Tree = field(default_factory=lambda: Tree(()))
    spellings: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mover:
    """`changes`: name of the value -> (before, after). 'status' ('left', 'active') means that they come back."""

    person: Person
    known: Known
    changes: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Leaver:
    """`line` None: not in the file."""

    known: Known
    line: int | None = None


@dataclass(slots=True)
class Plan:
    """`missing` are people the file does not name: they leave only when it is said to list everybody (`full`)."""

    full: bool
    active_before: int
    joiners: list[Person] = field(default_factory=list)
    movers: list[Mover] = field(default_factory=list)
    terminated: list[Leaver] = field(default_factory=list)
    missing: list[Leaver] = field(default_factory=list)
    unchanged: int = 0
    ignored: int = 0
    headless: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def leavers(self) -> list[Leaver]:
        """Who would lose access."""
        return self.terminated + (self.missing if self.full else [])

    @property
    def is_guarded(self) -> bool:
        """More would leave than a usual day explains: the number has to be typed."""
        return len(self.leavers) > self.active_before * LEAVER_GUARD

    @property
    def changes_something(self) -> bool:
        return bool(self.joiners or self.movers or self.leavers)

    @property
    def counts(self) -> dict[str, int]:
        """For the history."""
        return {
            "joiners": len(self.joiners),
            "movers": len(self.movers),
            "leavers": len(self.leavers),
            "missing": len(self.missing),
            "unchanged": self.unchanged,
            "problems": len({problem.line for problem in self.problems}),
        }

    @property
    def fingerprint(self) -> str:
        """Differs when people were changed between the dry run and applying it."""
        moved = sorted((mover.known.id, sorted(map(repr, mover.changes.items()))) for mover in self.movers)
        gone, new = [leaver.known.id for leaver in self.leavers], [person.number for person in self.joiners]
        return hashlib.sha256(repr((self.full, new, moved, gone)).encode()).hexdigest()[:32]


def make_plan(table: Table, matching: Matching, present: Present) -> Plan:
    """Compare the file with what is there. With any problem the plan cannot be applied."""
    reading = read_people(table, matching)
    headings = {column: table.header[place] for column, place in matching.columns.items()}
    reading.problems.extend(_unclear_departments(reading.people, present, headings.get(Column.DEPARTMENT, "")))
    for person in reading.people:
        person.values.update({k: present.spellings.get((k, str(v)), v) for k, v in person.values.items()})
    reading.problems.extend(_unknown_managers(reading, present, headings.get(Column.MANAGER, "")))
    reading.problems.extend(_circles(reading.people, present, headings.get(Column.MANAGER, "")))
    reading.problems.extend(_taken_addresses(reading.people, present, headings.get(Column.EMAIL, "")))
    plan = Plan(matching.full, sum(known.active for known in present.employees.values()))
    for person in reading.people:
        _place(plan, person, present.employees.get(person.number))
    gone = {number for number, known in present.employees.items() if known.active} - set(reading.numbers)
    plan.missing = sorted(
        (Leaver(present.employees[number]) for number in gone), key=lambda leaver: leaver.known.number
    )
    plan.headless = _count_headless(plan, reading.people, present)
    plan.problems = sorted(reading.problems, key=lambda problem: problem.line)
    return plan


def _place(plan: Plan, person: Person, known: Known | None) -> None:
    if known is None:
        if person.active:
            plan.joiners.append(person)
        else:
            plan.ignored += 1
    elif not person.active:
        if known.active:
            plan.terminated.append(Leaver(known, person.line))
        else:
            plan.unchanged += 1
    elif changes := _changes(person, known):
        plan.movers.append(Mover(person, known, changes))
    else:
        plan.unchanged += 1


def _changes(person: Person, known: Known) -> dict[str, tuple[Any, Any]]:
    changes: dict[str, tuple[Any, Any]] = {} if known.active else {"status": ("left", "active")}
    for name, after in person.values.items():
        before = known.values.get(name)
        if name == "sort_name" or (name in KEPT_WHEN_EMPTY and not after) or (before or "") == (after or ""):
            continue
        changes[name] = (before, after)
    if person.tells_manager and person.manager_number != known.manager_number:
        changes["manager_number"] = (known.manager_number, person.manager_number)
    return changes


def _unclear_departments(people: list[Person], present: Present, heading: str) -> Iterable[Problem]:
    """Departments by their whole path from here on; a name that several have is a problem of its line."""
    paths: dict[str, str | RuleBroken] = {}
    for person in people:
        if name := person.values.get("department"):
            if name not in paths:
                paths[name] = path_of(name, present.departments)
            path = paths[name]
            if isinstance(path, RuleBroken):
                yield Problem(person.line, heading, path.message, path.values)
            else:
                person.values["department"] = path


def _unknown_managers(reading: Reading, present: Present, heading: str) -> Iterable[Problem]:
    words = N_("Nobody has the manager's number %(number)s, neither in this file nor here.")
    for person in reading.people:
        number = person.manager_number
        if number and number not in reading.numbers and number not in present.employees:
            yield Problem(person.line, heading, words, {"number": number})


def _circles(people: list[Person], present: Present, heading: str) -> Iterable[Problem]:
    manager_of = {number: known.manager_number for number, known in present.employees.items()}
    manager_of.update({person.number: person.manager_number for person in people if person.tells_manager})
    lines = {person.number: person.line for person in people}
    while circle := find_circle(manager_of):
        words = N_("These people report to each other in a circle: %(numbers)s.")
        if len(circle) == 1:
            words = N_("%(numbers)s would report to themselves.")
        line = min((lines[number] for number in circle if number in lines), default=1)
        yield Problem(line, heading, words, {"numbers": ", ".join(circle[:8])})
        manager_of[circle[0]] = None


def _taken_addresses(people: list[Person], present: Present, heading: str) -> Iterable[Problem]:
    """An address may move from one employee to another within a file, but belongs to one person at a time."""
    told = {person.number: person.values["email"] for person in people if "email" in person.values}
    after = {number: told.get(number, known.values["email"]) for number, known in present.employees.items()}
    holder = {email: number for number, email in after.items() if email}
    for person in people:
        email = person.values.get("email")
        if not email or not (person.active or person.number in present.employees):
            continue
        owner, account = holder.get(email, person.number), present.accounts.get(email)
        keeps_account = account not in (None, person.number) and told.get(account or "", email) == email
        if owner != person.number or keeps_account:
            words = N_("%(email)s belongs to another employee.")
            yield Problem(person.line, heading, words, {"email": email})


def _count_headless(plan: Plan, people: list[Person], present: Present) -> int:
    """How many who stay would report to somebody who leaves."""
    leaving = {leaver.known.number for leaver in plan.leavers}
    if not leaving:
        return 0
    manager_of = {
        n: known.manager_number for n, known in present.employees.items() if known.active and n not in leaving
    }
    manager_of.update({p.number: p.manager_number for p in people if p.active and p.tells_manager})
    return sum(manager in leaving for manager in manager_of.values())
