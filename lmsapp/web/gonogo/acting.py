"""Acting from a checklist: remind whoever is blocked, clear somebody, take a clearance back (REP-3, DSH-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length

from lmsapp.assignments.reminding.letters import remind_now
from lmsapp.infra import clock
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.insight.gonogo.actions import clear_person, end_clearance
from lmsapp.insight.gonogo.answers import OnList, on_it, person_on, to_remind
from lmsapp.insight.gonogo.queries import checklist_for
from lmsapp.insight.gonogo.rules import LONGEST_REASON, asked_on
from lmsapp.web import dates
from lmsapp.web.fields import sure
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.gonogo.keeping import MAKERS
from lmsapp.web.gonogo.one import NAMES, Said, context_of, read
from lmsapp.web.gonogo.wing import bp
from lmsapp.web.lists import numbers, query_string
from lmsapp.web.render import fragment, get_or_404, page, to, wants_fragment


class RemindersForm(Form):
    """Whom stands in `pick` (assignments), or `everybody` that is blocked; nothing else is asked."""


class ClearanceForm(Form):
    """Until when, and why."""

    until = DateField(__("Until"), [DataRequired(__("Choose a day."))])
    reason = StringField(
        __("Reason"),
        [DataRequired(__("Say why; it is shown beside the name and stays on the audit trail.")),
         Length(max=LONGEST_REASON)],
    )  # fmt: skip


@bp.post("/<int:checklist_id>/reminders")
@needs(*MAKERS)
def create_reminders(checklist_id: int) -> Response:
    """Once a day for each assignment; what came of it stands in the row."""
    checklist = get_or_404(checklist_for(g.viewer, checklist_id))
    form = RemindersForm()
    said: dict[int, tuple[str, bool]] = {}
    if form.validate():
        if checklist.archived_at is not None:
            raise RuleBroken(N_("This checklist is archived. Bring it back first."))
        everybody = request.form.get("everybody") == "1"
        picked = None if everybody else numbers(request.form.getlist("pick"))
        for assignment in to_remind(g.viewer, checklist, picked, clock.now()):
            text, well = _reminded(assignment)
            before = said.get(assignment.employee_id)
            said[assignment.employee_id] = (text, well or bool(before and before[1]))
    return _answer(checklist, said)


@bp.get("/<int:checklist_id>/people/<int:employee_id>/clearance")
@needs(*MAKERS)
def new_clearance(checklist_id: int, employee_id: int) -> Response:
    """The question: until when, and why."""
    checklist, listed, _person = _found(checklist_id, employee_id)
    day = asked_on(checklist.day, dates.today())
    return _page(checklist, listed, ClearanceForm(formdata=None, data={"until": listed.who.cleared_until or day}))


@bp.post("/<int:checklist_id>/people/<int:employee_id>/clearance")
@needs(*MAKERS)
def create_clearance(checklist_id: int, employee_id: int) -> ResponseReturnValue:
    """They pass without the training; the record of training stays as it is."""
    checklist, listed, person = _found(checklist_id, employee_id)
    form = ClearanceForm()
    if form.validate():
        with form.rule_errors():
            until: dt.date = sure(form.until)
            clear_person(checklist, person, until, form.reason.data or "", by=g.viewer)
            words = _("%(name)s is cleared until %(day)s.", name=person.name, day=dates.day(until))
            return to(url_for("gonogo.checklist", checklist_id=checklist.id), said=words)
    return _page(checklist, listed, form)


@bp.post("/<int:checklist_id>/people/<int:employee_id>/clearance/end")
@needs(*MAKERS)
def end_of_clearance(checklist_id: int, employee_id: int) -> ResponseReturnValue:
    """It counts no longer."""
    checklist, _listed, person = _found(checklist_id, employee_id)
    if RemindersForm().validate():
        end_clearance(checklist, person, request.form.get("reason", ""), by=g.viewer)
    words = _("%(name)s is not cleared any more.", name=person.name)
    return to(url_for("gonogo.checklist", checklist_id=checklist.id), said=words)


def _found(checklist_id: int, employee_id: int) -> tuple[Any, OnList, Any]:
    """The checklist, the person's lines of it, and their record. 404 for whoever is not on it or not theirs to see."""
    checklist = get_or_404(checklist_for(g.viewer, checklist_id))
    listed = get_or_404(on_it(g.viewer, checklist, employee_id, clock.now()))
    if employee_id == g.viewer.employee_id:
        raise NotAllowed(N_("Nobody clears themselves. Ask whoever is responsible for you."))
    return checklist, listed, get_or_404(person_on(g.viewer, employee_id))


def _reminded(assignment: Any) -> tuple[str, bool]:
    """What came of it, in words."""
    form = RemindersForm()
    sent = False
    with form.rule_errors():
        sent = remind_now(assignment, by_name=g.viewer.name)
    if form.broken:
        return say(form.broken), False
    if sent:
        return _("Reminded %(time)s", time=dates.time_of_day(clock.now())), True
    return _("Reminded today already"), False


def _answer(checklist: Any, said: Said) -> Response:
    """The region again, each row saying what happened; without script, the page and one sentence."""
    filters = read(MultiDict(parse_qsl(request.form.get("back", "").removeprefix("?"))))
    done = sum(well for _text, well in said.values())
    words = ngettext("%(num)s person was reminded.", "%(num)s people were reminded.", done)
    if not said:
        words = _("Nobody could be reminded: what is missing is not assigned, or they are not blocked any more.")
    if wants_fragment():
        return fragment("gonogo/_one.html", toast=words, **context_of(checklist, filters, said))
    back = url_for("gonogo.checklist", checklist_id=checklist.id) + query_string(filters, NAMES, {})
    return to(back, said=words)


def _page(checklist: Any, listed: OnList, form: ClearanceForm) -> Response:
    return page(
        "gonogo/clearance.html",
        status=422 if form.errors else 200,
        checklist=checklist,
        listed=listed,
        form=form,
        back={"href": url_for("gonogo.checklist", checklist_id=checklist.id), "label": checklist.name},
    )
