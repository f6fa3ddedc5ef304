"""Who is told of somebody's training, and when a standstill is looked at. Pure and dated (REM-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.assignments.policies.rules import ToWhom
from lmsapp.infra.words import N_


class Via(StrEnum):
    """As what the reader is told; kept with the notice."""

    MANAGER = "line manager"
    SUCCESSOR = "successor"
    NEXT_UP = "next manager up"
    HEAD = "head of department"
    PARTNER = "hr partner"
    HR = "hr managers"


NO_MANAGER = N_("no line manager on record")
LEFT = N_("the line manager has left")
CIRCLE = N_("the reporting line runs in a circle")
NOBODY_UP = N_("nobody above still works here")
NO_SECOND = N_("the line manager reports to nobody")
NO_PARTNER = N_("no HR business partner on record")
PARTNER_LEFT = N_("the HR business partner has left")
OWN = N_("the training is the reader's own")


@dataclass(frozen=True, slots=True)
class Person:
    """What the chain asks of an employee; `works` is false once they have left."""

    id: int
    works: bool
    manager_id: int | None = None
    successor_id: int | None = None
    hr_partner_id: int | None = None
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """Of the tree: who heads it, and what is above."""

    head_id: int | None
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class House:
    """Everybody the chain may come across, by id."""

    people: Mapping[int, Person]
    departments: Mapping[int, Department]

    def working(self, person_id: int | None, but: Collection[int]) -> Person | None:
        """The person, if they work here and are none of `but`; else their successor, and theirs."""
        seen: set[int] = set()
        while person_id is not None and person_id not in seen:
            seen.add(person_id)
            person = self.people.get(person_id)
            if person is None:
                return None
            if person.works:
                return person if person.id not in but else None
            person_id = person.successor_id
        return None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is told: an employee, or everybody who keeps HR records where `reader` is None.

    `because`: why it is not the one the step names; empty where it is.
    """

    reader: int | None
    via: Via
    because: str = ""


def chosen(learner_id: int, to_whom: ToWhom, house: House) -> Chosen:
    """The reader of a step about the training of `learner_id`. Never the learner."""
    learner = house.people[learner_id]
    if to_whom is ToWhom.HR_PARTNER:
        return _partner(learner, house, {learner_id}, "")
    first = _manager(learner, house, {learner_id})
    if to_whom is ToWhom.MANAGER or first.reader is None:
        return first
    told = {learner_id, first.reader}
    second = _line_of(house.people[first.reader], house, told)
    if second is not None:
        return Chosen(second.reader, second.via, second.because or first.because)
    return _around(house.people[first.reader], learner, house, told, NO_SECOND)


def _manager(learner: Person, house: House, but: set[int]) -> Chosen:
    found = _line_of(learner, house, but)
    return found or _around(learner, learner, house, but, _why_nobody(learner, house))


def _line_of(person: Person, house: House, but: set[int]) -> Chosen | None:
    """Up the reporting line: the first who works here, or who took the place of one who left."""
    for step, above in enumerate(_above(person, house)):
        found = house.working(above.id, but)
        if found is None:
            continue
        if found.id != above.id:
            return Chosen(found.id, Via.SUCCESSOR, LEFT)
        return Chosen(found.id, Via.MANAGER) if step == 0 else Chosen(found.id, Via.NEXT_UP, LEFT)
    return None


def _above(person: Person, house: House) -> Iterator[Person]:
    """The managers above, from the direct one up; a circle ends where it closes."""
    seen = {person.id}
    next_id = person.manager_id
    while next_id is not None and next_id not in seen:
        seen.add(next_id)
        above = house.people.get(next_id)
        if above is None:
            return
        yield above
        next_id = above.manager_id


def _why_nobody(learner: Person, house: House) -> str:
    if learner.manager_id is None:
        return NO_MANAGER
    last = learner
    for above in _above(learner, house):
        last = above
    return NOBODY_UP if last.manager_id is None else CIRCLE


def _around(place: Person, learner: Person, house: House, but: set[int], because: str) -> Chosen:
    """Where the line ends: the head of the department or of one above it, else HR."""
    seen: set[int] = set()
    department_id = place.department_id
    while department_id is not None and department_id not in seen:
        seen.add(department_id)
        department = house.departments.get(department_id)
        if department is None:
            break
        head = house.working(department.head_id, but)
        if head is not None:
            return Chosen(head.id, Via.HEAD, because)
        department_id = department.parent_id
    return _partner(learner, house, but, because)


def _partner(learner: Person, house: House, but: set[int], because: str) -> Chosen:
    partner = house.working(learner.hr_partner_id, but)
    if partner is not None:
        return Chosen(partner.id, Via.PARTNER, because)
    return Chosen(None, Via.HR, because or _why_no_partner(learner))


def _why_no_partner(learner: Person) -> str:
    if learner.hr_partner_id is None:
        return NO_PARTNER
    return OWN if learner.hr_partner_id == learner.id else PARTNER_LEFT


def stalled_steps(hours: Collection[int], active_at: dt.datetime, now: dt.datetime) -> tuple[int, ...]:
    """Which of the steps, in hours of standstill, are reached."""
    return tuple(sorted(one for one in hours if active_at + dt.timedelta(hours=one) <= now))


def next_look(hours: Collection[int], active_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When to look again. `hours` of the steps, at least one.

    At the next step to come, and never later than the first step's hours from now: whoever goes on in between and
    stops again is looked at before that standstill is old enough, so that none is told late.
    """
    to_come = [active_at + dt.timedelta(hours=one) for one in hours]
    return min([at for at in to_come if at > now] + [now + dt.timedelta(hours=min(hours))])
