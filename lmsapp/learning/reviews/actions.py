"""Writing a review, and hiding one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.reviews.models import CourseRating, CourseReview
from lmsapp.learning.reviews.rules import check_may_review, cleaned_review
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


def write_review(enrollment: Enrollment, stars: int | None, text: str, *, by: Viewer) -> CourseReview:
    """The viewer's review of the course, the first or instead of the one before. Raises NotAllowed, RuleBroken.

    A hidden one stays hidden, whatever it says now.
    """
    course = enrollment.course
    check_may_review(completed=enrollment.completed_at is not None, wrote_course=course.created_by_id == by.user_id)
    given, said = cleaned_review(stars, text)
    _hold_rating(course.id)
    review = db.session.scalar(
        select(CourseReview).where(
            CourseReview.course_id == course.id, CourseReview.employee_id == enrollment.employee_id
        )
    )
    before: dict[str, Any] | None = None
    if review is None:
        review = CourseReview(course_id=course.id, employee_id=enrollment.employee_id, stars=given, text=said)
        db.session.add(review)
    elif (review.stars, review.text) == (given, said):
        return review
    else:
        before = {"stars": review.stars}
        review.stars, review.text, review.edited_at = given, said, clock.now()
    db.session.flush()
    _count_again(course.id)
    after = {"stars": given, "course_id": course.id}
    action = "review changed" if before else "review written"
    record_change(action, ("course_review", review.id), by=by, before=before, after=after)
    return review


def hide_review(review: CourseReview, reason: str, *, by: Viewer) -> None:
    """Out of sight, and out of the average. Its author sees that it is hidden, and why. Raises RuleBroken."""
    _check_moderates(by)
    if not reason.strip():
        raise RuleBroken(N_("Say why; whoever wrote it will read it."), field="reason")
    _hold_rating(review.course_id)
    if review.hidden_at is not None:
        return
    review.hidden_at, review.hidden_by_name, review.hidden_reason = clock.now(), by.name, reason.strip()
    _count_again(review.course_id)
    record_change("review hidden", ("course_review", review.id), by=by, reason=reason.strip())


def show_review(review: CourseReview, *, by: Viewer) -> None:
    """In sight again."""
    _check_moderates(by)
    _hold_rating(review.course_id)
    if review.hidden_at is None:
        return
    before = {"hidden_reason": review.hidden_reason}
    review.hidden_at, review.hidden_by_name, review.hidden_reason = None, "", ""
    _count_again(review.course_id)
    record_change("review shown again", ("course_review", review.id), by=by, before=before)


def _check_moderates(by: Viewer) -> None:
    if not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators hide reviews."))


def _hold_rating(course_id: int) -> None:
    """One at a time for a course, so that the count is of everything that was written before."""
    db.session.execute(insert(CourseRating).values(course_id=course_id, reviews=0, stars=0).on_conflict_do_nothing())
    db.session.execute(select(CourseRating.course_id).where(CourseRating.course_id == course_id).with_for_update())


def _count_again(course_id: int) -> None:
    db.session.flush()
    shown = (CourseReview.course_id == course_id, CourseReview.hidden_at.is_(None))
    reviews, stars = db.session.execute(
        select(func.count(), func.coalesce(func.sum(CourseReview.stars), 0)).where(*shown)
    ).one()
    db.session.execute(
        update(CourseRating)
        .where(CourseRating.course_id == course_id)
        .values(reviews=reviews, stars=stars)
        .execution_options(synchronize_session=False)
    )
