"""Reminder policies: the list, one of them with the days that come of it, and which one a course has (REM-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.policies import actions
from lmsapp.assignments.policies.checks import checked
from lmsapp.assignments.policies.queries import as_rules, courses_using, list_policies, policy_for
from lmsapp.assignments.policies.rules import STANDARD, Moment, ToWhom, turns
from lmsapp.infra.words import RuleBroken
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.roles import May
from lmsapp.web.dates import today
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.reminder_words import CHANNELS, UNITS, WHOM, how_words, step_words
from lmsapp.web.render import fragment, get_or_404, page, to
from lmsapp.web.studio.reminder_form import PolicyForm, form_of
from lmsapp.web.studio.wing import bp

DAYS_AHEAD = 45  # the due date that the preview begins with


@bp.get("/reminder-policies")
@needs(May.MODERATE)
def reminder_policies() -> ResponseReturnValue:
    """Each with its steps as sentences; which one is the organisation's."""
    rows = list_policies(g.viewer)
    ships = not any(row.is_organisation for row in rows)
    return page("studio/reminders/index.html", rows=rows, standard=STANDARD, ships=ships, say_step=step_words)


@bp.get("/reminder-policies/new")
@needs(May.MODERATE)
def new_reminder_policy() -> ResponseReturnValue:
    """As the one that ships, to begin with."""
    return _editor(None, form_of(None))


@bp.post("/reminder-policies/new")
@needs(May.MODERATE)
def create_reminder_policy() -> ResponseReturnValue:
    """Keep it; on to its page. For another row: the form again."""
    form = PolicyForm()
    if "rows" in request.form:
        return _editor(None, form, focus=_change_rows(form))
    if form.validate():
        with form.rule_errors():
            made = actions.create_policy(form.policy(), by=g.viewer)
            said = _("Saved. Choose it for the organisation, or on the reminders page of a course.")
            return to(url_for("studio.reminder_policy", reminder_policy_id=made.id), said=said)
    return _editor(None, form, status=422)


@bp.get("/reminder-policies/<int:reminder_policy_id>")
@needs(May.MODERATE)
def reminder_policy(reminder_policy_id: int) -> ResponseReturnValue:
    """Its steps, what comes of them, and who uses it."""
    row = get_or_404(policy_for(g.viewer, reminder_policy_id))
    return _editor(row, form_of(as_rules(row)))


@bp.post("/reminder-policies/<int:reminder_policy_id>")
@needs(May.MODERATE)
def save_reminder_policy(reminder_policy_id: int) -> ResponseReturnValue:
    """Other steps, from now on; open assignments follow."""
    row, form = get_or_404(policy_for(g.viewer, reminder_policy_id)), PolicyForm()
    if "rows" in request.form:
        return _editor(row, form, focus=_change_rows(form))
    if form.validate() and not form.changed_meanwhile(form_of(as_rules(row)), (actions.KIND, row.id), "changed"):
        with form.rule_errors():
            changed = actions.save_policy(row, form.policy(), by=g.viewer)
            said = _("Saved. Open assignments follow from now on.") if changed else _("Nothing was changed.")
            return to(url_for("studio.reminder_policy", reminder_policy_id=reminder_policy_id), said=said)
    return _editor(get_or_404(policy_for(g.viewer, reminder_policy_id)), form, status=422)


@bp.post("/reminder-policies/preview")
@needs(May.MODERATE)
def preview_reminder_policy() -> ResponseReturnValue:
    """The days of what is being typed; nothing is saved."""
    form = PolicyForm()
    form.validate()
    return fragment("studio/reminders/_preview.html", **_preview(form))


@bp.post("/reminder-policies/<int:reminder_policy_id>/organisation")
@needs(May.MODERATE)
def choose_reminder_policy(reminder_policy_id: int) -> ResponseReturnValue:
    """It holds for every course without one of its own."""
    row = get_or_404(policy_for(g.viewer, reminder_policy_id))
    actions.choose_for_organisation(row, by=g.viewer)
    return to(url_for("studio.reminder_policies"), said=_("“%(name)s” is the organisation's now.", name=row.name))


@bp.post("/reminder-policies/standard")
@needs(May.MODERATE)
def choose_standard_policy() -> ResponseReturnValue:
    """Back to the one that ships."""
    actions.choose_for_organisation(None, by=g.viewer)
    return to(url_for("studio.reminder_policies"), said=_("The standard policy is the organisation's now."))


@bp.post("/reminder-policies/<int:reminder_policy_id>/deletion")
@needs(May.MODERATE)
def delete_reminder_policy(reminder_policy_id: int) -> ResponseReturnValue:
    """Only one that nothing uses."""
    row, form = get_or_404(policy_for(g.viewer, reminder_policy_id)), Form()
    name = row.name
    with form.rule_errors():
        actions.delete_policy(row, by=g.viewer)
    if form.broken:
        here = url_for("studio.reminder_policy", reminder_policy_id=reminder_policy_id)
        return to(here, said=say(form.broken))
    return to(url_for("studio.reminder_policies"), said=_("“%(name)s” was deleted.", name=name))


def _change_rows(form: PolicyForm) -> str:
    step, _field, place = [*request.form["rows"].split(":"), "", ""][:3]
    return form.steps.change(step, int(place) if place.isdigit() else 0)


def _preview(form: PolicyForm) -> dict[str, Any]:
    """Whom it tells what on which days, from today on; `refused` in words where it cannot be meant."""
    due_on = form.preview_due.data or today() + dt.timedelta(days=DAYS_AHEAD)
    try:
        policy = checked(form.policy())
    except RuleBroken as broken:
        return {"shown": [], "due_on": due_on, "refused": say(broken) if broken.field != "name" else ""}
    there = turns(policy, due_on, renewal=form.preview_as.data == "renewal", holidays=holidays())
    shown = [(one.day, one.step, how_words(one.step)) for one in there if one.day >= today()]
    hours = [step for step in policy.steps if step.moment is Moment.STALLED]
    return {"shown": shown, "hours": hours, "due_on": due_on, "refused": "", "say_step": step_words}


def _editor(row: Any, form: PolicyForm, *, status: int = 200, focus: str = "") -> Response:
    if form.preview_due.data is None:
        form.preview_due.data = today() + dt.timedelta(days=DAYS_AHEAD)
    return page(
        "studio/reminders/edit.html",
        status=status,
        kept=row,
        form=form,
        focus=focus,
        units=[(moment.value, UNITS[moment]) for moment in Moment],
        readers=[(whom.value, WHOM[whom]) for whom in ToWhom],
        ways=CHANNELS,
        courses=courses_using(row.id) if row else [],
        **_preview(form),
    )
