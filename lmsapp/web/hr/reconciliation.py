"""Reconciliation: learning beside the ledger, row by row, each mended from there (HRD-6)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField
from wtforms.validators import Length, Optional

from lmsapp.compliance.reconciling.actions import ask_look, say_right, take_back_right
from lmsapp.compliance.reconciling.mending import AT_ONCE, Key, Mended, mend_many
from lmsapp.compliance.reconciling.queries import finding, keys_of, newest_look, report, right_of
from lmsapp.compliance.reconciling.rules import Kind
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.web.forms import Form
from lmsapp.web.hr.reconciliation_shown import context_for, filters_of, in_sum, outcome, shown_rows
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import numbers
from lmsapp.web.render import answer, fragment, get_or_404, to

LIST, WHOLE = "hr/reconciliation/_list.html", "hr/reconciliation/index.html"


class MendingForm(Form):
    """Which rows stands in `pick`; `everybody`: all that the filters in `back` find."""

    what = HiddenField()
    everybody = HiddenField()
    back = HiddenField()
    reason = StringField(__("Reason"), validators=[Optional(), Length(max=500)])


class LookForm(Form):
    """Nothing but its token."""


@bp.get("/reconciliation", endpoint="reconciliation")
def reconciliation_page() -> Response:
    """What the last look found; filters and pages answer in place."""
    return answer(LIST, whole=WHOLE, **context_for(request.args))


@bp.post("/reconciliation/looks")
def create_look() -> Response:
    """Look at everybody anew; the worker does it."""
    form = LookForm()
    form.validate()
    ask_look(g.viewer)
    return to(url_for("hr.reconciliation"), said=_("Learning and the ledger are set side by side anew."))


@bp.get("/reconciliation/look")
def reconciliation_look() -> Response:
    """How far the look is; when it is done, the page is loaded again."""
    run = get_or_404(newest_look())
    if run.state == "ready":
        return to(url_for("hr.reconciliation"))
    return fragment("hr/reconciliation/_look.html", open_look=run)


@bp.post("/reconciliation/mendings")
def create_mendings() -> Response:
    """Mend one row or many, each by itself; the rows say what happened."""
    form = MendingForm()
    args: MultiDict[str, str] = MultiDict(parse_qsl((form.back.data or "").removeprefix("?")))
    keys = keys_of(g.viewer, filters_of(args), AT_ONCE + 1) if form.everybody.data else _keys()
    before = shown_rows(report(g.viewer, filters_of(args)).rows, None)
    said: dict[Key, Mended | str] = {}
    if form.validate():
        with form.rule_errors():
            if not keys:
                raise RuleBroken(N_("Tick at least one row first."))
            said = {**(_leave(keys, form) if form.what.data == "right" else mend_many(keys, g.viewer, _reason(form)))}
    words = {key: outcome(one) for key, one in said.items()}
    done = sum(good for _text, good in words.values())
    context = context_for(args, words, before if said else None, form)
    return answer(
        LIST, whole=WHOLE, back=url_for("hr.reconciliation") + context["here"], said=in_sum(done, words), **context
    )


@bp.post("/reconciliation/right/<int:right_id>/end")
def end_right(right_id: int) -> Response:
    """It stands in the report again."""
    right = get_or_404(right_of(g.viewer, right_id))
    form = LookForm()
    form.validate()
    take_back_right(right, g.viewer)
    return to(url_for("hr.reconciliation") + "?right=1", said=_("It stands in the report again."))


def _leave(keys: Sequence[Key], form: MendingForm) -> dict[Key, str]:
    """Right as they are, with one reason."""
    said = {}
    for key in keys:
        say_right(get_or_404(finding(g.viewer, key)), g.viewer, _reason(form))
        said[key] = _("Left as it is, until anything about it changes.")
    return said


def _keys() -> list[Key]:
    """The ticked rows; what is none does not exist."""
    found = []
    for value in request.form.getlist("pick")[: AT_ONCE + 1]:
        kind, employee_id, type_id = [*value.split(":"), "", ""][:3]
        if kind not in {one.value for one in Kind} or len(numbers((employee_id, type_id))) != 2:
            abort(404)
        found.append((kind, int(employee_id), int(type_id)))
    return list(dict.fromkeys(found))


def _reason(form: MendingForm) -> str:
    return form.reason.data or ""
