"""For whom a course is mandatory follows when the organisation renames a word or merges departments (ORG-3, ORG-6)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.people.forwhom.rules import followed
from lmsapp.people.organisation.events import DepartmentMerged, ValueRenamed
from lmsapp.people.viewer import Viewer


def follow_renaming(event: ValueRenamed) -> None:
    """A job role or location has another name."""
    _follow(event.kind, event.before, event.after, event.by)


def follow_merging(event: DepartmentMerged) -> None:
    """A department went into another."""
    _follow("department", event.department_id, event.into_id, event.by)


def _follow(kind: str, before: str | int, after: str | int, by: Viewer | None) -> None:
    for course in db.session.scalars(select(Course).where(Course.mandatory)):
        kept = course.mandatory_for
        if (new := followed(kept, kind, before, after)) is not None:
            course.mandatory_for = new
            old, fresh = {"mandatory_for": kept}, {"mandatory_for": new}
            subject = ("course", course.id)
            record_change("course edited", subject, by=by, before=old, after=fresh)
