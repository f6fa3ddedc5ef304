"""The organisation's own words for the statuses of one compliance type (CRS-7, HRD-3)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _

from lmsapp.compliance.ledger.queries import type_by_id
from lmsapp.people.labels.rules import Scope
from lmsapp.web.hr.wing import bp
from lmsapp.web.labels_form import rows_of, save_words, words_form
from lmsapp.web.render import get_or_404, page, to


@bp.get("/compliance-types/<int:type_id>/words")
def compliance_type_words(type_id: int) -> Response:
    return _page(type_id, words_form(Scope("compliance_type", type_id), sent=False))


@bp.post("/compliance-types/<int:type_id>/words")
def save_compliance_type_words(type_id: int) -> Response:
    """All or nothing."""
    get_or_404(type_by_id(type_id))
    scope = Scope("compliance_type", type_id)
    form, stored = (words_form(scope, sent=sent) for sent in (True, False))
    if form.validate() and not form.changed_meanwhile(stored, ("compliance_type", type_id), "status words changed"):
        with form.rule_errors():
            changed = save_words(scope, form, g.viewer)
            said = _("Saved.") if changed else _("Nothing was changed.")
            return to(url_for("hr.compliance_type", type_id=type_id), said=said)
    return _page(type_id, form)


def _page(type_id: int, form: Any) -> Response:
    type_, groups = get_or_404(type_by_id(type_id)), rows_of(Scope("compliance_type", type_id), form)
    status = 422 if form.errors else 200
    return page("hr/compliance_types/words.html", status=status, type=type_, form=form, groups=groups)
