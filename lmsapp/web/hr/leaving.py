"""Leaving, now or on a day to come; coming back; the invitation again (ORG-4, ORG-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.assignments.rules import OPEN
from lmsapp.infra import clock
from lmsapp.insight.person import training_of
from lmsapp.people.employees.account import invite_again
from lmsapp.people.employees.chain import employee_to_change, person_named, place_of
from lmsapp.people.employees.facts import checked_reason
from lmsapp.people.employees.leaving import cancel_leaving, plan_leaving, return_employee
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.dates import day
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.employee import profile_context
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, page, to


class LeavingForm(Form):
    last_day = DateField(
        __("Last day"),
        [InputRequired(__("Choose the last day."))],
        description=__("Today or a day gone by: access ends at once. A day to come: access ends when it is over."),
    )
    reason = LineField(__("Reason"), [Optional(), Length(max=600)], description=__("It stands on the audit trail."))
    successor = LineField(
        __("Their people report to"),
        [Optional(), Length(max=300)],
        description=__("A name or an employee number. Empty: they keep their place, and HR moves them later."),
    )


class PlainForm(Form):
    """Nothing but its token."""


@bp.get("/employees/<int:employee_id>/leaving")
def employee_leaving(employee_id: int) -> Response:
    """What would happen, and when."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    today = clock.today(person.time_zone)
    told = {"last_day": person.leaves_on or today, "reason": person.leave_reason}
    return _page(employee_id, LeavingForm(formdata=None, data=told))


@bp.post("/employees/<int:employee_id>/leaving")
def mark_leaving(employee_id: int) -> Response:
    employee, form = get_or_404(employee_to_change(g.viewer, employee_id)), LeavingForm()
    if form.validate() and form.last_day.data:
        with form.rule_errors():
            successor = person_named(g.viewer, form.successor.data or "", "successor")
            reason = checked_reason(form.reason.data or "")
            over = plan_leaving(employee, form.last_day.data, g.viewer, reason, successor)
            said = _("%(name)s has left. Access has ended.", name=employee.name)
            if not over:
                said = _("Access of %(name)s ends after %(day)s.", name=employee.name, day=day(form.last_day.data))
            return to(_profile(employee_id), said=said)
    return _page(employee_id, form)


@bp.post("/employees/<int:employee_id>/leaving/cancelled")
def keep_employee(employee_id: int) -> Response:
    """They stay after all."""
    employee = get_or_404(employee_to_change(g.viewer, employee_id))
    cancel_leaving(employee, g.viewer)
    return to(_profile(employee_id), said=_("%(name)s stays.", name=employee.name))


@bp.post("/employees/<int:employee_id>/return")
def take_back(employee_id: int) -> Response:
    """The same record and account as before."""
    employee = get_or_404(employee_to_change(g.viewer, employee_id))
    return _do(employee_id, return_employee, _("%(name)s works here again.", name=employee.name))


@bp.post("/employees/<int:employee_id>/invitation")
def invite_employee(employee_id: int) -> Response:
    """A fresh link; the one before stops working."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    return _do(employee_id, invite_again, _("The invitation goes to %(email)s.", email=person.email or ""))


def _do(employee_id: int, change: Any, said: str) -> Response:
    employee, form = get_or_404(employee_to_change(g.viewer, employee_id)), PlainForm()
    if form.validate():
        with form.rule_errors():
            change(employee, g.viewer)
            return to(_profile(employee_id), said=said)
    person = get_or_404(employee_for(g.viewer, employee_id))
    return page("hr/employee/profile.html", status=422, form=form, **profile_context(person))


def _page(employee_id: int, form: LeavingForm) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    training = training_of(g.viewer, employee_id, clock.now())
    return page(
        "hr/people/leaving.html",
        status=422 if form.errors else 200,
        form=form,
        employee=person,
        place=place_of(g.viewer, employee_id),
        open_training=sum(row.status in OPEN for row in training),
    )


def _profile(employee_id: int) -> str:
    return url_for("hr.employee_profile", employee_id=employee_id)
