"""The completion ledger as it stands: its tree, its checkpoints, what was exported, what is wrong (EVD-2)."""

from __future__ import annotations

from flask import Response, abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from lmsapp.evidence.ledger.epochs import LONGEST_REASON, WAY_OUT, begin_epoch
from lmsapp.evidence.ledger.exporting import export_checkpoint
from lmsapp.evidence.ledger.queries import ledger_state
from lmsapp.evidence.ledger.troubles import note_looked_into
from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.confirming import ConfirmForm, confirm, status_of
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.render import page, to


class ExportForm(Form):
    """Nothing but its token."""


class NewTreeForm(ConfirmForm):
    reason = TextAreaField(
        __("Why the tree in use cannot be gone on with"),
        [DataRequired(__("Say why a new tree is needed.")), Length(max=LONGEST_REASON)],
    )


@bp.get("/checkpoints")
def checkpoints() -> ResponseReturnValue:
    """For auditors, too."""
    return _page(ExportForm(formdata=None), NewTreeForm(formdata=None))


@bp.get("/checkpoints/latest.txt")
def latest_checkpoint() -> Response:
    """The signed note as it is, to keep elsewhere."""
    last = ledger_state().checkpoint
    if last is None:
        abort(404)
    return _text(last.note, "checkpoint.txt")


@bp.post("/checkpoints/exports")
@needs(May.CONFIGURE)
def create_export() -> ResponseReturnValue:
    """Now, and not only once a day."""
    form = ExportForm()
    if form.validate():
        with form.rule_errors():
            row = export_checkpoint()
            if row is None:
                said = _("There is nothing to export yet.")
            elif row.error:
                said = _("The checkpoint could not be exported: %(problem)s", problem=row.error)
            else:
                said = _("The checkpoint was exported.")
            return to(url_for("admin.checkpoints"), said=said)
    return _page(form, NewTreeForm(formdata=None))


@bp.post("/checkpoints/trees")
@needs(May.CONFIGURE)
def create_tree() -> ResponseReturnValue:
    """A new tree in place of one that must not be signed any more."""
    form = NewTreeForm()
    if form.validate():
        with form.rule_errors():
            confirm(form)
            begin_epoch(g.viewer, form.reason.data or "")
            return to(url_for("admin.checkpoints"), said=_("A new tree has begun. What waits gets its place there."))
    return _page(ExportForm(formdata=None), form)


@bp.post("/checkpoints/receipts")
@needs(May.CONFIGURE)
def settle_receipts() -> ResponseReturnValue:
    """Somebody looked into a receipt that did not fit."""
    form = ExportForm()
    if form.validate():
        note_looked_into(g.viewer)
        return to(url_for("admin.checkpoints"), said=_("Noted in the audit trail."))
    return _page(form, NewTreeForm(formdata=None))


def _page(exports: Form, trees: NewTreeForm) -> Response:
    state = ledger_state()
    refused = state.refused
    may = g.viewer.may(May.CONFIGURE)
    return page(
        "admin/checkpoints.html",
        status=422 if exports.errors else status_of(trees),
        state=state,
        exports=exports,
        trees=trees,
        may=may,
        may_begin=may and refused is not None and refused.facts["why"] in WAY_OUT,
    )


def _text(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="text/plain; charset=utf-8", headers=headers)
