"""Who is on a path and where they are, for those who look after it (CRS-4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from lmsapp.courses.paths.models import LearningPath
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.facts import in_force
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.queries import PathView, views_of, with_all_it_names
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

PAGE = 25
# Who left before completing is not asked for any more; who had completed stays counted.
STILL_HERE = (Employee.status == "active") | PathEnrollment.completed_at.is_not(None)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people on a path, and how many fit in all."""

    people: list[PathView]
    total: int


def people_of(
    viewer: Viewer, path_id: int, q: str = "", stuck_at: int | None = None, page: int = 1, *, only: int | None = None
) -> PeoplePage:
    """Who is on the path, not completed first, earliest due first; 25 a page.

    `stuck_at`: only those who have that course open or begun. `only`: that path enrollment, taken off or not. Only
    people the viewer may see.
    """
    conditions = [
        PathEnrollment.path_id == path_id,
        PathEnrollment.withdrawn_at.is_(None) if only is None else PathEnrollment.id == only,
        PathEnrollment.employee_id.in_(employee_ids_visible_to(viewer)),
    ]
    if only is None:
        conditions.append(STILL_HERE)
    if q.strip():
        conditions.append(Employee.name.icontains(q.strip(), autoescape=True))
    if stuck_at is not None:
        here = select(Enrollment.employee_id).where(
            Enrollment.course_id == stuck_at,
            Enrollment.completed_at.is_(None),
            Enrollment.withdrawn_at.is_(None),
            Enrollment.locks == [],
        )
        conditions += [PathEnrollment.employee_id.in_(here), PathEnrollment.completed_at.is_(None)]
    rows = db.session.scalars(
        with_all_it_names()
        .where(*conditions)
        .order_by(
            PathEnrollment.completed_at.is_not(None),
            PathEnrollment.due_on.nulls_last(),
            Employee.sort_name,
            PathEnrollment.id,
        )
        .limit(PAGE)
        .offset((max(1, page) - 1) * PAGE)
    ).all()
    counted = select(func.count()).select_from(PathEnrollment).join(Employee, Employee.id == PathEnrollment.employee_id)
    return PeoplePage(views_of(rows), db.session.scalar(counted.where(*conditions)) or 0)


def on_path_already(path_id: int, employee_ids: Iterable[int]) -> set[int]:
    """Ids of those among them who are on the path with a due date, or completed it: assigning changes nothing."""
    return set(
        db.session.scalars(
            select(PathEnrollment.employee_id).where(
                PathEnrollment.path_id == path_id,
                PathEnrollment.employee_id.in_(list(employee_ids)),
                PathEnrollment.withdrawn_at.is_(None),
                PathEnrollment.due_on.is_not(None) | PathEnrollment.completed_at.is_not(None),
            )
        )
    )


def where_people_are(viewer: Viewer, path: LearningPath) -> dict[int, dict[str, int]]:
    """By course: how many who have not completed the path are done with it, have begun it, have it open, or find it
    locked. One statement."""
    locked = Enrollment.locks != []
    begun = Enrollment.started_at.is_not(None)
    done = Enrollment.completed_at.is_not(None)
    rows = db.session.execute(
        select(
            Enrollment.course_id,
            func.count().filter(done).label("done"),
            func.count().filter(~done, begun).label("begun"),
            func.count().filter(~done, ~begun, ~locked).label("open"),
            func.count().filter(~done, ~begun, locked).label("locked"),
        )
        .join(PathEnrollment, PathEnrollment.employee_id == Enrollment.employee_id)
        .join(Employee, Employee.id == PathEnrollment.employee_id)
        .where(
            PathEnrollment.path_id == path.id,
            PathEnrollment.withdrawn_at.is_(None),
            PathEnrollment.completed_at.is_(None),
            STILL_HERE,
            PathEnrollment.employee_id.in_(employee_ids_visible_to(viewer)),
            Enrollment.course_id.in_(in_force(path).course_ids),
        )
        .group_by(Enrollment.course_id)
    )
    return {row.course_id: {name: getattr(row, name) for name in ("done", "begun", "open", "locked")} for row in rows}


def counts_of(path_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """(people on it, how many of them completed it) by path; a path nobody is on is left out."""
    rows = db.session.execute(
        select(PathEnrollment.path_id, func.count(), func.count(PathEnrollment.completed_at))
        .join(Employee, Employee.id == PathEnrollment.employee_id)
        .where(PathEnrollment.path_id.in_(list(path_ids)), PathEnrollment.withdrawn_at.is_(None), STILL_HERE)
        .group_by(PathEnrollment.path_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}
