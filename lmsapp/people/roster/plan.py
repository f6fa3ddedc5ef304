"""The dry run: what a roster would change, row by row, before anything changes (ORG-5). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.rules import find_circles, fold
from lmsapp.people.organisation.rules import Tree, path_of
from lmsapp.people.roster.columns import Column, Matching
from lmsapp.people.roster.people import Person, Problem, Reading, read_people
from lmsapp.people.roster.table import Table, Tell, say_nothing

USUAL_PERCENT = 10  # of the people who work here; when more would leave, the number has to be typed
FEWEST = 10  # where fewer work, nobody can tell a wrong file from a first one by its share
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

    `privileged`: address of an account that may do more than learn -> its name. `last_manager`: the number of the only
    System Manager, where that is an employee.
    """

    employees: Mapping[str, Known]
    accounts: Mapping[str, str | None]
    departments: Tree = field(default_factory=lambda: Tree(()))
    spellings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    privileged: Mapping[str, str] = field(default_factory=dict)
    last_manager: str | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """`changes`: name of the value -> (before, after). 'status' ('left', 'active') means that they come back."""

    person: Person
    known: Known
    changes: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody known and their line; None: not in the file."""

    known: Known
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why this may be the wrong file, in words, and the number to type for going on all the same."""

    message: str
    number: int
    total: int


@dataclass(slots=True)
class Plan:
    """`missing` are people the file does not name: they leave only when it is said to list everybody (`full`).

    `known`: how many lines have a number that is here. `percent`: the share of leavers that is usual.
    """

    full: bool
    active_before: int
    percent: int = USUAL_PERCENT
    known: int = 0
    joiners: list[Person] = field(default_factory=list)
    movers: list[Mover] = field(default_factory=list)
    terminated: list[Leaver] = field(default_factory=list)
    missing: list[Leaver] = field(default_factory=list)
    same: list[Leaver] = field(default_factory=list)
    ignored: int = 0
    headless: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def leavers(self) -> list[Leaver]:
        """Who would lose access."""
        return self.terminated + (self.missing if self.full else [])

    @property
    def unchanged(self) -> int:
        """How many stay as they are."""
        return len(self.same)

    @property
    def doubts(self) -> list[Doubt]:
        """What a usual day does not explain, the gravest first: the number of the first has to be typed."""
        found = []
        there, usual = self.active_before, self.active_before * self.percent / 100
        if self.leavers and len(self.leavers) > usual:
            found.append(Doubt(N_("%(number)s of %(total)s people would lose access."), len(self.leavers), there))
        if there < FEWEST:
            return found
        if not self.known and self.joiners and (self.full or len(self.joiners) > usual):
            words = N_("None of the %(total)s employees is in this file; %(number)s people would join.")
            found.append(Doubt(words, len(self.joiners), there))
        if len(self.movers) * 2 > there:
            found.append(Doubt(N_("%(number)s of %(total)s people would be changed."), len(self.movers), there))
        return found

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


def make_plan(
    table: Table, matching: Matching, present: Present, *, percent: int = USUAL_PERCENT, tell: Tell = say_nothing
) -> Plan:
    """Compare the file with what is there. With any problem the plan cannot be applied."""
    reading = read_people(table, matching, tell)
    headings = {column: table.header[place] for column, place in matching.columns.items()}
    reading.problems.extend(_unclear_departments(reading.everybody, present, headings.get(Column.DEPARTMENT, "")))
    for person in reading.people:
        person.values.update({k: present.spellings.get((k, str(v)), v) for k, v in person.values.items()})
    reading.problems.extend(_unknown_managers(reading, present, headings.get(Column.MANAGER, "")))
    reading.problems.extend(_circles(reading.told_apart, present, headings.get(Column.MANAGER, "")))
    reading.problems.extend(_taken_addresses(reading.told_apart, present, headings.get(Column.EMAIL, "")))
    plan = Plan(matching.full, sum(known.active for known in present.employees.values()), percent)
    plan.known = sum(number in present.employees for number in reading.numbers)
    for person in reading.people:
        _place(plan, person, present.employees.get(person.number))
    gone = {number for number, known in present.employees.items() if known.active} - set(reading.numbers)
    plan.missing = sorted(
        (Leaver(present.employees[number]) for number in gone), key=lambda leaver: leaver.known.number
    )
    plan.headless = _count_headless(plan, reading.people, present)
    reading.problems.extend(_last_manager(plan, present, headings.get(Column.STATUS, "")))
    plan.problems = sorted(reading.problems, key=lambda problem: problem.line)
    return plan


def _place(plan: Plan, person: Person, known: Known | None) -> None:
    if known is None:
        if person.active:
            plan.joiners.append(person)
        else:
            plan.ignored += 1
    elif not person.active and known.active:
        plan.terminated.append(Leaver(known, person.line))
    elif person.active and (changes := _changes(person, known)):
        plan.movers.append(Mover(person, known, changes))
    else:
        plan.same.append(Leaver(known, person.line))


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
    for person in reading.everybody:
        number = person.manager_number
        if number and number not in reading.numbers and number not in present.employees:
            yield Problem(person.line, heading, words, {"number": number})


def _circles(people: list[Person], present: Present, heading: str) -> Iterable[Problem]:
    manager_of = {number: known.manager_number for number, known in present.employees.items()}
    manager_of.update({person.number: person.manager_number for person in people if person.tells_manager})
    lines = {person.number: person.line for person in people}
    for circle in find_circles(manager_of):
        words = N_("These people report to each other in a circle: %(numbers)s.")
        if len(circle) == 1:
            words = N_("%(numbers)s would report to themselves.")
        line = min((lines[number] for number in circle if number in lines), default=1)
        yield Problem(line, heading, words, {"numbers": ", ".join(circle[:8])})


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
        elif email in present.accounts and account is None and not _may_link(person, email, present):
            words = N_("%(email)s signs in somebody else. Put the address right; accounts are under People and roles.")
            yield Problem(person.line, heading, words, {"email": email})


def _may_link(person: Person, email: str, present: Present) -> bool:
    """An account without a record may become this person's: not a second one, and rights go to the same name only."""
    known, name = present.employees.get(person.number), present.privileged.get(email)
    if known is not None and known.values["email"] in present.accounts:
        return False
    return name is None or fold(name) == fold(person.name)


def _last_manager(plan: Plan, present: Present, heading: str) -> Iterable[Problem]:
    for leaver in plan.leavers:
        if leaver.known.number == present.last_manager:
            words = N_("%(name)s is the only System Manager. Give somebody else the role first.")
            yield Problem(leaver.line or 1, heading, words, {"name": leaver.known.name})


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
