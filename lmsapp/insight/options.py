"""What the filters of a manager's pages offer. Read from the line's people, not from their assignments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, tuple_

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.viewer import Viewer

KEEP = dt.timedelta(seconds=60)
MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """(value, label) pairs by label; `people` in the line, `direct` of them reporting to the viewer."""

    departments: tuple[tuple[int, str], ...]
    roles: tuple[str, ...]
    locations: tuple[str, ...]
    regions: tuple[str, ...]
    cohorts: tuple[str, ...]
    courses: tuple[tuple[int, str], ...]
    people: int
    direct: int


_kept: dict[int, tuple[dt.datetime, Choices]] = {}


def team_choices(viewer: Viewer) -> Choices:
    """The choices for the viewer's line; a minute old at most, because a filter change must not count 10,000 people."""
    key, now = viewer.employee_id or 0, clock.now()
    kept = _kept.get(key)
    if kept is not None and now - KEEP <= kept[0] <= now:
        return kept[1]
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    choices = _choices(key)
    _kept[key] = (now, choices)
    return choices


def courses() -> tuple[tuple[int, str], ...]:
    """Courses that can have assignments, by title."""
    rows = db.session.execute(
        select(Course.id, Course.title).where(Course.status != "draft").order_by(func.lower(Course.title))
    )
    return tuple((row.id, row.title) for row in rows)


def _choices(manager_id: int) -> Choices:
    """One pass over the line for all five lists."""
    keys = (Department.id, Employee.job_role, Employee.location, Employee.region, Employee.cohort)
    rows = db.session.execute(
        select(func.grouping(*keys), *keys, func.count(), func.count().filter(ReportingLine.depth == 1))
        .select_from(ReportingLine)
        .join(Employee, Employee.id == ReportingLine.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(ReportingLine.manager_id == manager_id)
        .group_by(func.grouping_sets(*(tuple_(key) for key in keys), tuple_()))
    ).all()
    every = (1 << len(keys)) - 1

    def values(place: int) -> list[Any]:
        of_set = every & ~(1 << (len(keys) - 1 - place))
        return [row[1 + place] for row in rows if row[0] == of_set and row[1 + place]]

    total = next(((row[-2], row[-1]) for row in rows if row[0] == every), (0, 0))
    words = [tuple(sorted(values(place), key=fold)) for place in range(1, len(keys))]
    return Choices(
        departments=_with_those_above(values(0)),
        roles=words[0],
        locations=words[1],
        regions=words[2],
        cohorts=words[3],
        courses=courses(),
        people=total[0],
        direct=total[1],
    )


def _with_those_above(ids: Iterable[int]) -> tuple[tuple[int, str], ...]:
    """(id, path) of these departments and the ones above them, in the order of the tree."""
    tree = department_tree()
    shown = {unit.id for id_ in ids for unit in tree.line(id_)}
    return tuple((unit.id, tree.words(unit.id)) for unit, _depth in tree.in_order() if unit.id in shown)
