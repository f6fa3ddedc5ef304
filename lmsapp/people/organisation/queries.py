"""The tree, the words, and how many people each has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.organisation.rules import Kind, Tree, Unit
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One line of the tree: `people` work in it, `in_all` in it and beneath; `depth` 0 at the top."""

    unit: Unit
    depth: int
    people: int
    in_all: int
    head: str | None = None


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """One department for its page. `left`: people who left and whose record names it."""

    unit: Unit
    words: str
    above: str
    head_id: int | None
    head: str | None
    head_number: str | None
    people: int
    in_all: int
    left: int
    children: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One word: `people` who work here bear it, `left` did. `spellings`: others that stand for it, by id."""

    id: int
    name: str
    active: bool
    people: int
    left: int
    spellings: tuple[tuple[int, str], ...] = ()


def department_tree() -> Tree:
    """All departments; one statement."""
    rows = db.session.execute(
        select(Department.id, Department.name, Department.parent_id, Department.also_called, Department.archived_at)
    )
    return Tree(Unit(r.id, r.name, r.parent_id, tuple(r.also_called), r.archived_at is not None) for r in rows)


def departments_below(ids: Iterable[int]) -> tuple[int, ...]:
    """These departments and everything beneath them, to filter by; one statement, walking the index by parent.

    Ids and not a condition: with them the planner knows how many people to expect.
    """
    chosen = sorted(set(ids))
    if not chosen:
        return ()
    below = select(Department.id).where(Department.id.in_(chosen)).cte("below", recursive=True)
    below = below.union(select(Department.id).join(below, Department.parent_id == below.c.id))
    return tuple(db.session.scalars(select(below.c.id))) or (-1,)


def headed_by(employee_id: int | None) -> tuple[int, ...]:
    """The departments in use that the employee heads, without those below."""
    if employee_id is None:
        return ()
    mine = (Department.head_id == employee_id, Department.archived_at.is_(None))
    return tuple(db.session.scalars(select(Department.id).where(*mine).order_by(Department.id)))


def heads() -> dict[int, tuple[int, ...]]:
    """User id -> the departments in use they head, without those below; of everybody who works here and may sign in."""
    rows = db.session.execute(
        select(Employee.user_id, func.array_agg(aggregate_order_by(Department.id, Department.id)))
        .join(Department, Department.head_id == Employee.id)
        .join(User, User.id == Employee.user_id)
        .where(Department.archived_at.is_(None), Employee.status == "active", User.active)
        .group_by(Employee.user_id)
    )
    return {row[0]: tuple(row[1]) for row in rows if row[0] is not None}


def department_rows(viewer: Viewer) -> list[DepartmentRow]:
    """The whole tree in order, archived ones left out. For those who keep records; three statements."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    tree, people = department_tree(), _people_by_department()
    heads = dict(
        db.session.execute(select(Department.id, Employee.name).join(Employee, Employee.id == Department.head_id)).all()
    )
    return [
        DepartmentRow(unit, depth, people.get(unit.id, 0), in_all(tree, unit.id, people), heads.get(unit.id))
        for unit, depth in tree.in_order()
        if not unit.archived
    ]


def archived_departments(viewer: Viewer) -> list[Unit]:
    """Out of use, by name."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    return sorted((u for u in department_tree().units.values() if u.archived), key=lambda unit: fold(unit.name))


def department_view(viewer: Viewer, department_id: int) -> DepartmentView | None:
    """One department, for those who keep records."""
    tree = department_tree()
    unit = tree.units.get(department_id)
    if unit is None or not viewer.may(May.KEEP_RECORDS):
        return None
    people = _people_by_department()
    head = db.session.execute(
        select(Employee.id, Employee.name, Employee.number)
        .join(Department, Department.head_id == Employee.id)
        .where(Department.id == department_id)
    ).one_or_none()
    left = select(func.count()).where(Employee.department_id == department_id, Employee.status == "left")
    return DepartmentView(
        unit=unit,
        words=tree.words(department_id),
        above=tree.words(unit.parent_id),
        head_id=head.id if head else None,
        head=head.name if head else None,
        head_number=head.number if head else None,
        people=people.get(department_id, 0),
        in_all=in_all(tree, department_id, people),
        left=db.session.scalar(left) or 0,
        children=tuple(child for child in tree.children(department_id) if not child.archived),
    )


def department_for(viewer: Viewer, department_id: int) -> Department | None:
    """The department to act on, for those who keep records."""
    return db.session.get(Department, department_id) if viewer.may(May.KEEP_RECORDS) else None


def department_choices() -> list[tuple[int, str]]:
    """(id, path) of every department in use, in the order of the tree."""
    tree = department_tree()
    return [(unit.id, tree.words(unit.id)) for unit, _depth in tree.in_order() if not unit.archived]


def in_all(tree: Tree, id_: int, people: Mapping[int, int]) -> int:
    """How many in the department and beneath."""
    return sum(people.get(below, 0) for below in tree.below([id_]))


def value_rows(viewer: Viewer, kind: Kind) -> list[ValueRow]:
    """The words of a kind by name, spellings with the word they stand for. Two statements."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    column = getattr(Employee, kind)
    works = func.count().filter(Employee.status == "active")
    counted = {
        row[0]: (row[1], row[2]) for row in db.session.execute(select(column, works, func.count()).group_by(column))
    }
    values = db.session.execute(
        select(
            OrganisationValue.id, OrganisationValue.name, OrganisationValue.active, OrganisationValue.stands_for
        ).where(OrganisationValue.kind == kind)
    ).all()
    spellings: dict[str, list[tuple[int, str]]] = {}
    for value in values:
        if value.stands_for:
            spellings.setdefault(value.stands_for, []).append((value.id, value.name))
    rows = []
    for value in values:
        if not value.stands_for:
            people, everybody = counted.get(value.name, (0, 0))
            others = tuple(sorted(spellings.get(value.name, ()), key=lambda one: fold(one[1])))
            rows.append(ValueRow(value.id, value.name, value.active, people, everybody - people, others))
    return sorted(rows, key=lambda row: fold(row.name))


def value_for(viewer: Viewer, kind: Kind, value_id: int) -> OrganisationValue | None:
    """The word to act on, for those who keep records."""
    if not viewer.may(May.KEEP_RECORDS):
        return None
    found = db.session.get(OrganisationValue, value_id)
    return found if found is not None and found.kind == kind else None


def offered(kind: Kind) -> list[str]:
    """The words to choose from."""
    names = db.session.scalars(
        select(OrganisationValue.name).where(
            OrganisationValue.kind == kind, OrganisationValue.active, OrganisationValue.stands_for.is_(None)
        )
    )
    return sorted(names, key=fold)


def spellings() -> dict[tuple[str, str], str]:
    """(kind, spelling) -> the word it stands for."""
    rows: Any = db.session.execute(
        select(OrganisationValue.kind, OrganisationValue.name, OrganisationValue.stands_for).where(
            OrganisationValue.stands_for.is_not(None)
        )
    )
    return {(row.kind, row.name): row.stands_for for row in rows}


def _people_by_department() -> dict[int, int]:
    rows = db.session.execute(
        select(Employee.department_id, func.count())
        .where(Employee.status == "active", Employee.department_id.is_not(None))
        .group_by(Employee.department_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
