"""HR's decisions in the compliance ledger (HRD-4): nothing here changes by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from lmsapp.compliance.documents.queries import document_for, documents_of
from lmsapp.compliance.ledger.actions import mark_complete, require, waive
from lmsapp.compliance.ledger.queries import decisions_about, ledger_of, suggestion_for, type_by_id
from lmsapp.compliance.ledger.rules import renewal_on
from lmsapp.infra import clock
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.forms import Form
from lmsapp.web.hr.employee import head, title_of
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import fragment, get_or_404, page, to

REASON = [Optional(), Length(max=500)]


class CompletionForm(Form):
    """It is held: since when, shown by what."""

    completed_on = DateField(__("Completed on"), validators=[DataRequired(__("Give the day of completion."))])
    evidence = SelectField(__("Evidence"), validate_choice=False)
    reason = StringField(__("Reason"), validators=REASON)


class WaiverForm(Form):
    """It is not asked of this person: until when, and why."""

    until = DateField(__("Until"), validators=[Optional()], description=__("Empty: for good."))
    reason = StringField(__("Reason"), validators=[DataRequired(__("Say why.")), Length(max=500)])


class RequirementForm(Form):
    """It is asked for again, and why."""

    reason = StringField(__("Reason"), validators=REASON)


@bp.get("/employees/<int:employee_id>/compliance/<int:type_id>")
def decision(employee_id: int, type_id: int) -> Response:
    return _page(employee_id, type_id)


@bp.get("/employees/<int:employee_id>/compliance/<int:type_id>/renewal")
def renewal(employee_id: int, type_id: int) -> Response:
    """The renewal date that would be saved, while the day of completion is being chosen."""
    get_or_404(employee_for(g.viewer, employee_id))
    type_ = get_or_404(type_by_id(type_id))
    try:
        completed_on = dt.date.fromisoformat(request.args.get("completed_on", ""))
    except ValueError:
        completed_on = None
    return fragment("hr/employee/_renewal.html", renewal=_renewal(completed_on, type_), type=type_)


@bp.post("/employees/<int:employee_id>/compliance/<int:type_id>/completion")
def create_completion(employee_id: int, type_id: int) -> Response:
    person, type_ = get_or_404(employee_for(g.viewer, employee_id)), get_or_404(type_by_id(type_id))
    form = CompletionForm()
    if form.validate() and form.completed_on.data:
        with form.rule_errors():
            chosen = form.evidence.data or ""
            evidence = document_for(g.viewer, int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else None
            mark_complete(
                person, type_, form.completed_on.data, evidence=evidence, by=g.viewer, reason=form.reason.data or ""
            )
    return _done(employee_id, type_id, form, _("Marked Complete."), completion=form)


@bp.post("/employees/<int:employee_id>/compliance/<int:type_id>/waiver")
def create_waiver(employee_id: int, type_id: int) -> Response:
    person, type_ = get_or_404(employee_for(g.viewer, employee_id)), get_or_404(type_by_id(type_id))
    form = WaiverForm()
    if form.validate():
        with form.rule_errors():
            waive(person, type_, by=g.viewer, reason=form.reason.data or "", until=form.until.data)
    return _done(employee_id, type_id, form, _("Waived."), waiver=form)


@bp.post("/employees/<int:employee_id>/compliance/<int:type_id>/requirement")
def create_requirement(employee_id: int, type_id: int) -> Response:
    person, type_ = get_or_404(employee_for(g.viewer, employee_id)), get_or_404(type_by_id(type_id))
    form = RequirementForm()
    if form.validate():
        with form.rule_errors():
            require(person, type_, by=g.viewer, reason=form.reason.data or "")
    return _done(employee_id, type_id, form, _("Required."), requirement=form)


def _done(employee_id: int, type_id: int, form: Form, said: str, **forms: Form) -> Response:
    if form.errors:
        return _page(employee_id, type_id, 422, **forms)
    return to(url_for("hr.decision", employee_id=employee_id, type_id=type_id), said=said)


def _page(employee_id: int, type_id: int, status: int = 200, **forms: Any) -> Response:
    person, type_ = get_or_404(employee_for(g.viewer, employee_id)), get_or_404(type_by_id(type_id))
    today = clock.today(person.time_zone)
    documents = documents_of(g.viewer, employee_id)
    suggestion = suggestion_for(g.viewer, employee_id, type_)
    completion = forms.get("completion") or CompletionForm(
        formdata=None, completed_on=suggestion.completed_on or today, evidence=str(suggestion.document_id or "")
    )
    none = [("", _("No document") if not type_.evidence_needed else _("Choose a document"))]
    completion.evidence.choices = none + [(str(row.id), f"{title_of(row)} ({_(row.type)})") for row in documents]
    return page(
        "hr/employee/decision.html",
        status=status,
        type=type_,
        line=next(line for line in ledger_of(g.viewer, employee_id, today) if line.type_id == type_id),
        decisions=decisions_about(g.viewer, employee_id, type_id),
        completion=completion,
        suggestion=suggestion,
        waiver=forms.get("waiver") or WaiverForm(formdata=None),
        requirement=forms.get("requirement") or RequirementForm(formdata=None),
        renewal=_renewal(completion.completed_on.data, type_),
        **head(person, "compliance"),
    )


def _renewal(completed_on: dt.date | None, type_: Any) -> dt.date | None:
    try:
        return renewal_on(completed_on, type_.renewal_months) if completed_on else None
    except ValueError:
        return None  # beyond the calendar
