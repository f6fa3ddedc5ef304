"""What must still be there, reckoned in plain Python from rules, holds and days."""

from __future__ import annotations

import datetime as dt
import random
from calendar import monthrange
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    kind: str
    months: int | None
    start: str
    duty: bool


@dataclass(frozen=True)
class Days:
    """`effect_on` None: in force as long as the person works here."""

    made_on: dt.date
    effect_on: dt.date | None


@dataclass
class Person:
    department: int | None
    left_on: dt.date | None = None


@dataclass
class Record:
    person: int
    days: Days
    course: int | None
    longer: dt.date | None = None


@dataclass
class Hold:
    scope: str
    target: int
    kind: str
    custodians: set[int] = field(default_factory=set)


@dataclass
class Model:
    rules: dict[int, Rule] = field(default_factory=dict)
    holds: dict[int, Hold] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    records: dict[tuple[str, int], Record] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)

    def person(self, employee_id: int, department: int | None) -> None:
        self.people[employee_id] = Person(department)

    def add(self, kind: str, record_id: int, person: int, days: Days, course: int | None) -> None:
        self.records[kind, record_id] = Record(person, days, course)

    def hold(self, hold_id: int, scope: str, target: int, kind: str) -> None:
        held = Hold(scope, target, kind)
        if scope == "department":
            held.custodians = {key for key, one in self.people.items() if one.department == target}
        self.holds[hold_id] = held

    def move(self, employee_id: int, department: int | None) -> None:
        for hold in self.holds.values():
            if hold.scope == "department" and self.people[employee_id].department == hold.target:
                hold.custodians.add(employee_id)
        self.people[employee_id].department = department

    def longer(self, kind: str, record_id: int, until: dt.date) -> None:
        if (record := self.records.get((kind, record_id))) is not None:  # others are not reckoned with
            record.longer = max(record.longer or until, until)

    def any_record(self, chance: random.Random) -> tuple[str, int] | None:
        return chance.choice(list(self.records)) if self.records else None

    def held(self, kind: str, record_id: int) -> bool:
        record = self.records[kind, record_id]
        return any(self._under(one, kind, record) for one in self.holds.values())

    def may_go(self, kind: str, record_id: int, today: dt.date) -> bool:
        """Whether no hold, no rule and no decision keeps it."""
        record = self.records[kind, record_id]
        if self.held(kind, record_id) or (record.longer and record.longer > today):
            return False
        rules = [one for one in self.rules.values() if one.kind == kind]
        if record.person in self.erased:
            rules = [one for one in rules if one.duty]
        return all((day := self._end(one, record)) is not None and day <= today for one in rules)

    def _under(self, hold: Hold, kind: str, record: Record) -> bool:
        if hold.kind and hold.kind != kind:
            return False
        if hold.scope == "person":
            return hold.target == record.person
        if hold.scope == "course":
            return hold.target == record.course
        return record.person in hold.custodians or self.people[record.person].department == hold.target

    def _end(self, rule: Rule, record: Record) -> dt.date | None:
        left = self.people[record.person].left_on
        effect = record.days.effect_on or left
        begins = {"made": record.days.made_on, "effect": effect, "employment": left}[rule.start]
        if begins is None or rule.months is None:
            return None
        return later(max(begins, record.days.made_on), rule.months)


def later(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))
