"""Keeping, renaming, sharing and deleting a view; which one is seen first (ASG-7)."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.changes import Changed
from lmsapp.people.viewer import Viewer
from lmsapp.people.views.models import FirstView, SavedView
from lmsapp.people.views.queries import may_change
from lmsapp.people.views.rules import MOST_VIEWS, checked_name, kept_query


def save_view(page: str, name: str, query: str, *, by: Viewer, shared: bool = False) -> SavedView:
    """Keep the filters under that name; the same name again keeps the new filters. Raises RuleBroken."""
    name, query = checked_name(name), kept_query(query)
    there = _named(page, name, by)
    if there is not None:
        _change(there, by, query=query, shared=shared)
        return there
    count = select(func.count()).where(SavedView.owner_id == by.user_id, SavedView.page == page)
    if (db.session.scalar(count) or 0) >= MOST_VIEWS:
        raise RuleBroken(N_("You have %(most)s views of this list. Delete one first."), most=MOST_VIEWS)
    row = {"owner_id": by.user_id, "owner_name": by.name, "page": page, "name": name, "query": query}
    made = insert(SavedView).values(**row, shared=shared, saved_at=clock.now()).on_conflict_do_nothing()
    view = db.session.scalars(made.returning(SavedView)).one_or_none()
    if view is None:  # in another tab, just now
        raise RuleBroken(N_("You have a view of that name. Press again to keep these filters in it."), field="name")
    emit(Changed("view saved", ("saved_view", view.id), by, after={"name": name, "shared": shared, "filters": query}))
    return view


def change_view(view: SavedView, name: str, *, shared: bool, by: Viewer) -> None:
    """Another name, shared or not. Raises RuleBroken, NotAllowed."""
    name = checked_name(name)
    other = _named(view.page, name, by) if view.owner_id == by.user_id else None
    if other is not None and other.id != view.id:
        raise RuleBroken(N_("You have another view of that name."), field="name")
    _change(view, by, name=name, shared=shared)
    if not shared:
        others = (FirstView.view_id == view.id, FirstView.user_id != view.owner_id)
        db.session.execute(delete(FirstView).where(*others))


def delete_view(view: SavedView, *, by: Viewer) -> None:
    """Gone, for everybody who saw it first too. Raises NotAllowed."""
    _check(view, by)
    before = {"name": view.name, "shared": view.shared, "filters": view.query}
    emit(Changed("view deleted", ("saved_view", view.id), by, before=before))
    db.session.execute(delete(FirstView).where(FirstView.view_id == view.id))
    db.session.delete(view)
    db.session.flush()


def see_first(view: SavedView, *, by: Viewer, first: bool = True) -> None:
    """The list opens with this view from now on, or (`first` False) with all there is. One's own choice."""
    if not first:
        db.session.execute(delete(FirstView).where(FirstView.user_id == by.user_id, FirstView.view_id == view.id))
        return
    row = insert(FirstView).values(user_id=by.user_id, page=view.page, view_id=view.id)
    db.session.execute(row.on_conflict_do_update(index_elements=["user_id", "page"], set_={"view_id": view.id}))


def _named(page: str, name: str, by: Viewer) -> SavedView | None:
    mine = (SavedView.owner_id == by.user_id, SavedView.page == page, func.lower(SavedView.name) == func.lower(name))
    return db.session.scalar(select(SavedView).where(*mine))


def _change(view: SavedView, by: Viewer, **wanted: object) -> None:
    _check(view, by)
    before = {name: getattr(view, name) for name, value in wanted.items() if getattr(view, name) != value}
    if not before:
        return
    for name in before:
        setattr(view, name, wanted[name])
    view.saved_at = clock.now()
    db.session.flush()
    emit(Changed("view changed", ("saved_view", view.id), by, before, {name: wanted[name] for name in before}))


def _check(view: SavedView, by: Viewer) -> None:
    if not may_change(by, view):
        raise NotAllowed(N_("Only %(name)s can change this view."), name=view.owner_name)
