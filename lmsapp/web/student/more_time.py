"""Asking for more time, and what came of it (ASG-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.assignments.extensions.actions import ask_extension, take_back_extension
from lmsapp.assignments.extensions.queries import own_extension
from lmsapp.assignments.extensions.rules import LONGEST_WORDS, ExtensionState
from lmsapp.assignments.queries import assignment_for, open_assignment_for
from lmsapp.infra import clock
from lmsapp.web.dates import due_words
from lmsapp.web.extending import STATES
from lmsapp.web.fields import sure
from lmsapp.web.forms import Form
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.wing import bp


class MoreTimeForm(Form):
    """Until when, and why."""

    wanted_on = DateField(__("Until when?"), [InputRequired(__("Choose a date."))])
    reason = TextAreaField(
        __("Why do you need more time?"),
        [InputRequired(__("Say why, in a sentence.")), Length(max=LONGEST_WORDS)],
        description=__("Whoever decides reads it. A sentence is enough."),
    )


@bp.get("/courses/<int:course_id>/more-time")
def more_time(course_id: int) -> ResponseReturnValue:
    """The form, or how the request stands."""
    return more_time_page(own_assignment(course_id), MoreTimeForm(formdata=None))


@bp.post("/courses/<int:course_id>/more-time")
def ask_more_time(course_id: int) -> ResponseReturnValue:
    """Ask; once more is the same request."""
    assignment, form = own_assignment(course_id), MoreTimeForm()
    if form.validate():
        with form.rule_errors():
            ask_extension(assignment, sure(form.wanted_on), sure(form.reason), by=g.viewer)
            said = _("Asked. You hear of the answer here and by e-mail. Until then the due date stays.")
            return to(url_for("student.more_time", course_id=course_id), said=said)
    return more_time_page(assignment, form)


@bp.post("/courses/<int:course_id>/more-time/end")
def end_more_time(course_id: int) -> ResponseReturnValue:
    """Not needed any more."""
    found = get_or_404(own_extension(g.viewer, own_assignment(course_id).id))
    take_back_extension(found, by=g.viewer)
    return to(url_for("student.course", course_id=course_id), said=_("Taken back."))


def own_assignment(course_id: int) -> Any:
    """The viewer's open assignment of that course."""
    row = get_or_404(open_assignment_for(g.viewer, course_id, clock.now()))
    return get_or_404(assignment_for(g.viewer, row.id))


def more_time_beside(assigned: Any) -> dict[str, Any]:
    """What the page of a course shows: the newest request about what is assigned, if there is one."""
    return {"more_time": own_extension(g.viewer, assigned.id) if assigned else None, "extension_states": STATES}


def more_time_page(assignment: Any, form: MoreTimeForm) -> Response:
    """The page."""
    asked = own_extension(g.viewer, assignment.id)
    return page(
        "student/course/more_time.html",
        status=422 if form.errors else 200,
        course=assignment.course,
        due_on=assignment.due_on,
        due_note=due_words(assignment.due_on, clock.today(assignment.employee.time_zone)),
        asked=asked,
        may_ask=asked is None or asked.state != ExtensionState.OPEN,
        form=form,
        states=STATES,
    )
