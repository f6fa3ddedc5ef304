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
    Subquery,
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
from lmsapp.insight.team_cells import FURTHEST, cell_of
from lmsapp.insight.team_tallies import Part, by_course, changes_by_course, completed_of, ending, part, places
from lmsapp.people.employees.models import Employee, ReportingLine

PEOPLE: dict[str, Any] = {
    "departments": Employee.department_id,
    "roles": Employee.job_role,
    "locations": Employee.location,
    "regions": Employee.region,
    "cohorts": Employee.cohort,
}
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
    rare = _rare(asked, person) if asked.filters.standing in SPECIAL else None
    main = per if rare is None else _per_person_of(rare)
    inside = _inside(asked, person, per)
    parts = [*_of_people(asked, person, main), *_standings(asked, person, per), *_cells(asked, person, per, rare)]
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
    wanted: list[ColumnElement[bool]] = [
        _searched(asked, person),
        state_of(filters.statuses, standing, asked.now),
        due_in(filters.due, asked.now),
    ]
    if filters.courses:
        wanted.append(TrainingAssignment.course_id.in_(filters.courses))
    return and_(*wanted)


def _searched(asked: Asked, person: CTE) -> ColumnElement[bool]:
    if not asked.titles:
        return true()
    return or_(person.c.named, TrainingAssignment.course_id.in_(asked.titles))


def _of(who: CTE | Subquery, *columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).select_from(who).join(TrainingAssignment, TrainingAssignment.employee_id == who.c.id)


def _line(asked: Asked, *, inside: bool) -> Subquery:
    """The ids of the line, or of whom the facets of people leave of it. No kept list, as `_people` is: so that rows can
    be read in the order of their people, and by several processes."""
    line = select(ReportingLine.employee_id.label("id")).where(ReportingLine.manager_id == asked.manager_id)
    wanted: list[ColumnElement[bool]] = [*asked.people.values()] if inside else []
    if asked.titles is not None:
        wanted.append(named(asked.filters.search))
    if wanted:
        line = line.join(Employee, Employee.id == ReportingLine.employee_id).where(*wanted)
    return line.subquery("line")


def _per_person(asked: Asked, person: CTE) -> CTE:
    """(id, n, late): how many of each person are left by all but people's facets and the rarer standings; whether
    anything of theirs is overdue, whatever is asked for."""
    wanted = _rows_wanted(asked, person, "")
    late = func.bool_or(and_(TrainingAssignment.closed_as.is_(None), TrainingAssignment.due_at <= asked.now))
    who = person if asked.titles or len(asked.people) > 1 else _line(asked, inside=False)
    live = _of(who, who.c.id, func.count().filter(wanted).label("n"), late.label("late"))
    live = live.where(NOT_COMPLETED).group_by(who.c.id)
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


def _rare(asked: Asked, person: CTE) -> CTE:
    """The rows of the standing that is asked for: (id, course_id, cell, wanted, inside)."""
    standing = asked.filters.standing
    columns = (
        person.c.id,
        TrainingAssignment.course_id,
        cell_of(asked.now).label("cell"),
        _rows_wanted(asked, person, standing).label("wanted"),
        and_(_kept(asked, person), _searched(asked, person)).label("inside"),
    )
    return _of(person, *columns).where(SPECIAL[standing](asked.now)).cte("rare").prefix_with("MATERIALIZED")


def _per_person_of(rare: CTE) -> CTE:
    """(id, n) of those rows."""
    found = select(rare.c.id, func.count().label("n")).where(rare.c.wanted).group_by(rare.c.id)
    return found.cte("main").prefix_with("MATERIALIZED")


def _of_people(asked: Asked, person: CTE, main: CTE) -> list[Part]:
    """One part per facet of people: each leaves out its own condition."""
    compliant = ~main.c.late if asked.filters.standing == "compliant" else true()
    whole = select(person, main.c.n).join(main, main.c.id == person.c.id).where(compliant)
    counted = whole.cte("counted").prefix_with("MATERIALIZED")
    n = func.sum(counted.c.n)
    parts = [
        part(name, n, value=counted.c[name]).where(_kept(asked, counted, name)).group_by(counted.c[name])
        for name in PEOPLE
    ]
    direct = case((counted.c.depth == 1, "direct"), else_="line")
    return [*parts, part("scopes", n, value=direct).where(_kept(asked, counted, "scopes")).group_by(direct)]


def _standings(asked: Asked, person: CTE, per: CTE) -> list[Part]:
    """'compliant', whatever is chosen; and of those not chosen 'expiring', and 'stalled' where no cells say it."""
    kept, filters = _kept(asked, person), asked.filters
    compliant = part("standing", func.sum(per.c.n), value=literal("compliant")).select_from(per)
    parts = [compliant.join(person, person.c.id == per.c.id).where(kept, ~per.c.late)]
    if filters.due == "late":
        return parts
    if filters.standing != "expiring" and (not filters.statuses or asked.completed):
        if filters.due:
            parts.append(_special("expiring", asked, person))
        else:
            parts += ending(asked.now, person, kept, filters.courses, asked.titles)
    in_progress = not filters.statuses or AssignmentStatus.IN_PROGRESS in filters.statuses
    if filters.standing in ("compliant", "expiring") and in_progress:
        parts.append(_special("stalled", asked, person))
    return parts


def _special(standing: str, asked: Asked, person: CTE) -> Part:
    counted = part("standing", func.count(), value=literal(standing)).select_from(person)
    counted = counted.join(TrainingAssignment, TrainingAssignment.employee_id == person.c.id)
    wanted = _rows_wanted(asked, person, standing)
    return counted.where(_kept(asked, person), SPECIAL[standing](asked.now), wanted)


def _cells(asked: Asked, person: CTE, per: CTE, rare: CTE | None) -> list[Part]:
    """Of everybody inside, whatever courses, statuses and due windows are chosen."""
    if rare is not None:
        counted = part("cell", func.count(), value=rare.c.course_id, cell=rare.c.cell).where(rare.c.inside)
        return [counted.group_by(rare.c.course_id, rare.c.cell)]
    sources: list[ColumnElement[bool]] = [NOT_COMPLETED]
    if asked.filters.due not in ("", "late") or asked.completed:
        sources.append(and_(TrainingAssignment.completed_at.is_not(None), due_within(FURTHEST, asked.now)))
    who = person if asked.titles else _line(asked, inside=True)
    wanted: list[ColumnElement[bool]] = [_searched(asked, person)]
    if asked.titles:
        wanted.append(_kept(asked, person))
    if asked.filters.standing == "compliant":
        wanted.append(who.c.id.not_in(select(per.c.id).where(per.c.late)))
    parts = []
    for source in sources:
        rows = _of(who, TrainingAssignment.course_id, cell_of(asked.now).label("cell"), func.count().label("n"))
        cells = rows.where(source, *wanted).group_by(TrainingAssignment.course_id, "cell").subquery()
        parts.append(part("cell", cells.c.n, value=cells.c.course_id, cell=cells.c.cell).select_from(cells))
    return parts
