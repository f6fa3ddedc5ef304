"""One document for HR: opening it, its versions, putting facts right, out of the file and back (HRD-1, SEC-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, FileField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from lmsapp.compliance.documents.actions import type_named
from lmsapp.compliance.documents.changes.actions import Facts, add_version, change_document, put_back
from lmsapp.compliance.documents.reading import lets_open, type_names, versions_of
from lmsapp.compliance.documents.rules import keep_until, standing
from lmsapp.infra import clock
from lmsapp.infra.looking import can_show
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.web import documents
from lmsapp.web.forms import Form
from lmsapp.web.hr.employee import head
from lmsapp.web.hr.wing import bp
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import get_or_404, page, to

REASON = [DataRequired(__("Say why.")), Length(max=500)]


class FactsForm(SharedForm):
    """What can be put right about a document."""

    title = StringField(__("Title"), validators=[DataRequired(__("Give it a title.")), Length(max=200)])
    type = SelectField(__("Kind"), validate_choice=False)
    issued_on = DateField(__("Issued on"), validators=[Optional()])
    expires_on = DateField(__("Valid to"), validators=[Optional()])
    reason = StringField(__("Reason"), validators=REASON)


class VersionForm(Form):
    """Another file for the same document."""

    file = FileField(__("File"))
    expires_on = DateField(__("Valid to"), description=__("Empty: as before."), validators=[Optional()])
    reason = StringField(__("Reason"), description=__("For example: renewed, better scan."), validators=REASON)


class ReturnForm(Form):
    """Why it is put back."""

    reason = StringField(__("Reason"), validators=REASON)


@bp.get("/documents/<int:document_id>")
def document(document_id: int) -> Response:
    """Always as an attachment, never in our origin; who opened it is on the record."""
    return documents.download("hr", document_id)


@bp.get("/documents/<int:document_id>/versions/<int:version>")
def document_version_file(document_id: int, version: int) -> Response:
    return documents.download("hr", document_id, version)


@bp.get("/documents/<int:document_id>/view")
def document_view(document_id: int) -> Response:
    return documents.viewer("hr", document_id, url_for("hr.document_page", document_id=document_id))


@bp.get("/documents/<int:document_id>/pages/<int:number>")
def document_picture(document_id: int, number: int) -> Response:
    return documents.picture("hr", document_id, number)


@bp.get("/documents/<int:document_id>/about")
def document_page(document_id: int) -> Response:
    """Facts, every version, and what can be done."""
    return _about(document_id)


@bp.post("/documents/<int:document_id>/facts")
def change_facts(document_id: int) -> Response:
    found, form = documents.find("hr", document_id), FactsForm()
    stored, saved = _facts_form(found, None), ("employee_document", document_id)
    if form.validate() and not form.changed_meanwhile(stored, saved, "changed", "new version"):
        with form.rule_errors():
            facts = Facts(form.title.data or "", form.issued_on.data, form.expires_on.data)
            same = form.type.data == found.type.name
            kind = found.type if same else type_named(form.type.data or "")
            change_document(found, facts, kind, g.viewer, reason=form.reason.data or "")
    return _answered(document_id, form, _("Saved."), facts=form)


@bp.post("/documents/<int:document_id>/versions")
def create_version(document_id: int) -> Response:
    found, form = documents.find("hr", document_id), VersionForm()
    if form.validate():
        with form.rule_errors():
            given = request.files.get("file")
            if given is None or not given.filename:
                raise RuleBroken(N_("Choose a file first."), field="file")
            add_version(
                found, given.stream, given.filename, g.viewer,
                reason=form.reason.data or "", expires_on=form.expires_on.data,
            )  # fmt: skip
    return _answered(document_id, form, _("The new version counts from now on. The one before is kept."), version=form)


@bp.post("/documents/<int:document_id>/return")
def put_document_back(document_id: int) -> Response:
    found, form = get_or_404(documents.find("hr", document_id)), ReturnForm()
    if form.validate():
        with form.rule_errors():
            put_back(found, g.viewer, form.reason.data or "")
    return _answered(document_id, form, _("Put back into the file."), returned=form)


def _answered(document_id: int, form: Form, said: str, **forms: Form) -> Response:
    if form.errors:
        return _about(document_id, 422, **forms)
    return to(url_for("hr.document_page", document_id=document_id), said=said)


def _about(document_id: int, status: int = 200, **forms: Form) -> Response:
    found = documents.find("hr", document_id)
    person = get_or_404(employee_for(g.viewer, found.employee_id))
    return page(
        "hr/documents/about.html",
        status=status,
        document=found,
        word=standing(found.expires_on, clock.today(person.time_zone)),
        versions=_versions(found),
        kept=_kept(found, person),
        shows=can_show(found.file.media_type),
        opens=lets_open(g.viewer, found.file, found.filed_by_id),
        facts=_facts_form(found, forms.get("facts")),
        version=forms.get("version") or VersionForm(formdata=None),
        returned=forms.get("returned") or ReturnForm(formdata=None),
        out={"out": "1"} if found.archived_at else {},
        **head(person, "documents"),
    )


def _facts_form(found: Any, form: Form | None) -> FactsForm:
    shown = form if isinstance(form, FactsForm) else FactsForm(formdata=None, obj=found, data={"type": found.type.name})
    if not isinstance(form, FactsForm):
        shown.type.data = found.type.name
        shown.reason.data = ""
    names = type_names()
    shown.type.choices = [(one, _(one)) for one in ([] if found.type.name in names else [found.type.name]) + names]
    return shown


def _versions(found: Any) -> list[dict[str, Any]]:
    opens = {"infected": False}
    return [
        {
            "number": one.number,
            "name": one.file_name,
            "size": one.size,
            "sha256": one.sha256,
            "by": one.added_by_name,
            "at": one.added_at,
            "reason": one.reason,
            "scan": one.file.scan,
            "caution": one.file.caution,
            "current": one.number == found.version,
            "shows": can_show(one.file.media_type),
            "opens": opens.get(one.file.scan or "", True) and lets_open(g.viewer, one.file, found.filed_by_id),
        }
        for one in versions_of(found)
    ]


def _kept(found: Any, person: EmployeeView) -> Any:
    """(years, from when, until when) of the document's kind."""
    kind = found.type
    until = keep_until(
        kind.keep_years,
        kind.keep_from,
        filed_on=found.filed_at.date(),
        expires_on=found.expires_on,
        left_on=person.left_on,
    )
    return {"years": kind.keep_years, "start": kind.keep_from, "until": until}
