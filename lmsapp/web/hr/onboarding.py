"""Onboarding for HR: the list, one of them, what HR decides in it (ORG-6)."""

from __future__ import annotations

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import StringField

from lmsapp.insight.sheets import as_csv
from lmsapp.onboarding.running.actions import cancel_onboarding, try_again
from lmsapp.onboarding.running.lists import (
    OnboardingFilters,
    list_onboardings,
    managers_of_newcomers,
    sheet,
)
from lmsapp.onboarding.running.queries import HR, changed_since, onboarding_for, onboarding_view
from lmsapp.onboarding.running.rules import Standing
from lmsapp.onboarding.running.waiting import documents_waiting, not_started
from lmsapp.onboarding.templates.queries import list_templates
from lmsapp.people.employees.queries import employee_options
from lmsapp.web.forms import Form
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import csv_response, numbers, options, page_url
from lmsapp.web.onboarding import NOT_STARTED, STANDINGS, WHO, act, context_of, send_task_file
from lmsapp.web.render import get_or_404, page, to

PAGE = "hr/onboarding/one.html"


class CancelForm(Form):
    """Why it is cancelled."""

    reason = StringField()


@bp.get("/onboarding")
def onboardings() -> Response:
    """What runs, late ones first; other standings when asked for."""
    filters = _filters()
    standings = [(one.value, STANDINGS[one][1]) for one in Standing]
    departments = [(int(o.value), o.label) for o in employee_options(g.viewer).departments]
    facets = [
        (_("Standing"), "standing", options(standings, [one.value for one in filters.standings])),
        (_("Department"), "department", options(departments, filters.departments)),
        (_("Manager"), "manager", options(managers_of_newcomers(g.viewer), filters.managers)),
    ]
    return page(
        "hr/onboarding/list.html",
        found=list_onboardings(g.viewer, filters, HR),
        filters=filters,
        facets=facets,
        standings=STANDINGS,
        who=WHO,
        templates=list_templates(g.viewer),
        waiting=not_started(g.viewer).total,
        handed_in=documents_waiting(g.viewer),
        address="hr.onboarding",
        export=f"{url_for('hr.onboardings_csv')}?{request.query_string.decode()}",
        page_url=page_url,
    )


@bp.get("/onboarding.csv")
def onboardings_csv() -> Response:
    head = [
        _("employee number"), _("name"), _("department"), _("job role"), _("manager"), _("template"),
        _("first day"), _("standing"), _("done"), _("of"), _("late"), _("closed on"),
    ]  # fmt: skip
    labels = {one.value: str(STANDINGS[one][1]) for one in Standing}
    return csv_response(as_csv(head, sheet(g.viewer, _filters(), labels)), "onboarding.csv")


@bp.get("/onboarding/not-started")
def onboarding_not_started() -> Response:
    """Who came not long ago and was not begun with, and why."""
    return page("hr/onboarding/not_started.html", waiting=not_started(g.viewer), why=NOT_STARTED)


@bp.get("/onboarding/<int:onboarding_id>")
def onboarding(onboarding_id: int) -> Response:
    view = get_or_404(onboarding_view(g.viewer, onboarding_id, HR))
    changed = changed_since(view.onboarding, view.employee) if view.onboarding.closed_as is None else None
    return page(PAGE, changed=changed, **context_of(view, "hr"))


@bp.post("/onboarding/<int:onboarding_id>/courses")
def try_onboarding_again(onboarding_id: int) -> Response:
    """Assign what applies by now."""
    found = get_or_404(onboarding_for(g.viewer, onboarding_id, HR))
    added = try_again(found, g.viewer)
    said = ngettext("%(num)s course was added.", "%(num)s courses were added.", added)
    return to(url_for("hr.onboarding", onboarding_id=onboarding_id), said=said if added else _("Nothing has changed."))


@bp.get("/onboarding/<int:onboarding_id>/cancellation")
def new_onboarding_cancellation(onboarding_id: int) -> Response:
    view = get_or_404(onboarding_view(g.viewer, onboarding_id, HR))
    return page("hr/onboarding/cancel.html", view=view, form=CancelForm(formdata=None))


@bp.post("/onboarding/<int:onboarding_id>/cancellation")
def cancel_one_onboarding(onboarding_id: int) -> Response:
    found = get_or_404(onboarding_for(g.viewer, onboarding_id, HR))
    form = CancelForm()
    if form.validate():
        with form.rule_errors():
            cancel_onboarding(found, g.viewer, form.reason.data or "")
    if form.errors:
        view = get_or_404(onboarding_view(g.viewer, onboarding_id, HR))
        return page("hr/onboarding/cancel.html", status=422, view=view, form=form)
    return to(url_for("hr.onboarding", onboarding_id=onboarding_id), said=_("The onboarding was cancelled."))


@bp.post("/onboarding-tasks/<int:task_id>/done")
def finish_onboarding_task(task_id: int) -> Response:
    return act(task_id, "hr", "finish", (HR,), "hr.onboarding", PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/reopening")
def reopen_onboarding_task(task_id: int) -> Response:
    return act(task_id, "hr", "reopen", (HR,), "hr.onboarding", PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/waiver")
def waive_onboarding_task(task_id: int) -> Response:
    return act(task_id, "hr", "waive", (HR,), "hr.onboarding", PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/document")
def hand_in_onboarding_task(task_id: int) -> Response:
    return act(task_id, "hr", "hand_in", (HR,), "hr.onboarding", PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/acceptance")
def accept_onboarding_task(task_id: int) -> Response:
    return act(task_id, "hr", "accept", (HR,), "hr.onboarding", PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/return")
def return_onboarding_task(task_id: int) -> Response:
    return act(task_id, "hr", "return", (HR,), "hr.onboarding", PAGE)


@bp.get("/onboarding-tasks/<int:task_id>/document")
def onboarding_file(task_id: int) -> Response:
    return send_task_file(task_id, HR)


def _filters() -> OnboardingFilters:
    given = request.args
    known = {one.value: one for one in Standing}
    return OnboardingFilters(
        q=given.get("q", "").strip()[:100],
        departments=numbers(given.getlist("department")),
        managers=numbers(given.getlist("manager")),
        standings=tuple(known[one] for one in given.getlist("standing") if one in known),
        page=min(max(given.get("page", 1, type=int), 1), 10_000),
    )
