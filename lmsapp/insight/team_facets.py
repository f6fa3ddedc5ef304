"""How many assignments of the line each choice of each filter of the team table would leave (DSH-1).

One pass over what no facet narrows; each facet leaves out its own condition and keeps all others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, tuple_

from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.insight.filters import (
    DUE_WINDOWS,
    STANDINGS,
    TeamFilters,
    due_in,
    facet_conditions,
    found,
    standing_of,
    state_of,
)
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.viewer import Viewer

# Facets whose choices are values of a column; the others (due, standing, scope) are conditions that may overlap.
GROUPED = ("departments", "roles", "locations", "regions", "cohorts", "courses", "statuses")
ASKED = (*GROUPED, "due", "standing", "scopes")


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
    """The counts of the whole panel of filters. Two statements, one more with departments chosen."""
    row = _rows(viewer, filters, now)
    kept = {name: row.c[f"in_{name}"] for name in ASKED}

    def left(name: str, *more: Any) -> ColumnElement[int]:
        return func.count().filter(and_(*(kept[other] for other in ASKED if other != name), *more, literal(True)))

    keys = [row.c[name] for name in GROUPED]
    single = {
        **{f"due_{one}": left("due", row.c[f"due_{one}"]) for one in DUE_WINDOWS},
        # Which statuses are listed unasked depends on the standing, so each has a state of its own.
        **{f"standing_{one}": _standing_left(row, kept, one) for one in STANDINGS},
        "line": left("scopes"),
        "direct": left("scopes", row.c.depth == 1),
        "total": left(""),
    }
    counted = [left(name) for name in GROUPED]
    sets = func.grouping_sets(*(tuple_(key) for key in keys), tuple_())
    statement = select(
        func.grouping(*keys).label("which"), *keys, *counted, *(count.label(name) for name, count in single.items())
    )
    return _told(db.session.execute(statement.group_by(sets)).all(), list(single))


def _rows(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> Any:
    """What the search leaves of the line: each facet's value, and whether each facet's condition holds."""
    asked = facet_conditions(filters, now) | {
        "scopes": ReportingLine.depth == 1 if filters.scope == "direct" else literal(True)
    }
    statement = (
        select(
            Employee.department_id.label("departments"),
            Employee.job_role.label("roles"),
            Employee.location.label("locations"),
            Employee.region.label("regions"),
            Employee.cohort.label("cohorts"),
            TrainingAssignment.course_id.label("courses"),
            status_at(now).label("statuses"),
            ReportingLine.depth,
            *(asked[name].label(f"in_{name}") for name in ASKED),
            *(due_in(one, now).label(f"due_{one}") for one in DUE_WINDOWS),
            *(standing_of(one, now).label(f"standing_{one}") for one in STANDINGS),
            *(state_of(filters.statuses, one, now).label(f"state_{one}") for one in STANDINGS),
        )
        .select_from(ReportingLine)
        .join(TrainingAssignment, TrainingAssignment.employee_id == ReportingLine.employee_id)
        .join(Employee, Employee.id == ReportingLine.employee_id)
        .where(ReportingLine.manager_id == viewer.employee_id)
    )
    return (statement.where(found(filters.search)) if filters.search else statement).subquery()


def _standing_left(row: Any, kept: Mapping[str, Any], standing: str) -> ColumnElement[int]:
    others = [kept[name] for name in ASKED if name not in ("standing", "statuses")]
    return func.count().filter(and_(*others, row.c[f"standing_{standing}"], row.c[f"state_{standing}"]))


def _told(rows: Any, single: list[str]) -> TeamCounts:
    """Rows have: which set they are of, the values of all facets, a count for each, the single counts."""
    size = len(GROUPED)
    found: dict[str, Any] = {name: {} for name in GROUPED}
    alone: dict[str, int] = dict.fromkeys(single, 0)
    for row in rows:
        if row.which == (1 << size) - 1:
            alone = dict(zip(single, row[1 + 2 * size :], strict=True))
            continue
        place = next(at for at in range(size) if not row.which >> (size - 1 - at) & 1)
        value, count = row[1 + place], row[1 + size + place]
        if value not in (None, "") and count:
            found[GROUPED[place]][value] = count
    return TeamCounts(
        **(found | {"departments": _with_those_below(found["departments"])}),
        due={one: alone[f"due_{one}"] for one in DUE_WINDOWS},
        standing={one: alone[f"standing_{one}"] for one in STANDINGS},
        scopes={one: alone[one] for one in ("line", "direct")},
        total=alone["total"],
    )


def _with_those_below(counts: Mapping[int, int]) -> Mapping[int, int]:
    """A department's count holds what is beneath it."""
    tree = department_tree()
    whole: dict[int, int] = {}
    for department_id, count in counts.items():
        for unit in tree.line(department_id):
            whole[unit.id] = whole.get(unit.id, 0) + count
    return whole
