"""Who is told of completions of a course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lmsapp.assignments.completions.models import CompletionListener, CompletionNews
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee


@dataclass(frozen=True, slots=True)
class Told:
    """`manager`: the learner's line manager; `people`: whoever else, by name, also those who have left."""

    manager: bool
    people: Sequence[Employee]


def told_of(course_id: int) -> Told:
    """Two statements. For those who may see the course's settings, and for the letters."""
    manager = db.session.scalar(select(CompletionNews.manager).where(CompletionNews.course_id == course_id))
    people = db.session.scalars(
        select(Employee)
        .join(CompletionListener, CompletionListener.employee_id == Employee.id)
        .where(CompletionListener.course_id == course_id)
        .order_by(Employee.sort_name, Employee.id)
    ).all()
    return Told(bool(manager), people)
