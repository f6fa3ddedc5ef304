"""Many documents at once: another kind, out of the file, away as a zip. Each has its own entry on the trail (EVD-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Length

from lmsapp.compliance.documents.actions import type_named
from lmsapp.compliance.documents.bundles.actions import MOST, ask_bundle, note_bundle_taken
from lmsapp.compliance.documents.bundles.queries import bundle_for
from lmsapp.compliance.documents.changes.actions import change_kinds, take_out_many
from lmsapp.compliance.documents.reading import documents_picked, type_names
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.web.forms import Form
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.sending import send_stored

WHAT = {"kind": __("Change the kind"), "out": __("Take out of the file"), "zip": __("Download as a zip")}


class ManyForm(Form):
    """`what`: one of WHAT; `back`: the list they were ticked in, a path of ours."""

    what = HiddenField()
    back = HiddenField()
    type = SelectField(__("Kind"), validate_choice=False)
    reason = StringField(__("Reason"), description=__("It stands on the trail of each."), validators=[Length(max=500)])


@bp.get("/documents/changes/new")
def new_document_changes() -> Response:
    """Which they are, and what is asked."""
    form = ManyForm(formdata=request.args)
    form.reason.data = ""
    return _form_page(form, _picked(request.args.getlist("pick")))


@bp.post("/documents/changes")
def create_document_changes() -> Response:
    """All of them, or none."""
    form, found = ManyForm(), _picked(request.form.getlist("pick"))
    said = ""
    if form.validate():
        with form.rule_errors():
            said = _do(form, found)
    if form.errors:
        return _form_page(form, found, 422)
    return to(said if said.startswith("/") else _back(form), said=None if said.startswith("/") else said)


@bp.get("/documents/bundles/<int:bundle_id>")
def document_bundle(bundle_id: int) -> Response:
    bundle = get_or_404(bundle_for(g.viewer, bundle_id))
    percent = 100 * bundle.done // bundle.total if bundle.total else None
    return answer("hr/documents/_bundle.html", whole="hr/documents/bundle.html", bundle=bundle, percent=percent)


@bp.get("/documents/bundles/<int:bundle_id>/file")
def document_bundle_file(bundle_id: int) -> Response:
    bundle = get_or_404(bundle_for(g.viewer, bundle_id))
    if bundle.file is None:
        abort(404)
    response = send_stored(bundle.file.sha256, name=bundle.file.name, media_type="application/zip")
    note_bundle_taken(bundle, g.viewer)
    return response


def _do(form: ManyForm, found: Sequence[Any]) -> str:
    """What is said of it; for a zip the address of its page."""
    if not found:
        raise RuleBroken(N_("Tick at least one row first."))
    if form.what.data == "kind":
        type_ = type_named(form.type.data or "")
        done = change_kinds(found, type_, g.viewer, reason=form.reason.data or "")
        return ngettext("%(num)s document changed.", "%(num)s documents changed.", done)
    if form.what.data == "out":
        done = take_out_many(found, g.viewer, reason=form.reason.data or "")
        return ngettext("%(num)s document taken out.", "%(num)s documents taken out.", done)
    if form.what.data != "zip":
        raise RuleBroken(N_("Choose what to do."))
    return url_for("hr.document_bundle", bundle_id=ask_bundle(found, g.viewer).id)


def _picked(values: Sequence[str]) -> list[Any]:
    """404 when one of them is not there: a list from which one is missing must not be taken for all."""
    wanted = set(ids(values)[:MOST])
    found = documents_picked(g.viewer, sorted(wanted))
    if len(found) != len(wanted):
        abort(404)
    return found


def _back(form: ManyForm) -> str:
    """Only a list of ours."""
    wanted = form.back.data or ""
    ours = (url_for("hr.documents_ending"), url_for("hr.employees") + "/")
    return wanted if wanted.startswith(ours) and "\\" not in wanted else ours[0]


def _form_page(form: ManyForm, found: Sequence[Any], status: int = 200) -> Response:
    form.type.choices = [(name, _(name)) for name in type_names()]
    what = form.what.data if form.what.data in WHAT else "zip"
    form.what.data = what
    return page(
        "hr/documents/changes.html",
        status=status,
        form=form,
        found=found,
        what=what,
        label=WHAT[what],
        back=_back(form),
    )
