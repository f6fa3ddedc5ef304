"""How many assignments of the line each choice of each filter of the team table would leave (DSH-1).

Each facet leaves out its own condition and keeps all others. Of 2,000,000 assignments one in ten is read; see
`team_counting`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from lmsapp.assignments.rules import OPEN, AssignmentStatus
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.filters import DUE_WINDOWS, EVERYTHING, STANDINGS, TeamFilters, facet_conditions, titled
from lmsapp.insight.team_cells import ELSEWHEN, STATUSES, STILL, WINDOWS
from lmsapp.insight.team_counting import COMPLETED, PEOPLE, SPECIAL, Asked, counting
from lmsapp.insight.team_tallies import courses_in
from lmsapp.people.employees.models import ReportingLine
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """By facet: value -> how many assignments this choice and all other filters leave; a value that is not there has
    none. `departments`: with those below. `due` and `standing`: without 'any'. `scopes`: 'line' and 'direct'.
    `total`: what all filters leave."""

    departments: Mapping[int, int]
    roles: Mapping[str, int]
    locations: Mapping[str, int]
    regions: Mapping[str, int]
    cohorts: Mapping[str, int]
    courses: Mapping[int, int]
    statuses: Mapping[str, int]
    due: Mapping[str, int]
    standing: Mapping[str, int]
    scopes: Mapping[str, int]
    total: int


def facet_counts(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> TeamCounts:
    """The counts of the whole panel of filters. Two statements, one more with a search, one with departments chosen."""
    asked = _asked(viewer, filters, now)
    found = _Found()
    for row in db.session.execute(counting(asked)):
        found.take(row)
    return _told(asked, found)


@dataclass(slots=True)
class _Found:
    """The rows of the statement, sorted out. `cells`: (course, status, window, stands still, how many)."""

    facets: dict[str, dict[Any, int]] = field(default_factory=lambda: defaultdict(dict))
    cells: list[tuple[int, str, int, bool, int]] = field(default_factory=list)
    raw: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    changes: dict[tuple[int, int], int] = field(default_factory=dict)

    def take(self, row: Any) -> None:
        match row.what:
            case "cell":
                still, rest = divmod(row.cell, STILL)
                status, window = divmod(rest, 10)
                self.cells.append((int(row.value), STATUSES[status].value, window, bool(still), row.n))
            case "by course":
                self.raw[row.cell] = row.raw
            case "places":
                self.places[int(row.value)] = row.n
            case "change":
                self.changes[int(row.value), row.cell] = row.n
            case _:
                facet = self.facets[row.what]
                facet[row.value] = facet.get(row.value, 0) + (row.n or 0)


def _asked(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> Asked:
    conditions = facet_conditions(filters, now)
    people = {name: conditions[name] for name in PEOPLE if conditions[name] is not EVERYTHING}
    if filters.scope == "direct":
        people["scopes"] = ReportingLine.depth == 1
    titles = None
    if filters.search:
        titles = db.session.scalars(select(Course.id).where(titled(filters.search))).all()
    return Asked(viewer.employee_id, filters, now, people, titles)


def _told(asked: Asked, found: _Found) -> TeamCounts:
    filters = asked.filters
    statuses, courses, due, total = _of_rows(asked, found)
    standing = {one: found.facets["standing"].get(one, 0) for one in STANDINGS}
    if filters.standing in SPECIAL:
        standing[filters.standing] = total
    elif not filters.standing:
        standing["stalled"] = _still(asked, found)
    direct = found.facets["scopes"].get("direct", 0)
    words = {name: _some(found.facets[name]) for name in PEOPLE if name != "departments"}
    departments = {int(key): n for key, n in _some(found.facets["departments"]).items()}
    return TeamCounts(
        departments=_with_those_below(departments),
        courses=_some(courses),
        statuses=_some(statuses),
        due={one: due.get(one, 0) for one in DUE_WINDOWS},
        standing=standing,
        scopes={"direct": direct, "line": direct + found.facets["scopes"].get("line", 0)},
        total=total,
        **words,
    )


def _of_rows(asked: Asked, found: _Found) -> tuple[dict[str, int], dict[int, int], dict[str, int], int]:
    """Statuses, courses, due windows and the total, from the cells, and from the tallies where they say it."""
    filters = asked.filters
    wanted = set(filters.statuses) or ({COMPLETED} if filters.standing == "expiring" else set(map(str, OPEN)))
    windows = WINDOWS.get(filters.due)
    statuses: dict[str, int] = defaultdict(int)
    courses: dict[int, int] = defaultdict(int)
    due: dict[str, int] = defaultdict(int)
    total = 0
    for course_id, status, window, _still, n in found.cells:
        chosen, state = not filters.courses or course_id in filters.courses, status in wanted
        if chosen and state:
            for name in (name for name, narrow in WINDOWS.items() if window in narrow):
                due[name] += n
        if (status == COMPLETED and asked.tallied) or (windows is not None and window not in windows):
            continue
        statuses[status] += n * chosen
        courses[course_id] += n * state
        total += n * (chosen and state)
    if asked.tallied:
        completed = found.facets["completed"][None]
        statuses[COMPLETED] = completed
        total += completed * asked.completed
        for course_id, n in _completed_courses(asked, found).items():
            courses[course_id] += n
    return statuses, courses, due, total


def _still(asked: Asked, found: _Found) -> int:
    """What stands still, of the cells."""
    filters = asked.filters
    if filters.statuses and AssignmentStatus.IN_PROGRESS not in filters.statuses:
        return 0
    windows = WINDOWS.get(filters.due, range(ELSEWHEN + 1))
    return sum(
        n
        for course_id, _status, window, still, n in found.cells
        if still and window in windows and (not filters.courses or course_id in filters.courses)
    )


def _completed_courses(asked: Asked, found: _Found) -> dict[int, int]:
    """Nothing, unless completed ones are asked for."""
    counted = courses_in(found.raw, found.places, asked.titles)
    for (course_id, named), n in found.changes.items():
        if named or asked.titles is None or course_id in asked.titles:
            counted[course_id] = counted.get(course_id, 0) + n
    return counted


def _some(counts: Mapping[Any, int]) -> dict[Any, int]:
    """Without nothing, and without people of whom it is not known."""
    return {value: n for value, n in counts.items() if n and value not in (None, "")}


def _with_those_below(counts: Mapping[int, int]) -> Mapping[int, int]:
    """A department's count holds what is beneath it."""
    tree = department_tree()
    whole: dict[int, int] = {}
    for department_id, count in counts.items():
        for unit in tree.line(department_id):
            whole[unit.id] = whole.get(unit.id, 0) + count
    return whole
