"""Publishing: the draft becomes the version that learners read. Until then a change is seen by authors only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Chapter, ContentVersion, Course, Lesson
from lmsapp.courses.catalogue.queries import content_version
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.finding.actions import index_course
from lmsapp.courses.publishing.events import CoursePublished
from lmsapp.courses.publishing.queries import content_of, problems_of
from lmsapp.courses.publishing.reading import draft_differs
from lmsapp.courses.publishing.rules import NotReady, digest
from lmsapp.courses.publishing.writings import note_writings_of
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer


def lock_course(course_id: int) -> Course:
    """The course, held until commit: positions and version numbers are counted by one author at a time."""
    return db.session.get_one(Course, course_id, with_for_update=True)


def publish(course: Course, by: Viewer | None) -> ContentVersion:
    """Open the course to learners. Raises NotReady with everything that is missing. A retired course opens again."""
    course = lock_course(course.id)
    note_writings_of(course.id)
    if problems := problems_of(course.id):
        raise NotReady(problems)
    before = course.status
    course.status = CourseStatus.PUBLISHED
    course.published_at = course.published_at or clock.now()
    _recount(course)
    version = _keep_version(course, by)
    course.draft_changed_at = None
    index_course(course)
    record_change(
        "course published",
        ("course", course.id),
        by=by,
        before={"status": before},
        after={"content_version": version.number},
    )
    if before != CourseStatus.PUBLISHED:
        emit(CoursePublished(course, by))
    return version


def retire(course: Course, by: Viewer | None, reason: str = "") -> None:
    """Close the course to new learners; records, certificates and reports stay (CRS-2). Raises RuleBroken."""
    course = lock_course(course.id)
    if course.status != CourseStatus.PUBLISHED:
        raise RuleBroken(N_("Only a published course can be retired."))
    course.status = CourseStatus.RETIRED
    record_change(
        "course retired",
        ("course", course.id),
        by=by,
        before={"status": "published"},
        after={"status": "retired"},
        reason=reason,
    )


def content_changed(
    course: Course,
    action: str,
    *,
    by: Viewer | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """After any change to a course: note it. What was published once stays as it is until it is published again."""
    draft_changed(course)
    record_change(action, ("course", course.id), by=by, before=before, after=after)


def draft_changed(course: Course) -> None:
    """As `content_changed`, where the trail is told later (`writings`)."""
    db.session.flush()
    if course.content_version == 0:
        _recount(course)
    else:
        _mark_draft(course)


def _mark_draft(course: Course) -> None:
    """Whether the draft differs from the newest version; changed and changed back, it does not."""
    if draft_differs(course.id, course.content_version):
        course.draft_changed_at = course.draft_changed_at or clock.now()
    else:
        course.draft_changed_at = None
    db.session.flush()


def _recount(course: Course) -> None:
    db.session.flush()
    live = (Lesson.course_id == course.id, Lesson.archived_at.is_(None), Chapter.archived_at.is_(None))
    counted = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Lesson.minutes), 0))
        .select_from(Lesson)
        .join(Chapter, Chapter.id == Lesson.chapter_id)
        .where(*live)
    ).one()
    course.lesson_count, course.minutes = counted
    db.session.flush()


def _keep_version(course: Course, by: Viewer | None) -> ContentVersion:
    """The version in force, or a new one when the content differs from it."""
    content = content_of(course.id)
    sha256 = digest(content)
    number, last = content_version(course.id)
    if sha256 == last:
        course.content_version = number
        return db.session.get_one(ContentVersion, (course.id, number))
    version = ContentVersion(
        course_id=course.id,
        number=number + 1,
        sha256=sha256,
        content=content,
        published_by_id=by.user_id if by else None,
    )
    db.session.add(version)
    course.content_version = version.number
    db.session.flush()
    return version
