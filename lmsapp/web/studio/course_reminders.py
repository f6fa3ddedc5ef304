"""Which reminder policy a course has, and the days that come of it (REM-2)."""

from __future__ import annotations

import datetime as dt

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import SelectField

from lmsapp.assignments.policies.actions import choose_for_course
from lmsapp.assignments.policies.queries import (
    chosen_for,
    organisation_policy,
    policies_for,
    policy_choices,
    policy_for,
)
from lmsapp.assignments.policies.rules import turns
from lmsapp.courses.catalogue.authored import course_for
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.roles import May
from lmsapp.web.dates import today
from lmsapp.web.gates import needs
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.reminder_words import how_words, step_words
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices

DAYS_AHEAD = 45


class CoursePolicyForm(SharedForm):
    """One of the policies, or what holds without a choice."""

    policy_id = SelectField(__("Reminder policy"), coerce=int)


@bp.get("/courses/<int:course_id>/reminders")
@needs(May.MODERATE)
def course_reminders(course_id: int) -> ResponseReturnValue:
    """What holds and why."""
    get_or_404(course_for(g.viewer, course_id))
    return _page(course_id, _form(course_id, sent=False))


@bp.post("/courses/<int:course_id>/reminders")
@needs(May.MODERATE)
def save_course_reminders(course_id: int) -> ResponseReturnValue:
    """Another one, or back to what holds without a choice; open assignments follow."""
    course = get_or_404(course_for(g.viewer, course_id))
    form, stored = _form(course_id, sent=True), _form(course_id, sent=False)
    if form.validate() and not form.changed_meanwhile(stored, ("course", course_id), "reminder policy chosen"):
        row = get_or_404(policy_for(g.viewer, form.policy_id.data)) if form.policy_id.data else None
        choose_for_course(course, row, by=g.viewer)
        said = _("Saved. Open assignments follow from now on.")
        return to(url_for("studio.course_reminders", course_id=course_id), said=said)
    return _page(course_id, form, 422)


def _form(course_id: int, *, sent: bool) -> CoursePolicyForm:
    chosen, because = chosen_for(course_id)
    own = chosen if because == "course" else 0
    form = CoursePolicyForm() if sent else CoursePolicyForm(formdata=None, data={"policy_id": own})
    usual = _("The organisation's: %(name)s", name=organisation_policy().name)
    form.policy_id.choices = choices([(0, usual), *policy_choices()])
    return form


def _page(course_id: int, form: CoursePolicyForm, status: int = 200) -> Response:
    policy, due_on = policies_for([course_id])[course_id], today() + dt.timedelta(days=DAYS_AHEAD)
    there = turns(policy, due_on, holidays=holidays(), renewal=request.args.get("as") == "renewal")
    return page(
        "studio/course/reminders.html",
        status=status,
        form=form,
        policy=policy,
        because=chosen_for(course_id)[1],
        shown=[(one.day, one.step, how_words(one.step)) for one in there if one.day >= today()],
        due_on=due_on,
        hours=[],
        refused="",
        say_step=step_words,
        **course_context(course_id, "reminders"),
    )
