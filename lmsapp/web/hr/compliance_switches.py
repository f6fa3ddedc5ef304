"""What a completion does by itself for a type: two switches, off by default, asked for in numbers (HRD-3)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField

from lmsapp.compliance.batches.actions import ask_batch
from lmsapp.compliance.batches.work import begin
from lmsapp.compliance.ledger.actions import switch_off, switch_on
from lmsapp.compliance.ledger.queries import type_by_id
from lmsapp.compliance.ledger.types import Waiting, linked_courses, switches_of, waiting_for
from lmsapp.infra.words import RuleBroken
from lmsapp.web.forms import Form, say
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, page, to


class SwitchForm(Form):
    """Whether what waits already is treated too."""

    treat = BooleanField(__("Also treat what waits already"))


@bp.get("/compliance-types/<int:type_id>/filing-policy")
def filing_policy(type_id: int) -> Response:
    return _ask(type_id, "file", SwitchForm(formdata=None))


@bp.post("/compliance-types/<int:type_id>/filing-policy")
def create_filing_policy(type_id: int) -> Response:
    return _on(type_id, "file")


@bp.post("/compliance-types/<int:type_id>/filing-policy/end")
def end_filing_policy(type_id: int) -> Response:
    return _off(type_id, "file")


@bp.get("/compliance-types/<int:type_id>/marking-policy")
def marking_policy(type_id: int) -> Response:
    return _ask(type_id, "mark", SwitchForm(formdata=None))


@bp.post("/compliance-types/<int:type_id>/marking-policy")
def create_marking_policy(type_id: int) -> Response:
    return _on(type_id, "mark")


@bp.post("/compliance-types/<int:type_id>/marking-policy/end")
def end_marking_policy(type_id: int) -> Response:
    return _off(type_id, "mark")


def _ask(type_id: int, what: str, form: SwitchForm) -> Response:
    type_ = get_or_404(type_by_id(type_id))
    waits = waiting_for(type_, what)
    shown: dict[str, Any] = {"what": what, "count": len(waits.sealed) + len(waits.documents)}
    status = 422 if form.errors else 200
    both, courses = switches_of(type_id), linked_courses(type_id)
    return page(
        "hr/compliance_types/switch.html", status=status, type=type_, form=form, on=both, courses=courses, **shown
    )


def _on(type_id: int, what: str) -> Response:
    type_, form = get_or_404(type_by_id(type_id)), SwitchForm()
    if form.validate():
        with form.rule_errors():
            waits = waiting_for(type_, what)
            switch_on(type_, what, g.viewer)
            if form.treat.data and (waits.sealed or waits.documents):
                batch = begin(ask_batch("treat", _lines(waits), by=g.viewer, type_id=type_id), g.viewer)
                said = _("Switched on. What waits is being treated.")
                return to(url_for("hr.compliance_batch", batch_id=batch.id), said=said)
            return to(url_for("hr.compliance_type", type_id=type_id), said=_("Switched on."))
    return _ask(type_id, what, form)


def _off(type_id: int, what: str) -> Response:
    type_, here = get_or_404(type_by_id(type_id)), url_for("hr.compliance_type", type_id=type_id)
    try:
        switch_off(type_, what, g.viewer)
    except RuleBroken as broken:
        return to(here, said=say(broken))
    return to(here, said=_("Switched off. What was filed and decided stays."))


def _lines(waits: Waiting) -> list[dict[str, int]]:
    sealed = [{"employee_id": one, "sealed_id": key} for one, key in waits.sealed]
    return sealed + [{"employee_id": one, "document_id": key} for one, key in waits.documents]
