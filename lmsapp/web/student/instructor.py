"""Asking for time with the instructor, and what came of it (QIZ-7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateTimeLocalField, HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.instructor.actions import ask_for_time, take_back_request
from lmsapp.learning.instructor.queries import own_request
from lmsapp.learning.instructor.rules import LONGEST_WORDS
from lmsapp.learning.quizzes.missed import Trouble, troubles
from lmsapp.web.forms import Form, say
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.wing import bp


class AskForm(Form):
    """All of it may be left empty: one click is enough. Times are where the learner is."""

    lesson_id = HiddenField()
    words = TextAreaField(
        __("What is hard to understand?"),
        [Optional(), Length(max=LONGEST_WORDS)],
        description=__("The instructor sees which concepts you missed; add what would help them to help you."),
    )
    time_1 = DateTimeLocalField(__("A time that would suit you"), [Optional()])
    time_2 = DateTimeLocalField(__("Another one"), [Optional()])
    time_3 = DateTimeLocalField(__("A third one"), [Optional()])

    def times(self) -> list[dt.datetime]:
        """As instants."""
        given = (self.time_1.data, self.time_2.data, self.time_3.data)
        return [instant(one) for one in given if one is not None]


def instant(typed: dt.datetime) -> dt.datetime:
    """A time as typed, where the viewer is."""
    return typed.replace(tzinfo=clock.zone(g.viewer.zone)).astimezone(dt.UTC)


@bp.get("/courses/<int:course_id>/instructor-time")
def instructor_time(course_id: int) -> ResponseReturnValue:
    """The form, or how the request stands."""
    return instructor_page(get_or_404(enrollment_for(g.viewer, course_id)), None)


@bp.post("/courses/<int:course_id>/instructor-time")
def ask_instructor(course_id: int) -> ResponseReturnValue:
    """Ask; once more is the same request."""
    enrollment = get_or_404(enrollment_for(g.viewer, course_id))
    form = AskForm()
    if form.validate():
        with form.rule_errors():
            ask_for_time(enrollment, trouble_asked(enrollment), form.words.data or "", form.times(), by=g.viewer)
            said = _("Asked. You hear from the instructor here and by e-mail.")
            return to(url_for("student.instructor_time", course_id=course_id), said=said)
    return instructor_page(enrollment, form)


@bp.post("/courses/<int:course_id>/instructor-time/end")
def end_instructor_time(course_id: int) -> ResponseReturnValue:
    """Not needed any more."""
    enrollment = get_or_404(enrollment_for(g.viewer, course_id))
    found = get_or_404(own_request(g.viewer, enrollment.id, enrollment.cycle))
    said = _("Taken back.")
    try:
        take_back_request(found, by=g.viewer)
    except RuleBroken as broken:
        said = say(broken)
    return to(url_for("student.course", course_id=course_id), said=said)


def trouble_asked(enrollment: Any) -> Trouble:
    """The quiz the form names, else the first that was failed twice; none yet is a trouble that is not big enough."""
    there = troubles(enrollment)
    wanted = request.form.get("lesson_id") or request.args.get("lesson", "")
    named = next((one for one in there if str(one.lesson_id) == wanted), None)
    return named or next(iter(there), None) or Trouble(lesson_id=0, title="", failed=0, passed=False)


def help_beside(enrollment: Any, lesson_id: int | None = None) -> dict[str, Any]:
    """What pages show: `troubles` (of one lesson, or of all) and the request `asked`; nothing before two fails."""
    there = [one for one in troubles(enrollment) if lesson_id in (None, one.lesson_id)]
    asked = own_request(g.viewer, enrollment.id, enrollment.cycle) if there else None
    return {"troubles": there, "asked": asked}


def instructor_page(enrollment: Any, form: AskForm | None) -> Response:
    """The page; 404 for whoever has nothing to ask and asked nothing."""
    trouble = trouble_asked(enrollment)
    asked = own_request(g.viewer, enrollment.id, enrollment.cycle)
    if asked is None and not trouble.failed and form is None:
        get_or_404(None)
    shown = form or AskForm(formdata=None, lesson_id=trouble.lesson_id)
    return page(
        "student/course/instructor.html",
        status=422 if shown.errors else 200,
        course=enrollment.course,
        form=shown,
        trouble=trouble if trouble.failed else None,
        asked=asked,
        zone=g.viewer.zone,
    )
