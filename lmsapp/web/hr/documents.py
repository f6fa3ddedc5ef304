"""Filing in one step, uploading, opening, taking out (HRD-1, HRD-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from lmsapp.compliance.documents.actions import file_sealed, take_out, type_named, upload
from lmsapp.compliance.documents.queries import document_for, sealed_visible_to
from lmsapp.compliance.documents.rules import MOST_FILES, TRAINING_RECORD
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.web.forms import Form, say
from lmsapp.web.hr.employee import file_context, head, ids, upload_form
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.uploading import each, is_one, one_result, refusal, sent


class FilingForm(Form):
    """Which sealed files stands in `sealed`, what each becomes in `type-<id>`."""


class RemovalForm(Form):
    """Why a document is taken out."""

    reason = StringField(__("Reason"), validators=[DataRequired(__("Say why.")), Length(max=500)])


@bp.post("/employees/<int:employee_id>/filings")
def create_filings(employee_id: int) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    form = FilingForm()
    form.validate()
    said = file_picked(form, ids(request.form.getlist("sealed")), employee_id)
    context = {**head(person, "documents"), **file_context(person, form if form.errors else None)}
    back = url_for("hr.employee", employee_id=employee_id)
    return answer("hr/employee/_file.html", whole="hr/employee/documents.html", back=back, said=said, **context)


def file_picked(form: Form, sealed_ids: Sequence[int], employee_id: int | None = None) -> str:
    """File what was picked, and say what came of it. What cannot be filed leaves the rest alone; only when nothing
    could be filed is it an error of the form."""
    if not sealed_ids:
        raise RuleBroken(N_("Tick at least one row first."))
    found = sealed_visible_to(g.viewer, sealed_ids)
    if not found or len(found) != len(set(sealed_ids)) or any(employee_id not in (None, s.employee_id) for s in found):
        abort(404)
    filed, refused = 0, []
    for sealed in found:
        one = FilingForm()
        with one.rule_errors():
            name = request.form.get(f"type-{sealed.id}") or request.form.get("type") or TRAINING_RECORD
            file_sealed(sealed, type_named(name), g.viewer)
            filed += 1
        if one.broken:
            refused.append(f"{sealed.title}: {say(one.broken)}")
    if not filed:
        form.form_errors.extend(refused)
    return " ".join([ngettext("%(num)s document filed.", "%(num)s documents filed.", filed), *refused])


@bp.post("/employees/<int:employee_id>/documents")
def create_documents(employee_id: int) -> Response:
    """Each file by itself: what is refused leaves the others alone, and can be sent again."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    form, results = upload_form(empty=False), []
    if form.validate():
        with form.rule_errors():
            type_ = type_named(form.type.data)
            until = form.expires_on.data
            results = each(sent(MOST_FILES), lambda file: _filed(person, file, type_, until))
    if is_one():
        return refusal(form) if form.errors else one_result(results)
    filed = sum(result.done for result in results)
    if results and not filed:
        form.form_errors.extend(result.words for result in results)
    said = ngettext("%(num)s document filed.", "%(num)s documents filed.", filed)
    shown = [] if form.errors or filed == len(results) else results
    context = {**head(person, "documents"), **file_context(person, form if form.errors else None), "results": shown}
    back = None if shown else url_for("hr.employee", employee_id=employee_id)
    return answer(
        "hr/employee/_file.html", whole="hr/employee/documents.html", back=back, said=said, said_here=said, **context
    )


def _filed(person: EmployeeView, file: FileStorage, type_: Any, expires_on: dt.date | None) -> str:
    upload(person, file.stream, file.filename or "", type_, g.viewer, expires_on=expires_on)
    return _("Filed as %(type)s.", type=_(type_.name))


@bp.get("/documents/<int:document_id>/removal")
def new_removal(document_id: int) -> Response:
    found = get_or_404(document_for(g.viewer, document_id))
    person = get_or_404(employee_for(g.viewer, found.employee_id))
    return page(
        "hr/employee/removal.html", document=found, form=RemovalForm(formdata=None), **head(person, "documents")
    )


@bp.post("/documents/<int:document_id>/removal")
def create_removal(document_id: int) -> Response:
    found = get_or_404(document_for(g.viewer, document_id))
    person = get_or_404(employee_for(g.viewer, found.employee_id))
    form = RemovalForm()
    if form.validate():
        with form.rule_errors():
            take_out(found, g.viewer, form.reason.data or "")
    if form.errors:
        return page("hr/employee/removal.html", status=422, document=found, form=form, **head(person, "documents"))
    return to(url_for("hr.employee", employee_id=person.id), said=_("Taken out of the file."))
