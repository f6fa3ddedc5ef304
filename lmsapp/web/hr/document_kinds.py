"""Kinds of document: who may see them, how long they are kept, whether they end (HRD-1)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from lmsapp.compliance.documents.actions import add_standard_types
from lmsapp.compliance.documents.kinds.actions import KindFacts, archive_kind, change_kind, create_kind, restore_kind
from lmsapp.compliance.documents.kinds.queries import kind_for, kinds, reach_of_change, standard_missing
from lmsapp.web.forms import Form
from lmsapp.web.hr.wing import bp
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import get_or_404, page, to

SEES = {
    "hr": __("HR alone"),
    "manager": __("HR and the managers of the line"),
    "employee": __("HR, the managers of the line, and the employee"),
}
FROM = {
    "filed": __("the day it was filed"),
    "expiry": __("its last valid day"),
    "leaving": __("the end of employment"),
}


class KindForm(SharedForm):
    """A kind of document. `agreed`: the visibility whose reach was read."""

    name = StringField(
        __("Name"),
        description=__("In your organisation's words, for example Driving licence."),
        validators=[DataRequired(__("Give it a name.")), Length(max=80)],
    )
    visible_to = RadioField(__("Who may see documents of this kind"), default="hr")
    agreed = HiddenField()
    needs_expiry = BooleanField(__("Each has a last valid day"))
    several = BooleanField(
        __("A person may have several that count"),
        description=__("Off: a new one replaces the one before, which is kept."),
        default=True,
    )
    keep_years = IntegerField(
        __("Keep for … years"),
        description=__("Empty: for good."),
        validators=[Optional(), NumberRange(1, 100, __("Between 1 and 100 years, or empty."))],
    )
    keep_from = SelectField(__("The years run from"), default="filed")
    position = IntegerField(
        __("Place in the list"), validators=[Optional(), NumberRange(1, 999, __("Between 1 and 999."))]
    )

    def facts(self, position: int = 0) -> KindFacts:
        """What was typed, for the action; `position`: where none was."""
        return KindFacts(
            name=self.name.data or "",
            visible_to=self.visible_to.data,
            keep_years=self.keep_years.data,
            keep_from=self.keep_from.data,
            needs_expiry=self.needs_expiry.data,
            several=self.several.data,
            position=self.position.data or position,
        )


@bp.get("/document-kinds")
def document_kinds() -> Response:
    return page(
        "hr/document_kinds/list.html", kinds=kinds(g.viewer), sees=SEES, starts=FROM, missing=standard_missing()
    )


@bp.post("/document-kinds/standard")
def create_standard_kinds() -> Response:
    if Form().validate():
        add_standard_types()
    return to(url_for("hr.document_kinds"), said=_("The usual kinds are there."))


@bp.get("/document-kinds/new")
def new_document_kind() -> Response:
    return _form_page(_form(empty=True))


@bp.post("/document-kinds")
def create_document_kind() -> Response:
    form = _form()
    if form.validate():
        with form.rule_errors():
            create_kind(form.facts(), g.viewer)
    if form.errors:
        return _form_page(form, status=422)
    return to(url_for("hr.document_kinds"), said=_("Documents can be filed as %(name)s.", name=form.name.data))


@bp.get("/document-kinds/<int:kind_id>")
def document_kind(kind_id: int) -> Response:
    kind = get_or_404(kind_for(g.viewer, kind_id))
    return _form_page(_form(kind, empty=True), kind)


@bp.post("/document-kinds/<int:kind_id>")
def change_document_kind(kind_id: int) -> Response:
    """Where documents open or close to people by it, the page says to how many, and asks once more."""
    kind, form = get_or_404(kind_for(g.viewer, kind_id)), _form()
    stored = _form(kind, empty=True)
    if form.validate() and not form.changed_meanwhile(stored, ("document_type", kind_id), "changed"):
        with form.rule_errors():
            change_kind(kind, form.facts(kind.position), g.viewer, agreed=form.agreed.data or "")
    if form.errors:
        return _form_page(form, kind, 422)
    return to(url_for("hr.document_kinds"), said=_("Saved."))


@bp.post("/document-kinds/<int:kind_id>/archive")
def archive_document_kind(kind_id: int) -> Response:
    kind, form = get_or_404(kind_for(g.viewer, kind_id)), Form()
    if form.validate():
        with form.rule_errors():
            archive_kind(kind, g.viewer)
    if form.errors:
        shown = _form(kind, empty=True)
        shown.form_errors.extend(form.form_errors)
        return _form_page(shown, kind, 422)
    return to(url_for("hr.document_kinds"), said=_("It is not offered any more. What is filed under it stays."))


@bp.post("/document-kinds/<int:kind_id>/restoration")
def restore_document_kind(kind_id: int) -> Response:
    kind = get_or_404(kind_for(g.viewer, kind_id))
    if Form().validate():
        restore_kind(kind, g.viewer)
    return to(url_for("hr.document_kinds"), said=_("It is offered again."))


def _form(kind: Any = None, *, empty: bool = False) -> KindForm:
    form = KindForm(formdata=None, obj=kind) if empty else KindForm()
    form.visible_to.choices, form.keep_from.choices = list(SEES.items()), list(FROM.items())
    return form


def _form_page(form: KindForm, kind: Any = None, status: int = 200) -> Response:
    asked = None
    wanted = form.visible_to.data
    if status == 422 and kind is not None and wanted in SEES and form.visible_to.errors and wanted != kind.visible_to:
        asked = reach_of_change(kind, wanted)
        form.agreed.data = wanted
    return page("hr/document_kinds/form.html", status=status, form=form, kind=kind, asked=asked, sees=SEES)
