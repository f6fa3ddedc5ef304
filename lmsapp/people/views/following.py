"""What a view finds stays found when the organisation renames a word or merges departments (ASG-7, ORG-3, ORG-6)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.people.changes import Changed
from lmsapp.people.organisation.events import DepartmentMerged, ValueRenamed
from lmsapp.people.organisation.rules import ASKED_AS, DEPARTMENT
from lmsapp.people.viewer import Viewer
from lmsapp.people.views.models import SavedView
from lmsapp.people.views.rules import followed_query


def follow_renaming(event: ValueRenamed) -> None:
    """A word has another name."""
    _follow(event.kind, event.before, event.after, event.by)


def follow_merging(event: DepartmentMerged) -> None:
    """A department went into another."""
    _follow(DEPARTMENT, str(event.department_id), str(event.into_id), event.by)


def _follow(kind: str, before: str, after: str, by: Viewer | None) -> None:
    name = ASKED_AS[kind]
    asking = select(SavedView).where(SavedView.query.contains(f"{name}=", autoescape=True)).with_for_update()
    for view in db.session.scalars(asking.order_by(SavedView.id)).all():
        kept = view.query
        if (new := followed_query(kept, name, before, after)) is not None:
            view.query = new
            subject = ("saved_view", view.id)
            emit(Changed("view changed", subject, by, before={"filters": kept}, after={"filters": new}))
