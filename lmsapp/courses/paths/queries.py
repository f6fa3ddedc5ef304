"""What to show of paths: to whoever writes them, and what holds for learners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, true

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.courses.catalogue.authored import written_by as course_written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.paths.models import LearningPath, PathGate, PathItem, PathVersion
from lmsapp.courses.paths.rules import Asked, Item, Ordering, PathStatus, Role
from lmsapp.courses.paths.soundness import Problem, problems
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

NOBODY_ASKED = Asked(Ordering.FREE, 0)
FOUND = 12


def written_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `LearningPath` under which the viewer may see and change it."""
    if viewer.may(May.MODERATE):
        return true()
    return (LearningPath.created_by_id == viewer.user_id) & (true() if viewer.may(May.AUTHOR) else ~true())


def path_for(viewer: Viewer, path_id: int) -> LearningPath | None:
    """The path to change, or None."""
    return db.session.scalar(select(LearningPath).where(LearningPath.id == path_id, written_by(viewer)))


def list_paths(viewer: Viewer, q: str = "", statuses: Iterable[str] = ()) -> list[Row[Any]]:
    """Columns: id, title, status, ordering, version, courses, author. By title."""
    courses = select(func.count()).where(PathItem.path_id == LearningPath.id).scalar_subquery()
    statement = (
        select(
            LearningPath.id,
            LearningPath.title,
            LearningPath.status,
            LearningPath.ordering,
            LearningPath.version,
            courses.label("courses"),
            User.name.label("author"),
        )
        .outerjoin(User, User.id == LearningPath.created_by_id)
        .where(written_by(viewer))
        .order_by(LearningPath.title, LearningPath.id)
    )
    for word in q.split()[:8]:
        statement = statement.where(LearningPath.title.icontains(word, autoescape=True))
    wanted = list(statuses)
    return list(db.session.execute(statement.where(LearningPath.status.in_(wanted)) if wanted else statement))


def published_path(path_id: int) -> LearningPath | None:
    """The path as an object to assign or enroll in, or None when it is not published."""
    path = db.session.get(LearningPath, path_id)
    return path if path is not None and path.status == PathStatus.PUBLISHED else None


def items_of(path_id: int) -> list[Row[Any]]:
    """The draft, in order. Columns: id, course_id, title, status, minutes, validity_months, role, section, needed."""
    return list(
        db.session.execute(
            select(
                PathItem.id,
                PathItem.course_id,
                Course.title,
                Course.status,
                Course.minutes,
                Course.validity_months,
                PathItem.role,
                PathItem.section,
                PathItem.needed,
            )
            .join(Course, Course.id == PathItem.course_id)
            .where(PathItem.path_id == path_id)
            .order_by(PathItem.position, PathItem.id)
        )
    )


def draft_of(path: LearningPath) -> Asked:
    """What the path would ask if it were published now. Two statements."""
    rows = items_of(path.id)
    course_of = {row.id: row.course_id for row in rows}
    gates: dict[int, list[int]] = defaultdict(list)
    found = db.session.execute(select(PathGate.item_id, PathGate.needs_id).where(PathGate.item_id.in_(course_of)))
    for item_id, needs_id in found:
        gates[item_id].append(course_of[needs_id])
    order = {row.course_id: place for place, row in enumerate(rows)}
    items = tuple(
        Item(
            course_id=row.course_id,
            title=row.title,
            role=Role(row.role),
            section=row.section,
            needs=tuple(sorted(gates[row.id], key=order.__getitem__)),
            needed=row.needed,
        )
        for row in rows
    )
    return Asked(Ordering(path.ordering), path.electives, items, path.title)


def problems_of(path: LearningPath) -> list[Problem]:
    """What stands against publishing the draft; empty when it can be."""
    published = {row.course_id for row in items_of(path.id) if row.status == CourseStatus.PUBLISHED}
    return problems(draft_of(path), published)


def asked_of(path_id: int, version: int, sha256: str) -> Asked:
    """A published version, kept in memory by its digest: versions never change. Nothing is asked by version 0."""
    return _kept(path_id, version, sha256) if version else NOBODY_ASKED


def versions_of(path_id: int) -> list[Row[Any]]:
    """Newest first: number, sha256, published_at, name (who published it, or None)."""
    return list(
        db.session.execute(
            select(PathVersion.number, PathVersion.sha256, PathVersion.published_at, User.name)
            .outerjoin(User, User.id == PathVersion.published_by_id)
            .where(PathVersion.path_id == path_id)
            .order_by(PathVersion.number.desc())
        )
    )


def courses_to_add(viewer: Viewer, path_id: int, q: str = "") -> list[Row[Any]]:
    """Courses the viewer may change that are not in the path yet, retired ones left out. At most twelve, by title.

    Columns: id, title, status, minutes.
    """
    statement = select(Course.id, Course.title, Course.status, Course.minutes).where(
        Course.id.not_in(select(PathItem.course_id).where(PathItem.path_id == path_id)),
        Course.status != CourseStatus.RETIRED,
        course_written_by(viewer),
    )
    for word in q.split()[:8]:
        statement = statement.where(Course.title.icontains(word, autoescape=True))
    return list(db.session.execute(statement.order_by(Course.title, Course.id).limit(FOUND)))


def item_for(viewer: Viewer, item_id: int) -> PathItem | None:
    """An item of a path the viewer may change, or None."""
    return db.session.scalar(
        select(PathItem)
        .join(LearningPath, LearningPath.id == PathItem.path_id)
        .where(PathItem.id == item_id, written_by(viewer))
    )


def gates_of(item_id: int) -> list[int]:
    """Ids of the items after which it opens, in the draft."""
    return list(db.session.scalars(select(PathGate.needs_id).where(PathGate.item_id == item_id)))


def course_to_add(viewer: Viewer, course_id: int) -> Course | None:
    """A course the viewer may put into a path: one they may change; else None. The rule refuses a retired one."""
    return course_for(viewer, course_id)


@lru_cache(maxsize=512)
def _kept(path_id: int, version: int, sha256: str) -> Asked:
    content = db.session.scalars(
        select(PathVersion.content).where(
            PathVersion.path_id == path_id, PathVersion.number == version, PathVersion.sha256 == sha256
        )
    ).one()
    return Asked.from_json(content, version, sha256)
