"""How many assignments of the line each choice of each filter of the team table would leave (DSH-1).

Each facet leaves out its own condition and keeps all others. Of 2,000,000 assignments no row is read: letters are
counted, one for each that is not quietly completed, and the tallies of the others; see `team_counting`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.filters import DUE_WINDOWS, STANDINGS, TeamFilters, named, titled
from lmsapp.insight.team_counting import Asked, Counting
from lmsapp.insight.team_line import line_at
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """By facet: value -> how many assignments this choice and all other filters leave; a value that is not there has
    none. `departments`: with those below, unless asked for alone. `due` and `standing`: without 'any'. `scopes`:
    'line' and 'direct'. `total`: what all filters leave; `begun`: of those, not completed ones that were.
    `people_left`: whom the filters of people and 'compliant' leave."""

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
    begun: int
    people_left: Sequence[int]


def facet_counts(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> TeamCounts:
    """The counts of the whole panel of filters. Two statements, two more with a search, one with departments chosen."""
    asked = _asked(viewer, filters)
    found = Counting(asked, line_at(viewer.employee_id, now, with_bytes=asked.with_bytes)).counted()
    words = {name: _some(counts) for name, counts in found.people.items() if name != "departments"}
    return TeamCounts(
        departments=_departments(_some(found.people["departments"]), alone=filters.alone),
        courses=_some(found.courses),
        statuses=_some(found.statuses),
        due={one: found.due[one] for one in DUE_WINDOWS},
        standing={one: found.standing[one] for one in STANDINGS},
        scopes=found.scopes,
        total=found.total,
        begun=found.begun,
        people_left=found.people_left,
        **words,
    )


def _asked(viewer: Viewer, filters: TeamFilters) -> Asked:
    meant = filters.departments_meant
    if not filters.search:
        return Asked(filters, meant)
    titles = db.session.scalars(select(Course.id).where(titled(filters.search)))
    mine = select(Employee.id).join(ReportingLine, ReportingLine.employee_id == Employee.id)
    people = db.session.scalars(mine.where(ReportingLine.manager_id == viewer.employee_id, named(filters.search)))
    return Asked(filters, meant, frozenset(titles), frozenset(people))


def _some(counts: Mapping[Any, int]) -> dict[Any, int]:
    """Without nothing, and without people of whom it is not known."""
    return {value: n for value, n in counts.items() if n and value not in (None, "")}


def _departments(counts: Mapping[int, int], *, alone: bool) -> Mapping[int, int]:
    """A department's count holds what is beneath it, unless it is asked for alone."""
    if alone:
        return counts
    tree = department_tree()
    whole: dict[int, int] = {}
    for department_id, count in counts.items():
        for unit in tree.line(department_id):
            whole[unit.id] = whole.get(unit.id, 0) + count
    return whole
