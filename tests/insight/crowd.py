"""A manager with a line of any size, and assignments in every state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from tests.cast import ZONE, Cast, make_cast
from tests.kept import kept

ROLES = ("RN", "LPN", "Technician")
PLACES = ("Tower A", "Tower B")


@kept
@dataclass
class Crowd:
    """The cast, and `people` more who report to Mark; two courses, one assignment each per person.

    Person n: the first course is overdue (n % 4 == 0), in progress (1), pending (2) or completed (3).
    """

    people: int = 8
    cast: Cast = field(init=False)
    employees: list[Employee] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cast = make_cast()
        self.courses = [
            Course(slug=f"c{n}", title=title, status="published") for n, title in enumerate(("Alpha", "Beta"))
        ]
        self.departments = [Department(name=name) for name in ("Ward A", "Ward B")]
        db.session.add_all([*self.courses, *self.departments])
        db.session.flush()
        for n in range(self.people):
            self._add(n)
        db.session.commit()

    def _add(self, n: int) -> None:
        mark = self.cast.mark.record
        person = Employee(
            number=f"C-{n:04d}",
            name=f"Person {n:04d}",
            sort_name=f"person {n:04d}",
            department_id=self.departments[n % 2].id,
            job_role=ROLES[n % 3],
            location=PLACES[n % 2],
            manager_id=mark.id,
            time_zone=ZONE,
        )
        db.session.add(person)
        db.session.flush()
        db.session.add(ReportingLine(manager_id=mark.id, employee_id=person.id, depth=1))
        self.employees.append(person)
        for course in self.courses:
            assign_raw(person, course, state=n % 4, days=n)


def assign_raw(person: Employee, course: Course, *, state: int, days: int = 0) -> TrainingAssignment:
    """An assignment as learning and time would have left it: 0 overdue, 1 in progress, 2 pending, 3 completed."""
    now = clock.now()
    today = clock.today(person.time_zone)
    due_on = today - dt.timedelta(days=days + 1) if state == 0 else today + dt.timedelta(days=days + 1)
    started, done = (now - dt.timedelta(days=3) if state in (1, 3) else None), (now if state == 3 else None)
    enrollment = Enrollment(
        employee_id=person.id,
        course_id=course.id,
        progress=100 if done else 40 if started else 0,
        started_at=started,
        last_active_at=started,
        completed_at=done,
    )
    db.session.add(enrollment)
    db.session.flush()
    assignment = TrainingAssignment(
        employee_id=person.id,
        course_id=course.id,
        enrollment_id=enrollment.id,
        due_on=due_on,
        due_at=clock.end_of_day(due_on, person.time_zone),
        started_at=started,
        completed_at=done,
        completed_on=today if done else None,
    )
    db.session.add(assignment)
    db.session.flush()
    return assignment
