"""The one statement behind the counts of the team table (DSH-1).

What is not completed, one row in ten, is read; what is completed is taken from the tallies (`assignments.tallies`) and
read only where a due window makes it few. Counts of people's facets are worked out per person and then grouped over the
people, those of courses, statuses and due windows from cells of (course, status, window). So a row is looked at twice,
however many facets there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from lmsapp.assignments.expressions import is_open, is_status
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.insight.filters import (
    TeamFilters,
    certificate_ends_soon,
    due_in,
    due_within,
    named,
    stands_still,
    state_of,
)
from lmsapp.insight.team_tallies import Part, by_course, changes_by_course, completed_of, part, places
from lmsapp.people.employees.models import Employee, ReportingLine

PEOPLE: dict[str, Any] = {
    "departments": Employee.department_id,
    "roles": Employee.job_role,
    "locations": Employee.location,
    "regions": Employee.region,
    "cohorts": Employee.cohort,
}
# A cell is a status times ten plus a window, both by their place here. '14' is the second and the third.
STATUSES = tuple(AssignmentStatus)
LATE, WEEK, FORTNIGHT, MONTH, ELSEWHEN = range(5)
WINDOWS = {"late": (LATE,), "7": (WEEK,), "14": (WEEK, FORTNIGHT), "30": (WEEK, FORTNIGHT, MONTH)}
FURTHEST = 30
COMPLETED = AssignmentStatus.COMPLETED.value
SPECIAL = {"stalled": stands_still, "expiring": certificate_ends_soon}
NOT_COMPLETED = TrainingAssignment.completed_at.is_(None)  # as its index has it


@dataclass(frozen=True, slots=True)
class Asked:
    """`people`: the conditions on people that are set, by facet, 'scopes' among them. `titles`: courses that the search
    means; None where nothing is searched for."""

    manager_id: int | None
    filters: TeamFilters
    now: dt.datetime
    people: Mapping[str, ColumnElement[bool]]
    titles: Sequence[int] | None

    @property
    def completed(self) -> bool:
        """Whether completed ones are asked for, among others."""
        return COMPLETED in self.filters.statuses

    @property
    def tallied(self) -> bool:
        """Whether tallies say how many of the completed ones all but statuses leave."""
        return not self.filters.due and self.filters.standing not in SPECIAL


def counting(asked: Asked) -> Select[*tuple[Any, ...]]:
    """Rows of (what, value, cell, n, raw): a facet of people and its value; scopes, standing with theirs; cell of
    a course (value); 'completed', where tallies say it, and what `team_tallies` adds of courses."""
    person = _people(asked)
    per = _per_person(asked, person)
    main = _special_per_person(asked, person) if asked.filters.standing in SPECIAL else per
    inside = _inside(asked, person, per)
    parts = [*_of_people(asked, person, main), *_standings(asked, person, per), *_cells(asked, person, inside)]
    if asked.tallied:
        done = completed_of(person, asked.filters.courses, asked.titles)
        counted = part("completed", func.coalesce(func.sum(done.c.n), 0)).select_from(done)
        parts.append(counted.join(person, person.c.id == done.c.id).where(inside))
        if asked.completed:
            parts += [by_course(person, inside), changes_by_course(person, inside), places()]
    rows = union_all(*parts).subquery()
    return select(rows)


def _people(asked: Asked) -> CTE:
    """The line: id, facets, depth, `in_` each facet that is set, `named`. Who fails two facets counts in none."""
    set_ = asked.people
    columns = [
        Employee.id,
        *(column.label(name) for name, column in PEOPLE.items()),
        ReportingLine.depth,
        *(condition.label(f"in_{name}") for name, condition in set_.items()),
        (named(asked.filters.search) if asked.filters.search else true()).label("named"),
    ]
    line = (
        select(*columns)
        .join(ReportingLine, ReportingLine.employee_id == Employee.id)
        .where(ReportingLine.manager_id == asked.manager_id)
    )
    if len(set_) > 1:
        held: Any = sum((cast(condition, Integer) for condition in set_.values()), literal(0))
        line = line.where(held >= len(set_) - 1)
    if asked.titles is not None and not asked.titles:
        line = line.where(named(asked.filters.search))
    return line.cte("person").prefix_with("MATERIALIZED")


def _kept(asked: Asked, person: CTE, but: str = "") -> ColumnElement[bool]:
    """Who is left by the facets of people, but one."""
    return and_(true(), *(person.c[f"in_{name}"] for name in asked.people if name != but))


def _inside(asked: Asked, person: CTE, per: CTE) -> ColumnElement[bool]:
    """Who is left by everything that is asked of people."""
    kept = _kept(asked, person)
    if asked.filters.standing != "compliant":
        return kept
    return kept & person.c.id.not_in(select(per.c.id).where(per.c.late))


def _rows_wanted(asked: Asked, person: CTE, standing: str) -> ColumnElement[bool]:
    """What is asked of the assignments themselves, but the standing."""
    filters = asked.filters
    wanted = [_searched(asked, person), state_of(filters.statuses, standing, asked.now), due_in(filters.due, asked.now)]
    if filters.courses:
        wanted.append(TrainingAssignment.course_id.in_(filters.courses))
    return and_(*wanted)


def _searched(asked: Asked, person: CTE) -> ColumnElement[bool]:
    if not asked.titles:
        return true()
    return or_(person.c.named, TrainingAssignment.course_id.in_(asked.titles))


def _of(person: CTE, *columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).select_from(person).join(TrainingAssignment, TrainingAssignment.employee_id == person.c.id)


def _per_person(asked: Asked, person: CTE) -> CTE:
    """(id, n, late): how many of each person are left by all but people's facets and the rarer standings; whether
    anything of theirs is overdue, whatever is asked for."""
    wanted = _rows_wanted(asked, person, "")
    late = func.bool_or(and_(is_open(), TrainingAssignment.due_at <= asked.now)).label("late")
    n = func.count().filter(wanted).label("n")
    live = _of(person, person.c.id, n, late).where(NOT_COMPLETED).group_by(person.c.id)
    if not asked.completed or asked.filters.due == "late":
        return live.cte("per").prefix_with("MATERIALIZED")
    if asked.filters.due:
        more = _of(person, person.c.id, func.count().label("n"), literal(False).label("late"))
        more = more.where(TrainingAssignment.completed_at.is_not(None), wanted).group_by(person.c.id)
    else:
        done = completed_of(person, asked.filters.courses, asked.titles)
        more = select(done.c.id, done.c.n, literal(False).label("late"))
    both = union_all(live, more).subquery()
    whole = select(both.c.id, func.sum(both.c.n).label("n"), func.bool_or(both.c.late).label("late"))
    return whole.group_by(both.c.id).cte("per").prefix_with("MATERIALIZED")


def _special_per_person(asked: Asked, person: CTE) -> CTE:
    """(id, n) of the standing that is asked for."""
    standing = asked.filters.standing
    wanted = (SPECIAL[standing](asked.now), _rows_wanted(asked, person, standing))
    found = _of(person, person.c.id, func.count().label("n")).where(*wanted).group_by(person.c.id)
    return found.cte("main").prefix_with("MATERIALIZED")


def _of_people(asked: Asked, person: CTE, main: CTE) -> list[Part]:
    """One part per facet of people: each leaves out its own condition."""
    compliant = ~main.c.late if asked.filters.standing == "compliant" else true()
    n = func.sum(main.c.n)
    parts = [
        part(name, n, value=person.c[name])
        .select_from(person)
        .join(main, main.c.id == person.c.id)
        .where(_kept(asked, person, name), compliant)
        .group_by(person.c[name])
        for name in PEOPLE
    ]
    direct = case((person.c.depth == 1, "direct"), else_="line")
    scopes = part("scopes", n, value=direct).select_from(person).join(main, main.c.id == person.c.id)
    return [*parts, scopes.where(_kept(asked, person, "scopes"), compliant).group_by(direct)]


def _standings(asked: Asked, person: CTE, per: CTE) -> list[Part]:
    """What the standings leave that are not chosen, and 'compliant' always."""
    kept = _kept(asked, person)
    compliant = part("standing", func.sum(per.c.n), value=literal("compliant")).select_from(per)
    parts = [compliant.join(person, person.c.id == per.c.id).where(kept, ~per.c.late)]
    for standing, status in (("stalled", AssignmentStatus.IN_PROGRESS), ("expiring", AssignmentStatus.COMPLETED)):
        none = (asked.filters.statuses and status not in asked.filters.statuses) or asked.filters.due == "late"
        if none or standing == asked.filters.standing:
            continue
        counted = part("standing", func.count(), value=literal(standing)).select_from(person)
        counted = counted.join(TrainingAssignment, TrainingAssignment.employee_id == person.c.id)
        parts.append(counted.where(kept, SPECIAL[standing](asked.now), _rows_wanted(asked, person, standing)))
    return parts


def _cells(asked: Asked, person: CTE, inside: ColumnElement[bool]) -> list[Part]:
    """Of everybody inside, whatever courses, statuses and due windows are chosen."""
    now, standing = asked.now, asked.filters.standing
    if standing in SPECIAL:
        sources = [SPECIAL[standing](now)]
    else:
        sources = [NOT_COMPLETED]
        if asked.filters.due not in ("", "late") or asked.completed:
            sources.append(and_(TrainingAssignment.completed_at.is_not(None), due_within(FURTHEST, now)))
    found = []
    for source in sources:
        rows = _of(person, TrainingAssignment.course_id, _cell(now).label("cell"), func.count().label("n"))
        rows = rows.where(inside, source, _searched(asked, person)).group_by(TrainingAssignment.course_id, "cell")
        cells = rows.subquery()
        found.append(part("cell", cells.c.n, value=cells.c.course_id, cell=cells.c.cell).select_from(cells))
    return found


def _cell(now: dt.datetime) -> ColumnElement[int]:
    """See STATUSES and WINDOWS."""
    status = case(*((is_status(one, now), 10 * place) for place, one in enumerate(STATUSES)), else_=0)
    ends = ((WEEK, 7), (FORTNIGHT, 14), (MONTH, FURTHEST))
    window = case(
        (TrainingAssignment.due_at <= now, case((is_open(), LATE), else_=ELSEWHEN)),
        *((TrainingAssignment.due_at <= now + dt.timedelta(days=days + 1), place) for place, days in ends),
        else_=ELSEWHEN,
    )
    return status + window
