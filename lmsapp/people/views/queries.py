"""The views somebody finds on a list: their own, and those that others share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from lmsapp.infra.db import db
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer
from lmsapp.people.views.models import FirstView, SavedView


@dataclass(frozen=True, slots=True)
class Views:
    """Rows: id, name, query, shared, owner_id, owner_name, mine, first (what the viewer sees first). Own ones first."""

    rows: Sequence[Any]

    @property
    def first(self) -> Any:
        """The one the viewer sees first, or None."""
        return next((row for row in self.rows if row.first), None)

    def find(self, view_id: int | None) -> Any:
        """One of them, or None."""
        return next((row for row in self.rows if row.id == view_id), None)


def views_of(viewer: Viewer, page: str | None = None) -> Views:
    """Of one list, or (None) the viewer's own of every list. One statement."""
    mine = SavedView.owner_id == viewer.user_id
    statement = (
        select(
            SavedView.id,
            SavedView.page,
            SavedView.name,
            SavedView.query,
            SavedView.shared,
            SavedView.owner_name,
            mine.label("mine"),
            FirstView.view_id.is_not(None).label("first"),
        )
        .outerjoin(FirstView, (FirstView.view_id == SavedView.id) & (FirstView.user_id == viewer.user_id))
        .order_by(mine.desc(), func.lower(SavedView.name), SavedView.id)
    )
    theirs = mine if page is None else (SavedView.page == page) & or_(mine, SavedView.shared)
    return Views(db.session.execute(statement.where(theirs)).all())


def view_for(viewer: Viewer, view_id: int) -> SavedView | None:
    """One's own or a shared one."""
    seen = or_(SavedView.owner_id == viewer.user_id, SavedView.shared)
    return db.session.scalar(select(SavedView).where(SavedView.id == view_id, seen))


def may_change(viewer: Viewer, view: SavedView) -> bool:
    """One's own; a system manager tidies up what somebody shared and left behind."""
    return view.owner_id == viewer.user_id or (view.shared and viewer.may(May.CONFIGURE))
