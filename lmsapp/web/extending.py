"""More time: answering a request, for managers and moderators alike (ASG-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import Length, Optional

from lmsapp.assignments.extensions.actions import decline_extension, grant_extension
from lmsapp.assignments.extensions.queries import PAGE, count_open_extensions, extension_for, list_extensions
from lmsapp.assignments.extensions.rules import LONGEST_WORDS, ExtensionState
from lmsapp.assignments.rules import display_number
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.web.dates import day, due_words, today
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form
from lmsapp.web.lists import numbers, page_url
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.wing_routes import Route

STATES: dict[str, tuple[str, Any]] = {
    ExtensionState.OPEN: ("waiting", __("Waiting")),
    ExtensionState.GRANTED: ("complete", __("Granted")),
    ExtensionState.DECLINED: ("failed", __("Declined")),
    ExtensionState.TAKEN_BACK: ("cancelled", __("Taken back by the learner")),
    ExtensionState.OVER: ("cancelled", __("Not needed any more")),
}
GRANT, DECLINE = "grant", "decline"


class AnswerForm(Form):
    """Yes with a day, or no with a reason."""

    verdict = RadioField(
        __("Your answer"),
        choices=choices({GRANT: __("Yes, move the due date"), DECLINE: __("No, the due date stays")}),
        default=GRANT,
    )
    due_on = DateField(__("New due date"), [Optional()])
    answer = TextAreaField(
        __("What you say to it"),
        [Optional(), Length(max=LONGEST_WORDS)],
        description=__("The learner reads it. If the answer is no, say why."),
    )


def requests_page(wing: str, *, line: bool) -> ResponseReturnValue:
    """What waits, earliest due first; or what was answered."""
    closed = request.args.get("show") == "closed"
    number = (numbers([request.args.get("page", "")]) or [1])[0]
    rows, total = list_extensions(g.viewer, line=line, closed=closed, page=number)
    return answer(
        "extensions/_list.html",
        whole="extensions/index.html",
        wing=wing,
        rows=rows,
        closed=closed,
        paging={"number": number, "size": PAGE, "total": total},
        page_url=page_url,
        states=STATES,
        today=today(),
        due_words=due_words,
        waiting=count_open_extensions(g.viewer, line=line),
    )


def request_page(wing: str, extension_request_id: int, *, line: bool, form: AnswerForm | None = None) -> Response:
    """One, and the answer to it."""
    found = get_or_404(extension_for(g.viewer, extension_request_id, line=line))
    assignment = found.assignment
    there = clock.today(assignment.employee.time_zone)
    shown = form or AnswerForm(formdata=None, due_on=found.wanted_on)
    return page(
        "extensions/one.html",
        status=422 if shown.errors else 200,
        wing=wing,
        asked=found,
        assignment=assignment,
        number=display_number(assignment.id),
        due_note=due_words(assignment.due_on, there),
        days=(found.wanted_on - found.due_on).days,
        form=shown,
        states=STATES,
    )


def answer_request(wing: str, extension_request_id: int, *, line: bool) -> ResponseReturnValue:
    """Grant or decline; the learner is told."""
    found = get_or_404(extension_for(g.viewer, extension_request_id, line=line))
    form, name = AnswerForm(), found.assignment.employee.name
    if form.validate():
        with form.rule_errors():
            if form.verdict.data == DECLINE:
                decline_extension(found, form.answer.data or "", by=g.viewer)
                said = _("Declined. %(name)s is told.", name=name)
            else:
                if form.due_on.data is None:
                    raise RuleBroken(N_("Choose a date."), field="due_on")
                grant_extension(found, form.due_on.data, form.answer.data or "", by=g.viewer)
                said = _("The due date is now %(day)s. %(name)s is told.", day=day(form.due_on.data), name=name)
            return to(url_for(f"{wing}.extension_requests"), said=said)
    return request_page(wing, extension_request_id, line=line, form=form)


ALL = "/extension-requests"
ONE = f"{ALL}/<int:extension_request_id>"
EXTENSION_REQUESTS: tuple[Route, ...] = (
    Route(ALL, "extension_requests", requests_page),
    Route(ONE, "extension_request", request_page),
    Route(ONE, "answer_extension_request", answer_request, "POST"),
)
