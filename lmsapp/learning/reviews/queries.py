"""What is said of courses. Names are for staff; colleagues see a first name or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.choosing.models import LearnerChoice
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.reviews.models import CourseRating, CourseReview
from lmsapp.learning.reviews.rules import Rating, shown_name
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

PAGE = 10


@dataclass(frozen=True, slots=True)
class Said:
    """A review as a colleague reads it. `name` '' where the organisation shows none."""

    stars: int
    text: str
    at: dt.datetime
    name: str
    own: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """What the viewer has to do with the reviews of a course. `asked`: a review is wanted and was not declined."""

    rating: Rating
    own: CourseReview | None
    may_write: bool
    asked: bool


# Built once: the page of a course asks.
VOICE = (
    select(
        func.coalesce(CourseRating.reviews, 0),
        func.coalesce(CourseRating.stars, 0),
        Course.created_by_id,
        Enrollment.completed_at,
        LearnerChoice.kind,
    )
    .select_from(Course)
    .outerjoin(CourseRating, CourseRating.course_id == Course.id)
    .outerjoin(
        Enrollment,
        (Enrollment.course_id == Course.id)
        & (Enrollment.employee_id == bindparam("employee_id"))
        & Enrollment.withdrawn_at.is_(None),
    )
    .outerjoin(
        LearnerChoice,
        (LearnerChoice.course_id == Course.id)
        & (LearnerChoice.employee_id == bindparam("employee_id"))
        & (LearnerChoice.kind == "no review"),
    )
    .where(Course.id == bindparam("course_id"))
)
OWN = select(CourseReview).where(
    CourseReview.course_id == bindparam("course_id"), CourseReview.employee_id == bindparam("employee_id")
)
SAID = (
    select(
        CourseReview.stars,
        CourseReview.text,
        func.coalesce(CourseReview.edited_at, CourseReview.created_at).label("at"),
        Employee.name,
        CourseReview.employee_id,
    )
    .join(Employee, Employee.id == CourseReview.employee_id)
    .where(CourseReview.course_id == bindparam("course_id"), CourseReview.hidden_at.is_(None), CourseReview.text != "")
    .order_by(CourseReview.id.desc())
    .limit(bindparam("size"))
    .offset(bindparam("before"))
)


def voice_of(viewer: Viewer, course_id: int) -> Voice:
    """The rating, the viewer's own review, and whether to ask for one. Two statements."""
    values = {"course_id": course_id, "employee_id": viewer.employee_id}
    row = db.session.execute(VOICE, values).one()
    own = own_review(viewer, course_id)
    may_write = row.completed_at is not None and row.created_by_id != viewer.user_id
    return Voice(Rating(row[0], row[1]), own, may_write, may_write and own is None and row.kind is None)


def own_review(viewer: Viewer, course_id: int) -> CourseReview | None:
    """The viewer's own, hidden or not."""
    return db.session.scalar(OWN, {"course_id": course_id, "employee_id": viewer.employee_id})


def reviews_of(viewer: Viewer, course_id: int, page: int = 1, size: int = PAGE) -> list[Said]:
    """What is shown, newest first; two statements. Reviews without words are in the average only."""
    names_shown = bool(setting("review_names"))
    rows = db.session.execute(SAID, {"course_id": course_id, "size": size, "before": (page - 1) * size})
    return [
        Said(
            row.stars,
            row.text,
            row.at,
            shown_name(row.name, names_shown=names_shown),
            row.employee_id == viewer.employee_id,
        )
        for row in rows
    ]


def reviews_with_words(course_id: int) -> int:
    """How many `reviews_of` could show."""
    return (
        db.session.scalar(
            select(func.count()).where(
                CourseReview.course_id == course_id, CourseReview.hidden_at.is_(None), CourseReview.text != ""
            )
        )
        or 0
    )


def reviews_for_staff(viewer: Viewer, course_id: int, page: int = 1, size: int = 25) -> tuple[Sequence[Any], int]:
    """All of a course the viewer looks after, hidden ones too, and how many. Authors see no names.

    Columns: id, stars, text, created_at, edited_at, hidden_at, hidden_by_name, hidden_reason, name.
    """
    statement = (
        select(
            CourseReview.id,
            CourseReview.stars,
            CourseReview.text,
            CourseReview.created_at,
            CourseReview.edited_at,
            CourseReview.hidden_at,
            CourseReview.hidden_by_name,
            CourseReview.hidden_reason,
            Employee.name,
            func.count().over().label("total"),
        )
        .join(Course, Course.id == CourseReview.course_id)
        .join(Employee, Employee.id == CourseReview.employee_id)
        .where(CourseReview.course_id == course_id, written_by(viewer))
        .order_by(CourseReview.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    rows = db.session.execute(statement).all()
    return rows, rows[0].total if rows else 0


def review_for(viewer: Viewer, course_id: int, review_id: int) -> CourseReview | None:
    """A review of a course the viewer looks after."""
    return db.session.scalar(
        select(CourseReview)
        .join(Course, Course.id == CourseReview.course_id)
        .where(CourseReview.id == review_id, CourseReview.course_id == course_id, written_by(viewer))
    )


def rating_of(course_id: int) -> Rating:
    """What the reviews come to."""
    row = db.session.execute(
        select(CourseRating.reviews, CourseRating.stars).where(CourseRating.course_id == course_id)
    ).one_or_none()
    return Rating(row.reviews, row.stars) if row else Rating()
