"""Acting on one row or many: remind now, move a due date; the row says what happened (DSH-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length

from lmsapp.assignments.actions import change_due_date
from lmsapp.assignments.reminding.letters import remind_now
from lmsapp.assignments.rules import OPEN
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.filters import TeamFilters
from lmsapp.insight.team import assignments_in_line, team_rows
from lmsapp.web import dates
from lmsapp.web.forms import Form, say
from lmsapp.web.lists import numbers
from lmsapp.web.render import fragment, page, to, wants_fragment
from lmsapp.web.team import asked
from lmsapp.web.team.dashboard import table
from lmsapp.web.team.wing import bp
from lmsapp.web.team.words import Last

LONGEST_REASON = 500


class RemindersForm(Form):
    """Which assignments stands in `pick`; nothing else is asked."""


class ExtensionsForm(Form):
    """A new due date for what is in `pick`, and why."""

    due_on = DateField(__("New due date"), validators=[DataRequired(__("Choose a date."))])
    reason = StringField(
        __("Reason"),
        description=__("It stays on the record, beside the old date."),
        validators=[DataRequired(__("Say why.")), Length(max=LONGEST_REASON)],
    )


@bp.post("/reminders")
def create_reminders() -> Response:
    RemindersForm().validate()
    now = clock.now().astimezone(clock.zone(g.viewer.zone))

    def remind(assignment: Any) -> Last:
        if remind_now(assignment, by_name=g.viewer.name):
            return Last(_("Reminded %(time)s", time=now.strftime("%H:%M")), did=True)
        return Last(_("Reminded today already"))

    return _answer(_each_picked(remind))


@bp.get("/extensions/new")
def new_extensions() -> Response:
    return _dialog(ExtensionsForm(formdata=None))


@bp.post("/extensions")
def create_extensions() -> Response:
    form = ExtensionsForm()
    due_on = form.due_on.data
    if not form.validate() or due_on is None:
        return _dialog(form, 422)
    reason = form.reason.data or ""

    def extend(assignment: Any) -> Last:
        change_due_date(assignment, due_on, by=g.viewer, reason=reason)
        return Last(_("Due date moved to %(day)s", day=dates.day(due_on)), did=True)

    said = _each_picked(extend)
    if all(last.bad for last in said.values()):
        form.form_errors.extend(dict.fromkeys(last.text for last in said.values()))
        return _dialog(form, 422)
    return _answer(said)


def _each_picked(do: Callable[[Any], Last]) -> Mapping[int, Last]:
    """What came of it, by assignment. One that cannot be done says why and leaves the others alone; an assignment of
    another line does not exist (404)."""
    wanted = numbers(request.form.getlist("pick"))
    if not wanted:
        raise RuleBroken(N_("Tick at least one row first."))
    found = assignments_in_line(g.viewer, wanted)
    if not found or len(found) != len(set(wanted)):
        abort(404)
    said: dict[int, Last] = {}
    for assignment in found:
        form = RemindersForm()
        with form.rule_errors():
            if assignment.completed_at or assignment.closed_as:
                raise RuleBroken(N_("This is not open any more."))
            said[assignment.id] = do(assignment)
        if form.broken:
            said[assignment.id] = Last(say(form.broken), bad=True)
    return said


def _answer(said: Mapping[int, Last]) -> Response:
    """The region again, each row saying what happened; without script, the page and one sentence."""
    back = request.form.get("back", "")
    if wants_fragment():
        return fragment("team/_people.html", **table(_filters(back), said))
    done = sum(last.did for last in said.values())
    refused = [last.text for last in said.values() if not last.did]
    words = ngettext("Done for %(num)s assignment.", "Done for %(num)s assignments.", done)
    more = (
        ngettext("Not for %(num)s: %(why)s", "Not for %(num)s: %(why)s", len(refused), why=refused[0])
        if refused
        else ""
    )
    return to(
        url_for("team.dashboard") + asked.query(_filters(back), page=_filters(back).page),
        said=f"{words} {more}".strip(),
    )


def _filters(back: str) -> TeamFilters:
    """The filters of the page it was done from; only understood words go back into an address."""
    return asked.read(MultiDict(parse_qsl(back.removeprefix("?"))))


def _dialog(form: ExtensionsForm, status: int = 200) -> Response:
    """The question, as dialog or as page; the same for one and for many."""
    picks = numbers(request.values.getlist("pick"))
    rows = team_rows(g.viewer, picks, clock.now())
    if picks and len(rows) != len(set(picks)):
        abort(404)
    context: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "open_rows": [row for row in rows if row.status in OPEN],
        "back": request.values.get("back", ""),
        "back_url": url_for("team.dashboard") + asked.query(_filters(request.values.get("back", ""))),
    }
    if wants_fragment():
        return fragment("team/_extend.html", status=status, **context)
    return page("team/extend.html", status=status, **context)
