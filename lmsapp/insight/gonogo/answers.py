"""What a checklist answers: go or no-go with counts, and for each person what stands in the way (REP-3)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from sqlalchemy import false, func, select, tuple_

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.infra.db import db
from lmsapp.insight.gonogo.facts import everybody_on, seen_by
from lmsapp.insight.gonogo.lines import BLOCKED, CLEARED, READY, Filters, chosen, first, lines, ordered
from lmsapp.insight.gonogo.models import GoNoGo
from lmsapp.insight.gonogo.rules import is_go
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import SEES_EVERYBODY
from lmsapp.people.viewer import Viewer

PAGE = 500  # a whole list of the usual kind, so that a print of the page is complete


@dataclass(frozen=True, slots=True)
class Verdict:
    """`people`: those counted, of them `ready`, `cleared` or `blocked`. `left`: on the list, and work here no longer.
    `unseen`: beyond what the asker may see, so nothing can be said of them. `counts`: by thing and standing."""

    people: int
    ready: int
    cleared: int
    blocked: int
    left: int = 0
    unseen: int = 0
    counts: Mapping[int, Mapping[str, int]] = field(default_factory=dict)

    @property
    def go(self) -> bool:
        """The one word."""
        return is_go(people=self.people, blocked=self.blocked, unseen=self.unseen)


@dataclass(frozen=True, slots=True)
class OnList:
    """One person: `lines` as `lines.lines`, in the order of the checklist; `who` is the first of them."""

    lines: Sequence[Any]

    @property
    def who(self) -> Any:
        """Name, number, state and clearance stand in every line."""
        return self.lines[0]

    @property
    def missing(self) -> Sequence[Any]:
        """What is not ready."""
        return [line for line in self.lines if not line.ready]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of people, blockers first."""

    people: Sequence[OnList]
    number: int
    size: int
    total: int


def verdict(viewer: Viewer, checklist: GoNoGo, now: dt.datetime) -> Verdict:
    """Of everybody on it. Two statements."""
    line = lines(checklist, viewer, now)
    persons = (
        select(func.grouping(line.c.item_id).label("whole"), line.c.item_id, line.c.standing, line.c.state)
        .add_columns(func.count(func.distinct(line.c.employee_id)).label("n"))
        .group_by(func.grouping_sets(tuple_(line.c.item_id, line.c.standing), tuple_(line.c.state)))
    )
    states: dict[str, int] = {}
    counts: dict[int, dict[str, int]] = {}
    for row in db.session.execute(persons):
        if row.whole:
            states[row.state] = row.n
        else:
            counts.setdefault(row.item_id, {})[row.standing] = row.n
    ready, cleared, blocked = (states.get(one, 0) for one in (READY, CLEARED, BLOCKED))
    return Verdict(ready + cleared + blocked, ready, cleared, blocked, *_beyond(viewer, checklist), counts)


def verdict_of(viewer: Viewer, checklist: GoNoGo, page: Page) -> Verdict:
    """The same, counted from a page that holds everybody. One statement."""
    assert page.total == len(page.people)
    states = Counter(one.who.state for one in page.people)
    counts: dict[int, Counter[str]] = {}
    for one in page.people:
        for line in one.lines:
            counts.setdefault(line.item_id, Counter())[line.standing] += 1
    found = (states[READY], states[CLEARED], states[BLOCKED])
    return Verdict(page.total, *found, *_beyond(viewer, checklist), counts)


def _beyond(viewer: Viewer, checklist: GoNoGo) -> tuple[int, int]:
    """How many on it have left, and how many of the others are not the viewer's to see."""
    here = Employee.status == "active"
    hidden = false() if viewer.may(*SEES_EVERYBODY) else ~seen_by(viewer)
    beyond = db.session.execute(
        select(func.count().filter(~here), func.count().filter(here, hidden))
        .select_from(Employee)
        .where(Employee.id.in_(everybody_on(checklist)))
    ).one()
    return beyond[0], beyond[1]


def people_on(viewer: Viewer, checklist: GoNoGo, filters: Filters, now: dt.datetime, size: int = PAGE) -> Page:
    """A page of them with every thing that counts. One statement, and one more beyond the last page."""
    line = lines(checklist, viewer, now, filters.items)
    order = (first(line), line.c.sort_name, line.c.employee_id)
    placed = select(line, func.dense_rank().over(order_by=order).label("place")).where(*chosen(line, filters))
    ranked = placed.subquery("ranked")
    total = func.max(ranked.c.place).over().label("total")
    counted = select(ranked, total).subquery("counted")
    within = counted.c.place.between((filters.page - 1) * size + 1, filters.page * size)
    rows = db.session.execute(
        select(counted).where(within).order_by(counted.c.place, counted.c.position, counted.c.item_id)
    ).all()
    if not rows and filters.page > 1:
        return people_on(viewer, checklist, replace(filters, page=1), now, size)
    return Page(_by_person(rows), filters.page, size, rows[0].total if rows else 0)


def blocked_on(viewer: Viewer, checklist: GoNoGo, now: dt.datetime) -> Sequence[OnList]:
    """Whoever is blocked, with what is missing and nothing else. One statement."""
    line = lines(checklist, viewer, now)
    return _by_person(db.session.execute(ordered(line).where(line.c.state == BLOCKED, ~line.c.ready)))


def one_on(viewer: Viewer, checklist: GoNoGo, typed: str, now: dt.datetime) -> OnList | None:
    """The person of that employee number or e-mail address, if on the list and theirs to see. One statement."""
    line = lines(checklist, viewer, now)
    meant = typed.strip().lower()
    found = ordered(line).where((func.lower(line.c.number) == meant) | (func.lower(line.c.email) == meant))
    people = _by_person(db.session.execute(found))
    return people[0] if len(people) == 1 else None


def on_it(viewer: Viewer, checklist: GoNoGo, employee_id: int, now: dt.datetime) -> OnList | None:
    """The same by id."""
    line = lines(checklist, viewer, now)
    people = _by_person(db.session.execute(ordered(line).where(line.c.employee_id == employee_id)))
    return people[0] if people else None


def _by_person(rows: Any) -> list[OnList]:
    return [OnList(list(lines)) for _id, lines in groupby(rows, key=lambda row: row.employee_id)]


def to_remind(
    viewer: Viewer, checklist: GoNoGo, picked: Collection[int] | None, now: dt.datetime
) -> Sequence[TrainingAssignment]:
    """Open assignments of what blocks people, of all or of those picked, with all they name. Two statements."""
    line = lines(checklist, viewer, now)
    open_ = (line.c.state == BLOCKED, ~line.c.ready, line.c.assignment_id.is_not(None))
    wanted = select(line.c.assignment_id).where(*open_)
    if picked is not None:
        wanted = wanted.where(line.c.assignment_id.in_(picked))
    ids = db.session.scalars(wanted).all()
    rows = with_all_it_names().where(TrainingAssignment.id.in_(ids)).order_by(Employee.sort_name, TrainingAssignment.id)
    return db.session.scalars(rows).all()


def person_on(viewer: Viewer, employee_id: int) -> Employee | None:
    """The record of somebody the viewer may see."""
    return db.session.scalar(select(Employee).where(Employee.id == employee_id, seen_by(viewer)))
