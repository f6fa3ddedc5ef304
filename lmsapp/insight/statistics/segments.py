"""Any figure by group: department, role, location, region, hire cohort, programme kind; the gaps stand out (DSH-4).

Groups under five people are shown and marked, but not ranked: one person would move them by more than a fifth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.rules import Programme
from lmsapp.infra.db import db
from lmsapp.insight.figures.reading import together
from lmsapp.insight.statistics.asking import GROUPINGS, Asking
from lmsapp.insight.statistics.compliance import has_mandatory
from lmsapp.insight.statistics.facts import (
    asked_to_complete,
    assignments,
    completed_by_learning,
    enrollments,
    ever_late,
    fell_due,
    first_completed,
    followed,
    has_score,
    in_time,
    of_courses,
    overdue,
    whole_days,
)
from lmsapp.insight.statistics.kept_groups import kept_groups
from lmsapp.insight.statistics.reminders import reminded
from lmsapp.insight.statistics.rules import SMALL_GROUP, months_back, quartiles, ranked
from lmsapp.insight.statistics.tallies import Tally, added_up, by_group
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee


@dataclass(frozen=True, slots=True)
class Group:
    """One group. `value`: per cent, or days; None of nothing. `n` is what it is of, `part` what of it; people of whom
    something counts. `key` is '' for whoever has no department, role and so on."""

    key: str
    name: str
    people: int
    n: int
    part: int
    value: float | None

    @property
    def small(self) -> bool:
        """Too few to be ranked."""
        return self.people < SMALL_GROUP


Counting = Callable[[Asking, Any], dict[Any, Tally]]


def segments(asking: Asking) -> tuple[Group, Sequence[Group]]:
    """The whole, and its groups: gaps first, then small groups. At most five times the statements of the figure."""
    figure, by = asking.filters.figure, asking.filters.by
    tallies = _tallies(asking, figure, by)
    if by == "kind":  # somebody may be in several
        whole, names = _tallies(asking, figure, "").get(None, Tally()), {kind.value: kind.value for kind in Programme}
    else:
        whole, names = added_up(tallies.values()), _names(by, tallies)
    groups = [
        _group(figure, str(key if key is not None else ""), names.get(key, ""), tally) for key, tally in tallies.items()
    ]
    groups = sorted((one for one in groups if one.n), key=lambda one: (one.name.casefold(), one.key))
    order = ranked([(one.value, one.people) for one in groups], low_is_bad=figure != "days")
    return _group(figure, "", "", whole), [groups[place] for place in order]


def _tallies(asking: Asking, figure: str, by: str) -> dict[Any, Tally]:
    """By group; of everybody under None where `by` is ''."""
    return together(asking, lambda a: kept_groups(a, figure, by), lambda a: _from_facts(a, figure, by), by_group)


def _from_facts(asking: Asking, figure: str, by: str) -> dict[Any, Tally]:
    count = COUNTED[figure]
    if by == "kind":
        return {kind.value: tally for kind in Programme for tally in count(asking.of_kind(kind), None).values()}
    return count(asking, GROUPINGS.get(by))


def _group(figure: str, key: str, name: str, tally: Tally) -> Group:
    if figure == "days":
        of = quartiles(tally.days)
        return Group(key, name, tally.people, tally.n, 0, of.median if of else None)
    if figure == "score":  # `part` is the sum of the scores
        return Group(key, name, tally.people, tally.n, tally.part, tally.part / tally.n if tally.n else None)
    return Group(key, name, tally.people, tally.n, tally.part, 100 * tally.part / tally.n if tally.n else None)


def _names(by: str, keys: Any) -> dict[Any, str]:
    if by != "department":
        return {key: key for key in keys}
    return dict(db.session.execute(select(Department.id, Department.name)).all())


def _compliant(asking: Asking, group: Any) -> dict[Any, Tally]:
    behind = (
        select(TrainingAssignment.employee_id)
        .where(
            TrainingAssignment.closed_as.is_(None),
            overdue(asking.now),
            ever_late(asking.now),  # what the index says of what is overdue, too
            *of_courses(TrainingAssignment.course_id, asking.mandatory),
        )
        .group_by(TrainingAssignment.employee_id)
        .subquery()
    )
    statement = (
        select(_key(group), func.count(), func.count().filter(behind.c.employee_id.is_(None)))
        .select_from(Employee)
        .outerjoin(behind, behind.c.employee_id == Employee.id)
        .where(*asking.people(), has_mandatory(asking))
    )
    rows = db.session.execute(_grouped(statement, group))
    return {row[0]: Tally(people=row[1], n=row[1], part=row[2]) for row in rows}


def _in_time(asking: Asking, group: Any) -> dict[Any, Tally]:
    first = months_back(asking.today)[0].first
    of = TrainingAssignment.employee_id
    statement = assignments(asking, of, *_parts(in_time()), mandatory=True).where(
        TrainingAssignment.due_on >= first, fell_due(asking.now)
    )
    return _by_person(statement.group_by(of), group)


def _completed(asking: Asking, group: Any) -> dict[Any, Tally]:
    statement = enrollments(asking, Enrollment.employee_id, *_parts(Enrollment.completed_at.is_not(None))).where(
        *asked_to_complete()
    )
    return _by_person(statement.group_by(Enrollment.employee_id), group)


def _score(asking: Asking, group: Any) -> dict[Any, Tally]:
    n, total = func.count().label("n"), func.sum(Enrollment.best_score).label("part")
    statement = enrollments(asking, Enrollment.employee_id, n, total).where(*has_score())
    return _by_person(statement.group_by(Enrollment.employee_id), group)


def _followed(asking: Asking, group: Any) -> dict[Any, Tally]:
    statement, reminder = reminded(asking, only=True)
    of = TrainingAssignment.employee_id
    statement = statement.with_only_columns(of, *_parts(followed(reminder.c.last_at, 14)))
    return _by_person(statement.group_by(of), group)


def _days(asking: Asking, group: Any) -> dict[Any, Tally]:
    day = whole_days(first_completed()).label("day")
    key = _key(group)
    found: dict[Any, Tally] = defaultdict(Tally)
    counted = enrollments(asking, key, day, func.count()).where(completed_by_learning())
    for value, after, n in db.session.execute(_grouped(counted, group).group_by(day)):
        found[value].days[after] = n
        found[value].n += n
    took = select(Enrollment.id).where(
        Enrollment.employee_id == Employee.id,
        completed_by_learning(),
        *of_courses(Enrollment.course_id, asking.courses),
    )
    people = select(key, func.count()).select_from(Employee).where(*asking.people(), took.exists())
    for value, n in db.session.execute(_grouped(people, group)):
        found[value].people = n
    return found


def _parts(good: ColumnElement[bool]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return func.count().label("n"), func.count().filter(good).label("part")


def _by_person(statement: Any, group: Any) -> dict[Any, Tally]:
    """Of `n` and `part` per person; groups are made of ten thousand people, not of two million rows."""
    each = statement.subquery()
    total = select(_key(group), func.count(), func.sum(each.c.n), func.sum(each.c.part)).select_from(each)
    if group is not None:
        total = total.join(Employee, Employee.id == each.c.employee_id)
    rows = db.session.execute(_grouped(total, group))
    return {row[0]: Tally(people=row[1], n=int(row[2] or 0), part=int(row[3] or 0)) for row in rows}


def _key(group: Any) -> Any:
    return func.nullif(0, 0).label("key") if group is None else group.label("key")


def _grouped(statement: Any, group: Any) -> Any:
    return statement if group is None else statement.group_by(group)


COUNTED: dict[str, Counting] = {
    "compliant": _compliant,
    "in_time": _in_time,
    "completed": _completed,
    "score": _score,
    "days": _days,
    "followed": _followed,
}
