"""Courses one is not enrolled in, each with its reason (CRS-8, ENR-4).

What colleagues completed is counted once an hour by the worker (`counting.py`), so that no page waits for it: a page
reads its few lines. Before the first counting there is nothing to suggest. What is kept counts people and names nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, bindparam, case, cast, func, select, tuple_
from sqlalchemy.orm import aliased

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.choosing.counting import OPEN
from lmsapp.learning.choosing.models import LearnerChoice, SuggestionCount
from lmsapp.learning.choosing.rules import FEWEST, ChoiceKind, Suggestion, suggested
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

LIKE_ME = 2  # latest completed courses of one's own that are looked at for what goes with them
# Built once: the home page of everybody asks.
WHERE_I_STAND = (
    select(
        Employee.department_id,
        Department.name,
        Employee.job_role,
        select(func.array_agg(LearnerChoice.course_id))
        .where(LearnerChoice.employee_id == Employee.id, LearnerChoice.kind == ChoiceKind.NOT_INTERESTED.value)
        .scalar_subquery(),
    )
    .outerjoin(Department, Department.id == Employee.department_id)
    .where(Employee.id == bindparam("employee_id"))
)


def suggestions_for(
    viewer: Viewer, taken: frozenset[int], completed: Sequence[int] = (), most: int = 3
) -> list[Suggestion]:
    """Open courses that fit, without those in `taken`. `completed`: one's own, the latest first."""
    where = db.session.execute(WHERE_I_STAND, {"employee_id": viewer.employee_id}).one_or_none()
    if where is None:
        return []
    department_id, department, job_role, unwanted = where
    groups = [
        *([("department", str(department_id), department)] if department_id is not None else []),
        *([("job role", job_role, job_role)] if job_role else []),
        *(("together", str(course_id), "") for course_id in completed[:LIKE_ME]),
    ]
    found = _counted([(why, group) for why, group, _name in groups])
    reasons = [[_suggestion(why, name, row) for row in found.get((why, group), ())] for why, group, name in groups]
    return suggested(reasons, without=taken.union(unwanted or ()), fewest=FEWEST, most=most)


def _suggestion(why: str, name: str, row: Any) -> Suggestion:
    """The viewer is one of the people, and has not completed it."""
    return Suggestion(
        row.id, row.title, row.minutes, row.took, max(row.people - 1, row.took), why, name or row.completed or ""
    )


def _counted(groups: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[Any]]:
    """What is still open to everybody, most completed first."""
    if not groups:
        return {}
    other = aliased(Course)
    together = case((SuggestionCount.why == "together", SuggestionCount.group))
    title = select(other.title).where(other.id == cast(together, Integer))
    rows = db.session.execute(
        select(
            SuggestionCount.why,
            SuggestionCount.group,
            Course.id,
            Course.title,
            Course.minutes,
            SuggestionCount.took,
            SuggestionCount.people,
            title.correlate(SuggestionCount).scalar_subquery().label("completed"),
        )
        .join(Course, Course.id == SuggestionCount.course_id)
        .where(tuple_(SuggestionCount.why, SuggestionCount.group).in_(groups), *OPEN)
        .order_by(SuggestionCount.took.desc(), Course.title)
    )
    found: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        found.setdefault((row.why, row.group), []).append(row)
    return found
