"""Who has to hold a type and how they stand; one decision for many of them (HRD-4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField
from wtforms.validators import Length, Optional

from lmsapp.compliance.batches.actions import ask_batch
from lmsapp.compliance.batches.work import begin
from lmsapp.compliance.ledger.people import PAGE, PeopleFilters, ids_among, ids_of, people_of
from lmsapp.compliance.ledger.queries import type_by_id
from lmsapp.compliance.ledger.rules import ComplianceStatus
from lmsapp.compliance.ledger.types import any_type
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.organisation.queries import department_choices
from lmsapp.web import dates
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.wing import bp
from lmsapp.web.labels import status_word
from lmsapp.web.lists import numbers, options, query_string, readable
from lmsapp.web.render import answer, get_or_404, page, to

NAMES = {"q": "q", "departments": "department", "statuses": "status", "unasked": "unasked", "page": "page"}
STATUSES = tuple(word.value for word in ComplianceStatus)
ACTS = ("mark", "waive")


class ManyForm(Form):
    """`what`: 'mark' or 'waive'. `everybody` is '1' for all that the filters in `back` find; `seen`: how many."""

    what = HiddenField()
    everybody = HiddenField()
    back = HiddenField()
    seen = HiddenField()
    completed_on = DateField(__("Completed on"), [Optional()])
    until = DateField(__("Until"), [Optional()], description=__("Empty: for good."))
    reason = LineField(__("Reason"), [Optional(), Length(max=500)], description=__("It stays with each decision."))


@bp.get("/compliance-types/<int:type_id>/people")
def compliance_type_people(type_id: int) -> ResponseReturnValue:
    type_ = get_or_404(any_type(g.viewer, type_id))
    filters = _filters(readable(request.args))
    base = url_for("hr.compliance_type_people", type_id=type_id)
    departments = department_choices()
    words = [(status, status_word(status, compliance_type=type_id)) for status in STATUSES]
    context: dict[str, Any] = {
        "type": type_,
        "found": people_of(g.viewer, type_id, filters, clock.now()),
        "filters": filters,
        "active": len([one for one in (filters.q, filters.departments, filters.statuses) if one]),
        "facets": [
            (_("Status"), "status", options(words, filters.statuses)),
            (_("Department"), "department", options(departments, filters.departments)),
        ],
        "base": base,
        "here": query_string(filters, NAMES, {"page": filters.page}),
        "asked_url": base + query_string(filters, NAMES, {"unasked": False}),
        "unasked_url": base + query_string(filters, NAMES, {"unasked": True}),
        "page_url": lambda number: base + query_string(filters, NAMES, {"page": number}),
    }
    return answer("hr/compliance_types/_people.html", whole="hr/compliance_types/people.html", **context)


@bp.get("/compliance-types/<int:type_id>/decisions")
def new_compliance_decisions(type_id: int) -> Response:
    """Whom it would be, and what is decided."""
    form = ManyForm(formdata=None)
    for name in ("what", "everybody", "back"):
        form[name].data = request.args.get(name, "")[:2000]
    form.completed_on.data = dates.today()
    return _many_page(type_id, form, request.args.getlist("pick"))


@bp.post("/compliance-types/<int:type_id>/decisions")
def create_compliance_decisions(type_id: int) -> Response:
    """Each a decision of its own; what cannot be decided says why and leaves the others alone."""
    type_, form = get_or_404(type_by_id(type_id)), ManyForm()
    if form.validate():
        with form.rule_errors():
            people = _people(type_id, form, request.form.getlist("pick"))
            if form.everybody.data and form.seen.data != str(len(people)):
                raise RuleBroken(N_("%(n)s people are found now. Look at the list, then press again."), n=len(people))
            terms, lines = _terms(form), [{"employee_id": one} for one in people]
            asked = ask_batch(form.what.data or "", lines, by=g.viewer, terms=terms, type_id=type_.id)
            return to(url_for("hr.compliance_batch", batch_id=begin(asked, g.viewer).id))
    return _many_page(type_id, form, request.form.getlist("pick"))


def _terms(form: ManyForm) -> dict[str, Any]:
    reason = (form.reason.data or "").strip()
    if form.what.data not in ACTS:
        raise RuleBroken(N_("Choose what to do."))
    if form.what.data == "waive":
        if not reason:
            raise RuleBroken(N_("Say why this is waived."), field="reason")
        return {"reason": reason, "until": form.until.data.isoformat() if form.until.data else None}
    if form.completed_on.data is None:
        raise RuleBroken(N_("Give the day of completion."), field="completed_on")
    return {"reason": reason, "completed_on": form.completed_on.data.isoformat()}


def _people(type_id: int, form: ManyForm, picked: list[str]) -> list[int]:
    if form.everybody.data:
        back: MultiDict[str, str] = MultiDict(parse_qsl((form.back.data or "").removeprefix("?")))
        return ids_of(g.viewer, type_id, _filters(readable(back)), clock.now())
    found = ids_among(g.viewer, ids(picked))
    if not found:
        raise RuleBroken(N_("Tick at least one row first."))
    return found


def _many_page(type_id: int, form: ManyForm, picked: list[str]) -> Response:
    type_ = get_or_404(type_by_id(type_id))
    try:
        people = _people(type_id, form, picked)
    except RuleBroken:
        people = []
    form.seen.data = str(len(people))
    context: dict[str, Any] = {"type": type_, "form": form, "count": len(people)}
    context["picked"] = [] if form.everybody.data else people
    context["back"] = url_for("hr.compliance_type_people", type_id=type_id)
    return page("hr/compliance_types/many.html", status=422 if form.errors else 200, **context)


def _filters(args: MultiDict[str, str]) -> PeopleFilters:
    return PeopleFilters(
        q=args.get("q", "").strip()[:100],
        departments=numbers(args.getlist("department")),
        statuses=tuple(one for one in STATUSES if one in args.getlist("status")),
        unasked=args.get("unasked") == "1",
        page=min(max(args.get("page", 1, type=int), 1), 100_000 // PAGE),
    )
