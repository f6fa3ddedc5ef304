"""Own saved views of lists: keeping one, another name, shared or not, seen first, deleted (ASG-7)."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from lmsapp.people.views.actions import change_view, delete_view, save_view, see_first
from lmsapp.people.views.queries import may_change, view_for, views_of
from lmsapp.people.views.rules import LONGEST_NAME
from lmsapp.web.account.wing import bp
from lmsapp.web.forms import Form, LineField
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.views_shown import PAGES, address_of, may_open


class ViewForm(Form):
    """A view of the list `list`; `filters` is the query of its address."""

    list = HiddenField()
    filters = HiddenField()
    name = LineField(__("Name of the view"), [InputRequired(__("Give the view a name."))])
    shared = BooleanField(
        __("Share it"), description=__("Everybody who may open this list finds the view. They see their own people.")
    )
    first = BooleanField(__("Open the list with it"), description=__("For you alone."))


@bp.get("/views")
def views() -> ResponseReturnValue:
    """One's own, of every list."""
    return _page()


@bp.get("/views/new")
def new_view() -> ResponseReturnValue:
    """The question, for whom the menu of the list does not ask it."""
    form = ViewForm(formdata=None, list=request.args.get("list", ""), filters=request.args.get("filters", ""))
    return _form_page(form)


@bp.post("/views")
def create_view() -> ResponseReturnValue:
    """Keep the filters, and back to the list."""
    form = ViewForm()
    where = _list_of(form.list.data or "")
    if form.validate():
        with form.rule_errors():
            view = save_view(where, form.name.data or "", form.filters.data or "", by=g.viewer, shared=form.shared.data)
            if form.first.data:
                see_first(view, by=g.viewer)
            return to(address_of(where, view.query), said=_("The view “%(name)s” is kept.", name=view.name))
    return _form_page(form)


@bp.get("/views/<int:saved_view_id>")
def view(saved_view_id: int) -> ResponseReturnValue:
    """Its name, whether it is shared and seen first."""
    found = _find(saved_view_id)
    form = ViewForm(formdata=None, obj=found, first=_is_first(found))
    return _one_page(found, form)


@bp.post("/views/<int:saved_view_id>")
def save_view_changes(saved_view_id: int) -> ResponseReturnValue:
    """Another name, shared or not, first or not."""
    found, form = _find(saved_view_id), ViewForm()
    if form.validate():
        with form.rule_errors():
            change_view(found, form.name.data or "", shared=form.shared.data, by=g.viewer)
            see_first(found, by=g.viewer, first=form.first.data)
            return to(url_for("account.views"), said=_("Saved."))
    return _one_page(found, form)


@bp.post("/views/<int:saved_view_id>/first")
def choose_first_view(saved_view_id: int) -> ResponseReturnValue:
    """The list opens with it from now on, or no longer (`first` empty); shared ones of others too."""
    found = _find(saved_view_id)
    if Form().validate():
        see_first(found, by=g.viewer, first=bool(request.form.get("first")))
    return to(address_of(found.page, found.query))


@bp.post("/views/<int:saved_view_id>/deletion")
def remove_view(saved_view_id: int) -> ResponseReturnValue:
    """Gone."""
    found = _find(saved_view_id)
    name = found.name
    if Form().validate():
        delete_view(found, by=g.viewer)
    return to(url_for("account.views"), said=_("The view “%(name)s” is deleted.", name=name))


def _find(view_id: int) -> Any:
    """One's own, or one that others share of a list the viewer may open."""
    found = get_or_404(view_for(g.viewer, view_id))
    return found if found.owner_id == g.viewer.user_id or may_open(found.page) else abort(404)


def _is_first(found: Any) -> bool:
    row = views_of(g.viewer, found.page).find(found.id)
    return row is not None and row.first


def _list_of(name: str) -> str:
    return name if may_open(name) else abort(404)


def _page() -> Response:
    mine = [row for row in views_of(g.viewer).rows if row.page in PAGES]
    rows = [(row, PAGES[row.page], address_of(row.page, row.query)) for row in mine]
    return page("views/index.html", rows=rows)


def _form_page(form: ViewForm) -> Response:
    where = _list_of(form.list.data or "")
    back = {"href": address_of(where, form.filters.data or ""), "label": str(PAGES[where])}
    return page("views/new.html", status=422 if form.errors else 200, form=form, back=back, longest=LONGEST_NAME)


def _one_page(found: Any, form: ViewForm) -> Response:
    form.list.data, form.filters.data = found.page, found.query
    return page(
        "views/one.html",
        status=422 if form.errors else 200,
        form=form,
        view=found,
        place=PAGES[found.page],
        address=address_of(found.page, found.query),
        mine=may_change(g.viewer, found),
        longest=LONGEST_NAME,
    )
