"""Counting what colleagues completed, for the suggestions: in the worker, in one pass over all completions (CRS-8).

Who completed a course is a number with a bit for each person; what is common to two groups is then one AND.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.infra.db import db
from lmsapp.learning.choosing.models import SuggestionCount
from lmsapp.learning.choosing.rules import FEWEST
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee

COUNT_JOB = "learning.count_suggestions"
OPEN = (Course.status == CourseStatus.PUBLISHED, Course.self_enroll)
SHOWN = 20  # of each list
SAMPLE = 300  # of the latest people who completed a course
LOCK = 7_309_156
Row = dict[str, Any]


@dataclass
class Takers:
    """Who completed what. `groups`: (why, group) -> people; `courses`: course -> people; `latest`: of each SAMPLE."""

    groups: dict[tuple[str, str], int] = field(default_factory=dict)
    courses: dict[int, int] = field(default_factory=dict)
    latest: dict[int, int] = field(default_factory=dict)


def count_suggestions() -> None:
    """What is shown until the next time. Two statements read, two write."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return
    takers = _takers()
    open_ = db.session.execute(select(Course.id, Course.title).where(*OPEN).order_by(Course.title)).all()
    rows = list(_counted(takers, [row[0] for row in open_]))
    db.session.execute(delete(SuggestionCount))
    if rows:
        db.session.execute(insert(SuggestionCount), rows)


def _takers() -> Takers:
    found, groups = Takers(), defaultdict[tuple[str, str], list[int]](list)
    place: dict[int, int] = {}
    here = select(Employee.id, Employee.department_id, Employee.job_role).where(Employee.status == "active")
    for n, (id_, department_id, job_role) in enumerate(db.session.execute(here)):
        place[id_] = n
        if department_id is not None:
            groups["department", str(department_id)].append(n)
        if job_role:
            groups["job role", job_role].append(n)
    found.groups = {key: _bits(members) for key, members in groups.items()}
    people = func.array_agg(
        aggregate_order_by(Enrollment.employee_id, Enrollment.completed_at.desc(), Enrollment.employee_id)
    )
    completed = (
        select(Enrollment.course_id, people).where(Enrollment.completed_at.is_not(None)).group_by(Enrollment.course_id)
    )
    for course_id, ids in db.session.execute(completed.execution_options(yield_per=20)):
        those = [place[id_] for id_ in ids if id_ in place]
        found.courses[course_id], found.latest[course_id] = _bits(those), _bits(those[:SAMPLE])
    return found


def _counted(takers: Takers, courses: Sequence[int]) -> Iterator[Row]:
    """Of `courses`, in the order of ties, the most completed of each group."""
    for (why, group), people in takers.groups.items():
        yield from _best(takers, why, group, people, courses)
    for course_id, people in takers.latest.items():
        yield from _best(takers, "together", str(course_id), people, [one for one in courses if one != course_id])


def _best(takers: Takers, why: str, group: str, people: int, courses: Iterable[int]) -> list[Row]:
    counts = [((people & takers.courses.get(course_id, 0)).bit_count(), course_id) for course_id in courses]
    most = sorted((one for one in counts if one[0] >= FEWEST), key=lambda one: -one[0])[:SHOWN]
    all_ = people.bit_count()
    return [{"why": why, "group": group, "course_id": id_, "took": n, "people": all_} for n, id_ in most]


def _bits(places: Sequence[int]) -> int:
    """A number with these bits set."""
    if not places:
        return 0
    marks = bytearray(max(places) // 8 + 1)
    for place in places:
        marks[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(marks, "little")
