"""How many assignments each choice of each filter would leave: one pass over what the other filters find (ASG-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, literal, select, tuple_

from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import OPEN
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.assignments.filters import ALL, AssignmentFilters, conditions, facet_conditions
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.queries import line_of
from lmsapp.people.viewer import Viewer

MOST_MANAGERS = 500
FACETS = ("statuses", "courses", "departments", "sources")


@dataclass(frozen=True, slots=True)
class Counts:
    """By facet: (value, words, how many) of each choice there is, in the order to show; `total` is the whole list.

    Words are titles and department paths; statuses and sources are worded by whoever shows them.
    """

    statuses: Mapping[str, int]
    sources: Mapping[str, int]
    courses: Sequence[tuple[int, str, int]]
    departments: Sequence[tuple[int, str, int]]
    total: int


def facet_counts(viewer: Viewer, filters: AssignmentFilters, now: dt.datetime, *, line: bool) -> Counts:
    """A choice counts what it and all other filters leave. Three statements at any size, one more with departments."""
    raw = _counted(viewer, filters, now, line=line)
    statuses: dict[str, int] = raw["statuses"]
    wanted = filters.statuses or tuple(map(str, OPEN))
    total = sum(count for status, count in statuses.items() if ALL in wanted or status in wanted)
    titles = dict(
        db.session.execute(
            select(Course.id, Course.title).where(Course.id.in_({*raw["courses"], *filters.courses}))
        ).all()
    )
    courses = [(key, title, raw["courses"].get(key, 0)) for key, title in titles.items()]
    return Counts(
        statuses=statuses,
        sources=raw["sources"],
        courses=sorted(courses, key=lambda one: one[1].casefold()),
        departments=_with_those_below(raw["departments"], filters.departments),
        total=total,
    )


def manager_options(viewer: Viewer, *, line: bool) -> list[tuple[int, str]]:
    """(id, 'Name (number)') of everybody somebody reports to, by name; of the own line only where `line`."""
    leading = select(Employee.manager_id).where(Employee.manager_id.is_not(None), Employee.status == "active")
    statement = select(Employee.id, Employee.name, Employee.number).where(Employee.id.in_(leading))
    if line:
        statement = statement.where(Employee.id.in_(line_of(viewer)))
    rows = db.session.execute(statement.order_by(Employee.sort_name, Employee.id).limit(MOST_MANAGERS))
    return [(row.id, f"{row.name} ({row.number})") for row in rows]


def _counted(viewer: Viewer, filters: AssignmentFilters, now: dt.datetime, *, line: bool) -> dict[str, dict[Any, int]]:
    """Per facet, value -> count. The rows are read once; each facet leaves out its own condition."""
    asked = facet_conditions(filters, now)
    row = (
        select(
            status_at(now).label("statuses"),
            TrainingAssignment.course_id.label("courses"),
            Employee.department_id.label("departments"),
            TrainingAssignment.source.label("sources"),
            *(asked[name].label(f"in_{name}") for name in FACETS),
        )
        .select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .where(*conditions(viewer, filters, now, line=line, but=FACETS))
        .subquery()
    )
    counts = [
        func.count().filter(and_(*(row.c[f"in_{other}"] for other in FACETS if other != name), literal(True)))
        for name in FACETS
    ]
    keys = [row.c[name] for name in FACETS]
    found: dict[str, dict[Any, int]] = {name: {} for name in FACETS}
    grouped = select(func.grouping(*keys), *keys, *counts).group_by(func.grouping_sets(*(tuple_(key) for key in keys)))
    for whole, *rest in db.session.execute(grouped):
        place = next(at for at in range(len(FACETS)) if not whole >> (len(FACETS) - 1 - at) & 1)
        value, count = rest[place], rest[len(FACETS) + place]
        if value is not None and count:
            found[FACETS[place]][value] = count
    return found


def _with_those_below(counts: Mapping[int, int], chosen: Sequence[int]) -> list[tuple[int, str, int]]:
    """(id, path, how many in it and below) in the order of the tree; what has nothing and is not chosen is left out."""
    tree = department_tree()
    whole: dict[int, int] = dict.fromkeys(chosen, 0)
    for department_id, count in counts.items():
        for unit in tree.line(department_id):
            whole[unit.id] = whole.get(unit.id, 0) + count
    return [(unit.id, tree.words(unit.id), whole[unit.id]) for unit, _depth in tree.in_order() if unit.id in whole]
