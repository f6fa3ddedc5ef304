"""Departments: the tree, and one department with what can be done to it (ORG-3)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import SelectField
from wtforms.validators import DataRequired, Length, Optional

from lmsapp.people.employees.chain import person_named
from lmsapp.people.organisation.actions import (
    change_department,
    create_department,
    forget_name,
    merge_department,
    remove_department,
    reopen_department,
)
from lmsapp.people.organisation.queries import (
    archived_departments,
    department_choices,
    department_for,
    department_rows,
    department_tree,
    department_view,
)
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.organisation_words import tabs
from lmsapp.web.hr.wing import bp
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import get_or_404, page, to


class NewDepartmentForm(SharedForm):
    name = LineField(__("Name"), [DataRequired(__("Enter a name.")), Length(max=500)])
    parent = SelectField(__("Beneath"), coerce=int)


class DepartmentForm(NewDepartmentForm):
    head = LineField(
        __("Head"), [Optional(), Length(max=300)], description=__("A name or an employee number; empty for nobody.")
    )


class MergeForm(Form):
    into = SelectField(__("Into"), coerce=int)


class PlainForm(Form):
    """Nothing but its token."""


@bp.get("/organisation")
def organisation() -> Response:
    """The tree of departments."""
    return _tree_page(_new_form(empty=True))


@bp.post("/organisation/departments")
def add_department() -> Response:
    form = _new_form()
    if form.validate():
        with form.rule_errors():
            made = create_department(form.name.data or "", department_for(g.viewer, form.parent.data), g.viewer)
            return to(url_for("hr.organisation"), said=_("%(name)s was added.", name=made.name))
    return _tree_page(form)


@bp.get("/organisation/departments/<int:department_id>")
def department(department_id: int) -> Response:
    return _department_page(department_id, None, None)


@bp.post("/organisation/departments/<int:department_id>")
def save_department(department_id: int) -> Response:
    """Name, place and head at once."""
    changed = get_or_404(department_for(g.viewer, department_id))
    form, stored, saved = _change_form(department_id), _stored(department_id), ("department", department_id)
    if form.validate() and not form.changed_meanwhile(stored, saved, "department changed"):
        with form.rule_errors():
            parent = department_for(g.viewer, form.parent.data)
            head = person_named(g.viewer, form.head.data or "", "head")
            change_department(changed, g.viewer, name=form.name.data or "", parent=parent, head=head)
            return to(url_for("hr.department", department_id=department_id), said=_("Saved."))
    return _department_page(department_id, form, None)


@bp.post("/organisation/departments/<int:department_id>/merger")
def merge_departments(department_id: int) -> Response:
    """Into another one; this one is gone afterwards."""
    merged = get_or_404(department_for(g.viewer, department_id))
    form = _merge_form(department_id)
    if form.validate():
        with form.rule_errors():
            into = get_or_404(department_for(g.viewer, form.into.data))
            people = merge_department(merged, into, g.viewer)
            said = ngettext(
                "%(num)s person moved to %(name)s.", "%(num)s people moved to %(name)s.", people, name=into.name
            )
            return to(url_for("hr.department", department_id=into.id), said=said)
    return _department_page(department_id, None, form)


@bp.post("/organisation/departments/<int:department_id>/removal")
def remove_department_(department_id: int) -> Response:
    removed = get_or_404(department_for(g.viewer, department_id))
    form, name = PlainForm(), removed.name
    if form.validate():
        with form.rule_errors():
            gone = remove_department(removed, g.viewer)
            said = _("%(name)s was removed.", name=name)
            if not gone:
                said = _("%(name)s was archived, because records of people who left name it.", name=name)
            return to(url_for("hr.organisation"), said=said)
    return _department_page(department_id, None, None, form)


@bp.post("/organisation/departments/<int:department_id>/return")
def reopen_department_(department_id: int) -> Response:
    reopened = get_or_404(department_for(g.viewer, department_id))
    reopen_department(reopened, g.viewer)
    return to(
        url_for("hr.department", department_id=department_id), said=_("%(name)s is in use again.", name=reopened.name)
    )


@bp.post("/organisation/departments/<int:department_id>/former-names/removal")
def forget_department_name(department_id: int) -> Response:
    changed = get_or_404(department_for(g.viewer, department_id))
    forget_name(changed, request.form.get("former", ""), g.viewer)
    return to(url_for("hr.department", department_id=department_id), said=_("The former name is forgotten."))


def _tree_page(form: NewDepartmentForm) -> Response:
    context: dict[str, Any] = {
        "rows": department_rows(g.viewer),
        "archived": archived_departments(g.viewer),
        "tabs": tabs("departments"),
        "form": form,
    }
    return page("hr/organisation/departments.html", status=422 if form.errors else 200, **context)


def _department_page(
    department_id: int, form: DepartmentForm | None, merging: MergeForm | None, other: Form | None = None
) -> Response:
    view = get_or_404(department_view(g.viewer, department_id))
    failed = any(one is not None and one.errors for one in (form, merging, other))
    return page(
        "hr/organisation/department.html",
        status=422 if failed else 200,
        department=view,
        form=form or _stored(department_id),
        merging=merging or _merge_form(department_id, empty=True),
        other=other,
        tabs=tabs("departments"),
    )


def _new_form(*, empty: bool = False) -> NewDepartmentForm:
    form = NewDepartmentForm(formdata=None) if empty else NewDepartmentForm()
    form.parent.choices = [(0, _("At the top")), *department_choices()]
    return form


def _stored(department_id: int) -> DepartmentForm:
    view = get_or_404(department_view(g.viewer, department_id))
    head = f"{view.head} ({view.head_number})" if view.head else ""
    return _change_form(department_id, {"name": view.unit.name, "parent": view.unit.parent_id or 0, "head": head})


def _change_form(department_id: int, told: dict[str, Any] | None = None) -> DepartmentForm:
    form = DepartmentForm(formdata=None, data=told) if told is not None else DepartmentForm()
    form.parent.choices = [(0, _("At the top")), *_elsewhere(department_id)]
    if told is not None:
        form.parent.data = told["parent"]
    return form


def _merge_form(department_id: int, *, empty: bool = False) -> MergeForm:
    form = MergeForm(formdata=None) if empty else MergeForm()
    form.into.choices = _elsewhere(department_id)
    return form


def _elsewhere(department_id: int) -> list[tuple[int, str]]:
    """Departments that do not stand beneath this one."""
    below = department_tree().below([department_id])
    return [(id_, words) for id_, words in department_choices() if id_ not in below]
