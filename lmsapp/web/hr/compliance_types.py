"""What must be held: the compliance types of the organisation (HRD-3)."""

from __future__ import annotations

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from lmsapp.assignments.policies.queries import policy_choices
from lmsapp.compliance.ledger.actions import TypeFacts, change_type, create_type
from lmsapp.compliance.ledger.queries import compliance_types as types_in_use
from lmsapp.compliance.ledger.queries import course_choices, type_by_id
from lmsapp.web.forms import Form
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, page, to


class TypeForm(Form):
    """A compliance type."""

    name = StringField(
        __("Name"),
        description=__("What people call it, for example HIPAA privacy."),
        validators=[DataRequired(__("Give it a name.")), Length(max=100)],
    )
    regulator = StringField(__("Regulator"), validators=[Optional(), Length(max=100)])
    reference = StringField(
        __("Reference"),
        description=__("Where it is asked for, for example 45 CFR 164.530(b)."),
        validators=[Optional(), Length(max=200)],
    )
    renewal_months = IntegerField(
        __("Renew every … months"),
        description=__("Empty: it never ends."),
        validators=[Optional(), NumberRange(1, 240, __("Between 1 and 240 months, or empty."))],
    )
    notice_days = IntegerField(
        __("Say so … days before"),
        default=60,
        validators=[InputRequired(__("Give a number of days.")), NumberRange(0, 365, __("Between 0 and 365 days."))],
    )
    course_id = SelectField(__("Training that supports it"), coerce=int)
    reminder_policy_id = SelectField(
        __("Reminder policy for that training"),
        coerce=int,
        default=0,
        description=__("A policy chosen on the course itself comes first."),
    )
    evidence_needed = BooleanField(__("A document in the employee file must show it"), default=True)

    def facts(self) -> TypeFacts:
        """What was typed, for the action."""
        return TypeFacts(
            name=(self.name.data or "").strip(),
            regulator=(self.regulator.data or "").strip(),
            reference=(self.reference.data or "").strip(),
            renewal_months=self.renewal_months.data,
            notice_days=self.notice_days.data or 0,
            evidence_needed=self.evidence_needed.data,
            course_id=self.course_id.data or None,
            reminder_policy_id=self.reminder_policy_id.data or None,
        )


@bp.get("/compliance-types")
def compliance_types() -> Response:
    return page("hr/compliance_types/list.html", types=types_in_use())


@bp.get("/compliance-types/new")
def new_compliance_type() -> Response:
    return _form_page(_form(TypeForm(formdata=None)))


@bp.post("/compliance-types")
def create_compliance_type() -> Response:
    form = _form(TypeForm())
    if form.validate():
        with form.rule_errors():
            create_type(form.facts(), g.viewer)
    if form.errors:
        return _form_page(form, status=422)
    return to(url_for("hr.compliance_types"), said=_("%(name)s is asked for from now on.", name=form.name.data))


@bp.get("/compliance-types/<int:type_id>")
def compliance_type(type_id: int) -> Response:
    type_ = get_or_404(type_by_id(type_id))
    return _form_page(_form(TypeForm(formdata=None, obj=type_)), type_id)


@bp.post("/compliance-types/<int:type_id>")
def change_compliance_type(type_id: int) -> Response:
    type_ = get_or_404(type_by_id(type_id))
    form = _form(TypeForm())
    if form.validate():
        with form.rule_errors():
            change_type(type_, form.facts(), g.viewer)
    if form.errors:
        return _form_page(form, type_id, 422)
    return to(url_for("hr.compliance_types"), said=_("Saved."))


def _form(form: TypeForm) -> TypeForm:
    form.course_id.choices = [(0, _("None")), *course_choices()]
    form.reminder_policy_id.choices = [(0, _("The organisation's")), *policy_choices()]
    return form


def _form_page(form: TypeForm, type_id: int | None = None, status: int = 200) -> Response:
    return page("hr/compliance_types/form.html", status=status, form=form, type_id=type_id)
