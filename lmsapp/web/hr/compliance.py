"""HR's decisions in the compliance ledger (HRD-4): nothing here changes by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, DateField, FileField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from lmsapp.compliance.documents.actions import type_named, upload
from lmsapp.compliance.documents.queries import document_for, documents_of, type_names
from lmsapp.compliance.ledger.actions import mark_complete, require, undo_last
from lmsapp.compliance.ledger.deciding import dates_for, may_undo, note_looked
from lmsapp.compliance.ledger.queries import decisions_about, ledger_of, look_of, suggestion_for, type_by_id
from lmsapp.compliance.ledger.types import switches_named
from lmsapp.compliance.ledger.waivers import ask_or_waive
from lmsapp.compliance.ledger.waiving import waiting_for_one
from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.forms import Form
from lmsapp.web.hr.compliance_words import counted
from lmsapp.web.hr.employee import head, title_of
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import fragment, get_or_404, page, to

OTHER = "Other"
REASON = [Optional(), Length(max=500)]


class CompletionForm(Form):
    """It is held: since when, shown by what; `file`: a paper filed in the same step."""

    completed_on = DateField(__("Completed on"), validators=[DataRequired(__("Give the day of completion."))])
    evidence = SelectField(__("Evidence"), validate_choice=False)
    file = FileField(__("Or file a paper now"), description=__("PDF, JPG, PNG or DOCX, up to 25 MB."))
    file_type = SelectField(__("Files as"), validate_choice=False)
    expires_on = DateField(__("Valid to"), validators=[Optional()], description=__("For a licence, say."))
    reason = StringField(__("Reason"), validators=REASON)


class WaiverForm(Form):
    """It is not asked of this person: until when, and why."""

    not_applicable = BooleanField(__("It does not concern this person"))
    until = DateField(__("Until"), validators=[Optional()], description=__("Empty: for good."))
    reason = StringField(__("Reason"), validators=[DataRequired(__("Say why.")), Length(max=500)])
    evidence = SelectField(__("Document that shows why"), validate_choice=False)


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
    return fragment("hr/employee/_renewal.html", type=type_, **_renewal(employee_id, completed_on, type_))


@bp.post("/employees/<int:employee_id>/compliance/<int:type_id>/completion")
def create_completion(employee_id: int, type_id: int) -> Response:
    """A paper chosen here is filed in the same step; all of it is done, or nothing."""
    person, type_ = get_or_404(employee_for(g.viewer, employee_id)), get_or_404(type_by_id(type_id))
    form = CompletionForm()
    if form.validate() and form.completed_on.data:
        with form.rule_errors():
            evidence = _uploaded(person, form) or _chosen(form.evidence.data)
            mark_complete(
                person, type_, form.completed_on.data, evidence=evidence, by=g.viewer, reason=form.reason.data or ""
            )
    return _done(employee_id, type_id, form, _("Marked Complete."), completion=form)


@bp.post("/employees/<int:employee_id>/compliance/<int:type_id>/waiver")
def create_waiver(employee_id: int, type_id: int) -> Response:
    person, type_ = get_or_404(employee_for(g.viewer, employee_id)), get_or_404(type_by_id(type_id))
    form, said = WaiverForm(), _("Waived.")
    if form.validate():
        with form.rule_errors():
            asked = ask_or_waive(
                person,
                type_,
                by=g.viewer,
                reason=form.reason.data or "",
                until=form.until.data,
                not_applicable=bool(form.not_applicable.data),
                evidence=_chosen(form.evidence.data),
            )
            said = _("It waits for a second person of HR.") if asked else said
    return _done(employee_id, type_id, form, said, waiver=form)


@bp.post("/employees/<int:employee_id>/compliance/<int:type_id>/undoing")
def undo_decision(employee_id: int, type_id: int) -> Response:
    """The last decision, within the hour."""
    person, type_ = get_or_404(employee_for(g.viewer, employee_id)), get_or_404(type_by_id(type_id))
    form = Form()
    if form.validate():
        with form.rule_errors():
            undo_last(person, type_, by=g.viewer)
    return _done(employee_id, type_id, form, _("Taken back."), undoing=form)


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
    today, completion = clock.today(person.time_zone), forms.get("completion")
    documents, suggestion = documents_of(g.viewer, employee_id), suggestion_for(g.viewer, employee_id, type_)
    if completion is None:
        chosen = {"completed_on": suggestion.completed_on or today, "evidence": str(suggestion.document_id or "")}
        completion = CompletionForm(formdata=None, data=chosen)
    waiver = _own_ids(forms.get("waiver") or WaiverForm(formdata=None), "waiver")
    requirement = _own_ids(forms.get("requirement") or RequirementForm(formdata=None), "requirement")
    shown = [(str(row.id), f"{title_of(row)} ({_(row.type)})") for row in documents]
    completion.evidence.choices = [("", _("Choose a document") if type_.evidence_needed else _("No document")), *shown]
    completion.file_type.choices = [(name, _(name)) for name in type_names()]
    waiver.evidence.choices = [("", _("No document")), *shown]
    decisions = decisions_about(g.viewer, employee_id, type_id)
    note_looked(person.id, g.viewer, type_.name)
    return page(
        "hr/employee/decision.html",
        status=status,
        type=type_,
        line=next(one for one in ledger_of(g.viewer, employee_id, today, type_id=type_id) if one.type_id == type_id),
        undo=bool(decisions) and may_undo(decisions[0], clock.now()),
        waits=waiting_for_one(g.viewer, employee_id, type_id),
        look=look_of(decisions[0].id) if decisions and decisions[0].replaced_at is None else None,
        counted=counted,
        switches=switches_named(decisions),
        decisions=decisions,
        completion=completion,
        suggestion=suggestion,
        waiver=waiver,
        requirement=requirement,
        **_renewal(employee_id, completion.completed_on.data, type_),
        **head(person, "compliance"),
    )


def _renewal(employee_id: int, completed_on: dt.date | None, type_: Any) -> dict[str, Any]:
    """The renewal date, and why it is that day."""
    try:
        dates = dates_for(employee_id, type_, completed_on) if completed_on else None
    except RuleBroken:
        dates = None  # beyond the calendar
    if dates is None or dates.valid_until is None:
        return {"renewal": None, "because": ""}
    because = counted(type_.renewal_months, dates.counted_from, completed_on, type_.validity_terms)
    return {"renewal": dates.valid_until, "because": because}


def _own_ids(form: Any, name: str) -> Any:
    """Three forms on one page: each field has an id of its own, so that labels lead to it."""
    for field in form:
        if field.name != "csrf_token":
            field.id = f"{name}-{field.name}"
    return form


def _chosen(value: str | None) -> Any:
    """A document of the file, by the value of a select."""
    chosen = value or ""
    return document_for(g.viewer, int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else None


def _uploaded(person: Any, form: CompletionForm) -> Any:
    """The paper chosen in the form, filed; None where none was."""
    given = form.file.data
    if given is None or not getattr(given, "filename", ""):
        return None
    kind = type_named(form.file_type.data or OTHER)
    return upload(person, given.stream, given.filename or "", kind, g.viewer, issued_on=form.completed_on.data,
                  expires_on=form.expires_on.data)  # fmt: skip
