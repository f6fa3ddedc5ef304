"""Who would be assigned a course, department by department, and doing it with a due date for each (ASG-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lmsapp.assignments.actions import AssignResult, assign_many
from lmsapp.assignments.reach import active_by_employee
from lmsapp.assignments.staggering import nearest
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Group:
    """A chosen department with those below it that were not chosen themselves. `people`: active employees by name;
    `already`: how many of them have the course assigned."""

    department_id: int
    name: str
    people: Sequence[Employee]
    already: int


def groups_of(departments: Sequence[int], job_roles: Sequence[str], course_id: int) -> list[Group]:
    """In the order of the tree; everybody once. For moderators. Three statements."""
    tree = department_tree()
    lines = {key: [unit.id for unit in tree.line(key)] for key in tree.below(departments)}
    of = nearest(lines, departments)
    statement = select(Employee).where(Employee.status == "active", Employee.department_id.in_(of))
    if job_roles:
        statement = statement.where(Employee.job_role.in_(job_roles))
    people: dict[int, list[Employee]] = {}
    for one in db.session.scalars(statement.order_by(Employee.sort_name, Employee.id)):
        people.setdefault(of[one.department_id or 0], []).append(one)
    there = active_by_employee(course_id, [one.id for group in people.values() for one in group])
    return [
        Group(unit.id, tree.words(unit.id), people[unit.id], sum(one.id in there for one in people[unit.id]))
        for unit, _depth in tree.in_order()
        if unit.id in people
    ]


def assign_by_department(
    groups: Sequence[Group], course: Course, due_on: Mapping[int, dt.date], *, by: Viewer, note: str = ""
) -> AssignResult:
    """To everybody in the groups, due on the day of their department, in one transaction. Raises RuleBroken."""
    people = [one for group in groups for one in group.people]
    due = {one.id: due_on[group.department_id] for group in groups for one in group.people}
    return assign_many(people, course, due, by=by, note=note)
