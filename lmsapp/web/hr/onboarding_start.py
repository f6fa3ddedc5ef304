"""Starting onboardings: one person, or everybody whom a filter finds (ORG-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import SelectField

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.onboarding.running.picking import chosen_employees
from lmsapp.onboarding.running.queries import latest_of
from lmsapp.onboarding.running.starting import start_onboardings
from lmsapp.onboarding.templates.queries import list_templates, template_for
from lmsapp.people.employees.queries import EmployeeFilters, employee_for, employee_options, list_employees
from lmsapp.web.forms import Form
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import numbers, options, page_url
from lmsapp.web.render import get_or_404, page, to

SHOWN = 500


class StartForm(Form):
    """From which template; 0: for each the one that fits."""

    template_id = SelectField(coerce=int, default=0, validate_choice=False)


@bp.get("/onboarding/new")
def new_onboarding() -> Response:
    """Find people by name, department, job role; tick; start."""
    return page("hr/onboarding/new.html", **_context(StartForm(formdata=None)))


@bp.post("/onboarding/new")
def create_onboardings() -> Response:
    """Those ticked, or one by the button on their page. Who has one is passed over."""
    form = StartForm()
    picked = ids(request.form.getlist("pick"))
    if form.validate():
        with form.rule_errors():
            employees = chosen_employees(g.viewer, picked)
            if not employees:
                raise RuleBroken(N_("Tick at least one person."))
            template = template_for(g.viewer, form.template_id.data) if form.template_id.data else None
            again = request.form.get("again") == "1" and len(employees) == 1
            result = start_onboardings(employees, g.viewer, template=template, again=again)
            said = ngettext("%(num)s onboarding started.", "%(num)s onboardings started.", len(result.created))
            if result.already:
                said += " " + ngettext(
                    "%(num)s person was passed over: there is one already, or they have left.",
                    "%(num)s people were passed over: there is one already, or they have left.",
                    len(result.already),
                )
            one = len(result.created) == 1
            back = url_for("hr.onboarding", onboarding_id=result.created[0]) if one else url_for("hr.onboardings")
            return to(back, said=said)
    return page("hr/onboarding/new.html", status=422, **_context(form))


@bp.get("/employees/<int:employee_id>/onboarding")
def employee_onboarding(employee_id: int) -> Response:
    """To the newest one of an employee; without one, to the page that starts it."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    latest = latest_of(g.viewer, employee_id)
    if latest is None:
        return to(url_for("hr.new_onboarding", q=person.number))
    return to(url_for("hr.onboarding", onboarding_id=latest.id))


def _context(form: StartForm) -> dict[str, Any]:
    given, known = request.args, employee_options(g.viewer)
    filters = EmployeeFilters(
        q=given.get("q", "").strip()[:100],
        departments=numbers(given.getlist("department")),
        job_roles=tuple(given.getlist("role")),
        locations=tuple(given.getlist("location")),
    )
    departments = [(int(one.value), one.label) for one in known.departments]
    form.template_id.choices = [
        (0, _("For each the one that fits")),
        *((t.id, t.name) for t in list_templates(g.viewer)),
    ]
    return {
        "form": form,
        "filters": filters,
        "found": list_employees(g.viewer, filters, given.get("page", 1, type=int), SHOWN),
        "facets": [
            (_("Department"), "department", options(departments, filters.departments)),
            (_("Job role"), "role", options(((o.value, o.label) for o in known.job_roles), filters.job_roles)),
            (_("Location"), "location", options(((o.value, o.label) for o in known.locations), filters.locations)),
        ],
        "page_url": page_url,
    }
