"""Hire somebody by hand, and edit a record without losing what another editor did meanwhile (ORG-3, ORG-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from lmsapp.evidence.audit.queries import changes_since
from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.people.employees.actions import EmployeeFacts, hire, update_employee
from lmsapp.people.employees.chain import employee_to_change, offer_people, person_named
from lmsapp.people.employees.editing import EDITED, plain, settle
from lmsapp.people.employees.facts import checked_reason
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.people.organisation.queries import department_choices
from lmsapp.web.dates import day, moment
from lmsapp.web.hr.record_form import COLUMN, RecordForm, lists, read_seen, record_form, seen_of, told, wanted
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import fragment, get_or_404, page, to
from lmsapp.web.timeline import named

FIELD = {column: field for field, column in COLUMN.items()}


@bp.get("/people-offered")
def people_offered() -> Response:
    """Whom a field for one person offers for what was typed so far."""
    typed = next((value for value in request.args.values() if value), "")
    return fragment("hr/people/_offered.html", people=offer_people(g.viewer, typed[:100]))


@bp.get("/employees/new")
def new_employee() -> Response:
    return _hire_page(record_form(empty=True))


@bp.post("/employees")
def create_employee() -> Response:
    """Day one: with an e-mail also account, role and invitation."""
    form = record_form()
    if form.validate():
        with form.rule_errors():
            hired = hire(_facts(form), g.viewer)
            said = _("%(name)s was hired. No invitation was sent, because there is no e-mail address.", name=hired.name)
            if hired.email:
                said = _("%(name)s was hired. The invitation goes to %(email)s.", name=hired.name, email=hired.email)
            return to(url_for("hr.employee_profile", employee_id=hired.id), said=said)
    return _hire_page(form)


@bp.get("/employees/<int:employee_id>/record")
def employee_record(employee_id: int) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    form = record_form(person, empty=True)
    form.opened.data = seen_of(person)
    return _edit_page(person, form)


@bp.post("/employees/<int:employee_id>/record")
def save_record(employee_id: int) -> Response:
    """What the editor touched is saved; where somebody else was quicker at the same, both versions are shown."""
    employee = get_or_404(employee_to_change(g.viewer, employee_id))
    person = get_or_404(employee_for(g.viewer, employee_id))
    form, meanwhile = record_form(person), []
    if form.validate():
        with form.rule_errors():
            present, asked = {name: getattr(employee, name) for name in EDITED}, wanted(form, person)
            seen = read_seen(form) or plain(present)
            touched, both = settle(seen, plain(present), plain(asked))
            if not both:
                reason = checked_reason(form.reason.data or "")
                changed = update_employee(employee, {name: asked[name] for name in touched}, g.viewer, reason)
                return to(url_for("hr.employee_profile", employee_id=employee_id), said=_said(changed, seen, present))
            meanwhile = _take_over(form, person, seen, plain(asked), both)
    return _edit_page(person, form, meanwhile)


def _said(changed: dict[str, Any], seen: dict[str, Any], present: dict[str, Any]) -> str:
    if not changed:
        return _("Nothing was changed.")
    others = [name for name in EDITED if plain(present)[name] != seen.get(name) and name not in changed]
    if others:
        return _("Saved. Somebody else changed this record meanwhile; both changes are kept.")
    return _("Saved.")


def _take_over(
    form: RecordForm, person: EmployeeView, seen: dict[str, Any], asked: dict[str, Any], both: tuple[str, ...]
) -> list[dict[str, str]]:
    """Show what changed meanwhile; fields the editor left alone get the present value, typed ones stay."""
    now, present = told(person), plain({name: getattr(person, name) for name in EDITED})
    for name in EDITED:
        if asked[name] == seen.get(name) and present[name] != seen.get(name):
            field = FIELD.get(name, name)
            form[field].data = person.department_id or 0 if field == "department" else now[field]
    found = []
    entries = changes_since(g.viewer, person.id, _since(seen))
    for name in both:
        entry = next((one for one in reversed(entries) if FIELD.get(name, name) in (one.after or {})), None)
        theirs = person.department or "" if name == "department_id" else now[FIELD.get(name, name)]
        found.append(
            {
                "label": form[FIELD.get(name, name)].label.text,
                "theirs": day(theirs) if isinstance(theirs, dt.date) else str(theirs or "–"),
                "who": named(entry.actor_name) if entry else _("Somebody"),
                "when": moment(entry.at) if entry else "",
            }
        )
    form.opened.data = seen_of(person)
    form.broken = RuleBroken("changed meanwhile")
    return found


def _since(seen: dict[str, Any]) -> dt.datetime:
    try:
        since = dt.datetime.fromisoformat(str(seen.get("at")))
    except ValueError:
        return clock.now() - dt.timedelta(days=1)
    return since if since.tzinfo else since.replace(tzinfo=dt.UTC)


def _facts(form: RecordForm) -> EmployeeFacts:
    values = {name: value for name, value in wanted(form).items() if name not in COLUMN.values()}
    return EmployeeFacts(
        **values,
        department=dict(department_choices()).get(form.department.data),
        manager=person_named(g.viewer, form.manager.data or "", "manager"),
        hr_partner=person_named(g.viewer, form.hr_partner.data or "", "hr_partner"),
    )


def _hire_page(form: RecordForm) -> Response:
    return page("hr/people/new.html", status=422 if form.errors else 200, form=form, lists=lists())


def _edit_page(person: EmployeeView, form: RecordForm, meanwhile: list[dict[str, str]] | None = None) -> Response:
    status = 422 if form.errors or meanwhile else 200
    return page("hr/people/edit.html", status=status, employee=person, form=form, lists=lists(), meanwhile=meanwhile)
