"""Requests to be erased: what goes, what stays and why, and the letter that says so (EVD-6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, DateField, SelectField
from wtforms.validators import InputRequired

from lmsapp.evidence.retention.erasures.actions import approve_erasure, carry_on, enter_erasure, note_letter_taken
from lmsapp.evidence.retention.erasures.queries import (
    erasure_for,
    erasure_of,
    erasures_for,
    outlook,
    waits_for_second,
)
from lmsapp.infra import clock
from lmsapp.insight.keeping.letters import kind_words
from lmsapp.insight.keeping.personal import STATEMENTS
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form
from lmsapp.web.hr.employee import head
from lmsapp.web.hr.retention_words import tabs
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import answer, get_or_404, page, to

LANGUAGES = {"en": "English", "es": "Español"}


class ErasureForm(Form):
    """When it was asked, and that what follows was read."""

    asked_on = DateField(__("Asked on"), [InputRequired(__("Give the day of the request."))])
    language = SelectField(__("Language of the letter"), choices=choices(LANGUAGES))
    confirmed = BooleanField(__("I have read what goes and what stays. What goes cannot be brought back."))


@bp.get("/employees/<int:employee_id>/erasure")
def employee_erasure(employee_id: int) -> ResponseReturnValue:
    """Beforehand: what would go, what would stay."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    if (entered := erasure_of(employee_id)) is not None:
        return to(url_for("hr.erasure", erasure_id=entered.id))
    return _before(person, ErasureForm(formdata=None, data={"asked_on": clock.today(g.viewer.zone)}))


@bp.post("/employees/<int:employee_id>/erasure")
def create_erasure(employee_id: int) -> ResponseReturnValue:
    person, form = get_or_404(employee_for(g.viewer, employee_id)), ErasureForm()
    if form.validate() and form.asked_on.data:
        with form.rule_errors():
            language, sure = form.language.data or "en", bool(form.confirmed.data)
            entered = enter_erasure(employee_id, form.asked_on.data, by=g.viewer, language=language, confirmed=sure)
            return to(url_for("hr.erasure", erasure_id=entered.id))
    return _before(person, form, status=422)


@bp.get("/retention/erasures")
def erasures() -> Response:
    return page("hr/retention/erasures.html", rows=erasures_for(g.viewer), tabs=tabs())


@bp.get("/retention/erasures/<int:erasure_id>")
def erasure(erasure_id: int) -> Response:
    return _page(get_or_404(erasure_for(g.viewer, erasure_id)), None)


@bp.get("/retention/erasures/<int:erasure_id>/progress")
def erasure_progress(erasure_id: int) -> Response:
    """The fragment with its states; once it is done, the page itself."""
    found = get_or_404(erasure_for(g.viewer, erasure_id))
    if found.state in ("waiting", "running", "failed"):
        return answer("hr/retention/_erasure_job.html", whole="hr/retention/erasure.html", **_context(found, None))
    return to(url_for("hr.erasure", erasure_id=erasure_id))


@bp.post("/retention/erasures/<int:erasure_id>/approval")
def approve_erasure_request(erasure_id: int) -> Response:
    found, form = get_or_404(erasure_for(g.viewer, erasure_id)), Form()
    with form.rule_errors():
        approve_erasure(found, by=g.viewer)
    if form.errors:
        return _page(found, form, status=422)
    return to(url_for("hr.erasure", erasure_id=erasure_id), said=_("Approved. The worker begins now."))


@bp.post("/retention/erasures/<int:erasure_id>/attempt")
def carry_on_erasure(erasure_id: int) -> Response:
    """Once more: after a failure, or since a hold was lifted."""
    found = get_or_404(erasure_for(g.viewer, erasure_id))
    if found.state in ("ready", "failed"):
        carry_on(found, by=g.viewer)
    return to(url_for("hr.erasure", erasure_id=erasure_id))


@bp.get("/retention/erasures/<int:erasure_id>/letter")
def erasure_letter(erasure_id: int) -> Response:
    """As a text file, to be sent to the person; who fetched it is on the trail."""
    found = get_or_404(erasure_for(g.viewer, erasure_id))
    get_or_404(found.letter or None)
    note_letter_taken(found, by=g.viewer)
    response = make_response(found.letter)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="erasure-{found.id}.txt"'
    return response


def _before(person: Any, form: ErasureForm, status: int = 200) -> Response:
    others = list(dict.fromkeys(words for words, _statement in STATEMENTS))
    shown = {"form": form, "look": outlook(person.id), "others": others, "kind_words": kind_words}
    return page("hr/employee/erasure.html", status=status, **shown, **head(person, "profile"))


def _page(found: Any, form: Form | None, status: int = 200) -> Response:
    return page("hr/retention/erasure.html", status=status, **_context(found, form))


def _context(found: Any, form: Form | None) -> dict[str, Any]:
    second = waits_for_second(found)
    return {
        "erasure": found,
        "person": employee_for(g.viewer, found.employee_id),
        "form": form,
        "second": second,
        "mine": second is not None and second.reviewed_by_id == g.viewer.user_id,
        "percent": min(99, 100 * found.done // found.total) if found.total else None,
        "kind_words": kind_words,
        "tabs": tabs(),
    }
