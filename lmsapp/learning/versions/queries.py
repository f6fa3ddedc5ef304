"""What publishing would mean for those who take a course, and what was asked before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.authored import course_for, written_by
from lmsapp.courses.catalogue.models import ContentVersion, Course
from lmsapp.courses.catalogue.rules import CriterionState
from lmsapp.courses.publishing.reading import Version, version_of
from lmsapp.infra.db import db
from lmsapp.learning.enrollments import rules as enrollment_rules
from lmsapp.learning.enrollments.facts import standing_in
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.versions.models import VersionMove
from lmsapp.learning.versions.rules import Change, change
from lmsapp.learning.versions.work import to_ask, to_move
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

MOST_FORESEEN = 500  # learners judged for a preview
NAMED = 10


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the draft would change for one learner in progress. `missing`: what would be left to do."""

    employee_id: int
    name: str
    before: int
    after: int
    change: Change
    missing: tuple[CriterionState, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """For a course about to be published again. `counts` of the `looked_at` learners by what changes for them.

    `named`: the first few for whom something changes, those who would complete first, then those set back.
    """

    waiting: int
    in_progress: int
    completed: int
    looked_at: int
    counts: Mapping[Change, int]
    named: tuple[Foreseen, ...]


def preview_of(viewer: Viewer, course_id: int) -> Preview | None:
    """Who takes the course, and what its draft would change for them; None when the viewer may not change it."""
    course = course_for(viewer, course_id)
    if course is None:
        return None
    following = course.content_version + 1
    in_progress, completed = to_move(course_id, following), to_ask(course_id, following)
    draft = version_of(course_id, 0)
    foreseen = [_foresee(one, draft) for one in _first(in_progress)]
    changed = [one for one in foreseen if one.change is not Change.SAME]
    order = (Change.COMPLETES, Change.BACK, Change.FURTHER)
    changed.sort(key=lambda one: (order.index(one.change), one.name))
    not_begun = (Enrollment.course_id == course_id, Enrollment.started_at.is_(None), Enrollment.withdrawn_at.is_(None))
    return Preview(
        waiting=_count(*not_begun, Employee.status == "active"),
        in_progress=_count(in_progress),
        completed=_count(completed),
        looked_at=len(foreseen),
        counts=Counter(one.change for one in foreseen),
        named=tuple(changed[:NAMED]),
    )


def versions_of(course_id: int) -> Sequence[Any]:
    """Newest first. Columns: number, sha256, published_at, by_name, begun (people whose time round is in it)."""
    begun = (
        select(func.count())
        .where(Enrollment.course_id == course_id, Enrollment.content_version == ContentVersion.number)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            ContentVersion.number,
            ContentVersion.sha256,
            ContentVersion.published_at,
            User.name.label("by_name"),
            begun.label("begun"),
        )
        .outerjoin(User, User.id == ContentVersion.published_by_id)
        .where(ContentVersion.course_id == course_id)
        .order_by(ContentVersion.number.desc())
    ).all()


def move_for(viewer: Viewer, move_id: int) -> VersionMove | None:
    """What was asked of the learners of a course the viewer may change."""
    return db.session.scalar(
        select(VersionMove)
        .join(Course, Course.id == VersionMove.course_id)
        .where(VersionMove.id == move_id, written_by(viewer))
    )


def last_move(course_id: int) -> VersionMove | None:
    """The newest of a course, or None."""
    return db.session.scalar(
        select(VersionMove).where(VersionMove.course_id == course_id).order_by(VersionMove.id.desc()).limit(1)
    )


def _foresee(enrollment: Enrollment, draft: Version) -> Foreseen:
    standing = standing_in(enrollment, draft)
    judgement = standing.judgement()
    after = enrollment_rules.progress(len(standing.finished), len(standing.outline.lessons), complete=judgement.met)
    return Foreseen(
        employee_id=enrollment.employee_id,
        name=enrollment.employee.name,
        before=enrollment.progress,
        after=after,
        change=change(enrollment.progress, after, complete=judgement.met),
        missing=judgement.open,
    )


def _first(condition: Any) -> Sequence[Enrollment]:
    return db.session.scalars(
        select(Enrollment)
        .join(Enrollment.employee)
        .join(Enrollment.course)
        .options(contains_eager(Enrollment.employee), contains_eager(Enrollment.course))
        .where(condition)
        .order_by(Enrollment.id)
        .limit(MOST_FORESEEN)
    ).all()


def _count(*conditions: Any) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(Enrollment).join(Enrollment.employee).where(*conditions))
        or 0
    )
