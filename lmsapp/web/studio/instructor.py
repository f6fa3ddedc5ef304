"""Learners who ask for time with the instructor: the list, and answering (QIZ-7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateTimeLocalField, HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.instructor.actions import answer_request, close_request
from lmsapp.learning.instructor.queries import PAGE, count_open, list_requests, request_for
from lmsapp.learning.instructor.rules import LONGEST_WORDS, RequestState
from lmsapp.learning.quizzes.missed import trouble_with
from lmsapp.people.roles import May
from lmsapp.web.dates import today
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.lists import numbers, page_url
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.wing import bp

INSTRUCTORS = (May.GRADE, May.AUTHOR, May.MODERATE)
STATES: dict[str, tuple[str, Any]] = {
    RequestState.OPEN: ("waiting", __("Waiting for an answer")),
    RequestState.ANSWERED: ("sent", __("Answered")),
    RequestState.DONE: ("complete", __("Done")),
    RequestState.TAKEN_BACK: ("cancelled", __("Taken back by the learner")),
}


class AnswerForm(Form):
    """Words, a time, or both. `seen`: how many answers the page showed."""

    seen = HiddenField(default="0")
    answer = TextAreaField(
        __("Your answer"), [Optional(), Length(max=LONGEST_WORDS)], description=__("The learner reads it.")
    )
    meet_at = DateTimeLocalField(__("When you meet"), [Optional()])

    def met(self) -> dt.datetime | None:
        """As an instant."""
        typed = self.meet_at.data
        return typed.replace(tzinfo=clock.zone(g.viewer.zone)).astimezone(dt.UTC) if typed else None


@bp.get("/instructor-requests")
@needs(*INSTRUCTORS)
def instructor_requests() -> ResponseReturnValue:
    """What waits, oldest first, then what is answered; or the closed ones."""
    closed = request.args.get("show") == "closed"
    number = (numbers([request.args.get("page", "")]) or [1])[0]
    rows, total = list_requests(g.viewer, closed=closed, page=number)
    return answer(
        "studio/instructor/_list.html",
        whole="studio/instructor/index.html",
        rows=rows,
        closed=closed,
        paging={"number": number, "size": PAGE, "total": total},
        page_url=page_url,
        states=STATES,
        today=today(),
        waiting=count_open(g.viewer),
    )


@bp.get("/instructor-requests/<int:request_id>")
@needs(*INSTRUCTORS)
def instructor_request(request_id: int) -> ResponseReturnValue:
    """One: what was asked, what was missed, and the answer."""
    return request_page(get_or_404(request_for(g.viewer, request_id)), None)


@bp.post("/instructor-requests/<int:request_id>/answer")
@needs(*INSTRUCTORS)
def answer_instructor_request(request_id: int) -> ResponseReturnValue:
    """Answer, or answer anew; the learner is told."""
    found = get_or_404(request_for(g.viewer, request_id))
    form = AnswerForm()
    if form.validate():
        if not (form.seen.data or "").isdecimal() or len(form.seen.data or "") > 6:
            abort(400)
        with form.rule_errors():
            answer_request(found, form.answer.data or "", form.met(), seen=int(form.seen.data or 0), by=g.viewer)
            said = _("Sent. %(name)s is told.", name=found.enrollment.employee.name)
            return to(url_for("studio.instructor_request", request_id=request_id), said=said)
    return request_page(get_or_404(request_for(g.viewer, request_id)), form)


@bp.post("/instructor-requests/<int:request_id>/done")
@needs(*INSTRUCTORS)
def finish_instructor_request(request_id: int) -> ResponseReturnValue:
    """Dealt with."""
    found = get_or_404(request_for(g.viewer, request_id))
    try:
        close_request(found, by=g.viewer)
    except RuleBroken as broken:
        return to(url_for("studio.instructor_request", request_id=request_id), said=say(broken))
    return to(url_for("studio.instructor_requests"), said=_("Marked as done."))


def request_page(found: Any, form: AnswerForm | None) -> Response:
    """The whole page; after a refusal it counts the answers that are there now, and keeps what was typed."""
    enrollment = found.enrollment
    local = found.meet_at.astimezone(clock.zone(g.viewer.zone)) if found.meet_at else None
    shown = form or AnswerForm(formdata=None, answer=found.answer, meet_at=local)
    shown.seen.data = str(found.answers)
    return page(
        "studio/instructor/page.html",
        status=422 if shown.errors else 200,
        asked=found,
        course=enrollment.course,
        employee=enrollment.employee,
        trouble=trouble_with(enrollment, found.lesson_id),
        form=shown,
        states=STATES,
        zone=g.viewer.zone,
    )
