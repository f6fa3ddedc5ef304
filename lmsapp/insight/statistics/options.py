"""What the filters of a statistics page offer: of the people it is about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, tuple_

from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.queries import line_of
from lmsapp.people.viewer import Viewer

WORDS = (Employee.job_role, Employee.location, Employee.region, Employee.cohort)


@dataclass(frozen=True, slots=True)
class Choices:
    """(id, path) of departments in the order of the tree; words by name."""

    departments: tuple[tuple[int, str], ...]
    roles: tuple[str, ...]
    locations: tuple[str, ...]
    regions: tuple[str, ...]
    cohorts: tuple[str, ...]


def choices_of(viewer: Viewer, *, line_only: bool) -> Choices:
    """One pass over the people, and the tree of departments."""
    columns = (Employee.department_id, *WORDS)
    statement = select(*columns, func.grouping(*columns)).where(Employee.status == "active")
    if line_only:
        statement = statement.where(Employee.id.in_(line_of(viewer)))
    rows = db.session.execute(statement.group_by(func.grouping_sets(*(tuple_(column) for column in columns)))).all()
    at = [2 ** len(columns) - 1 - 2 ** (len(columns) - 1 - k) for k in range(len(columns))]
    found = [[row[k] for row in rows if row[-1] == at[k] and row[k]] for k in range(len(columns))]
    tree = department_tree()
    shown = {unit.id for id_ in found[0] for unit in tree.line(id_)}
    departments = tuple((unit.id, tree.words(unit.id)) for unit, _depth in tree.in_order() if unit.id in shown)
    return Choices(departments, *(tuple(sorted(words, key=fold)) for words in found[1:]))
