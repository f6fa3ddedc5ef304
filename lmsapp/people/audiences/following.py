"""Whom an audience takes follows when the organisation renames a word or merges departments (ORG-3, ORG-6)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.audiences.actions import follow_audience
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.settling import lock_rules
from lmsapp.people.forwhom.rules import followed
from lmsapp.people.organisation.events import DepartmentMerged, ValueRenamed
from lmsapp.people.viewer import Viewer


def follow_renaming(event: ValueRenamed) -> None:
    """A word has another name."""
    _follow(event.kind, event.before, event.after, event.by)


def follow_merging(event: DepartmentMerged) -> None:
    """A department went into another."""
    _follow("department", event.department_id, event.into_id, event.by)


def _follow(kind: str, before: str | int, after: str | int, by: Viewer | None) -> None:
    lock_rules()
    for audience in db.session.scalars(select(Audience).where(Audience.archived_at.is_(None))):
        if (new := followed(audience.rule, kind, before, after)) is not None:
            follow_audience(audience, new, by)
