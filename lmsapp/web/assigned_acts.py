"""One change for many assignments: the ticked ones, or all that the filters find (ASG-6).

First a page that says how many and who, then it is done; what could not be done is named with the reason, and what was
done can be taken back from the page that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, abort, g, request, url_for
from flask_babel import lazy_gettext as __
from flask_babel import lazy_pgettext
from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.assignments.many import AT_ONCE, Outcome, close_many, give_back_many, move_due_many, reopen_many
from lmsapp.assignments.moving import How, Move
from lmsapp.assignments.rules import display_number
from lmsapp.infra import clock
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.insight.assignments.chosen import Wanted, assignments_to_change, chosen
from lmsapp.insight.assignments.filters import AssignmentFilters
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer
from lmsapp.web import assigned_asked as asked
from lmsapp.web.fields import choices, sure
from lmsapp.web.forms import Form, say
from lmsapp.web.render import page

SHOWN, NAMED = 200, 12
TOO_MANY = N_("At most %(most)s assignments can be changed at once. Narrow the filters.")
ACTS: dict[str, Any] = {
    "move": __("Move the due date"),
    "cancelled": __("Cancel"),
    "exempt": lazy_pgettext("button", "Exempt"),
}
DONE: dict[str, Any] = {
    "move": __("The due date was moved"),
    "cancelled": __("Cancelled"),
    "exempt": __("Exempt"),
    "reopen": __("Open again"),
    "back": __("Back to the former due date"),
}
UNDO = {"move": "back", "cancelled": "reopen", "exempt": "reopen"}


class ActsForm(Form):
    """`everybody` is '1' for all the filters in `back` find; `mark` says which those were when they were looked at."""

    what = HiddenField()
    everybody = HiddenField()
    back = HiddenField()
    mark = HiddenField()
    how = RadioField(
        __("How"),
        choices=choices(
            {
                How.DAYS: __("By days"),
                How.WORKING_DAYS: __("By working days, holidays left out"),
                How.TO_DAY: __("All to one day"),
            }
        ),
        default=How.DAYS,
    )
    days = IntegerField(
        __("How many days later"),
        [Optional()],
        description=__("Counted from each one's own due date. With a minus they are due earlier: -3."),
    )
    day = DateField(__("New due date"), [Optional()])
    reason = TextAreaField(
        __("Reason"),
        [InputRequired(__("Give a reason; the employee will read it.")), Length(max=1000)],
        description=__("It stands on each of them, with your name."),
    )


class UndoForm(Form):
    """What was done and is to be taken back: the ids in one field."""

    what = HiddenField()
    back = HiddenField()
    ids = HiddenField()
    reason = TextAreaField(
        __("Reason"), [InputRequired(__("Give a reason; the employee will read it.")), Length(max=1000)]
    )


def acts_for(viewer: Viewer) -> dict[str, Any]:
    """What the viewer may do to many; only moderators exempt."""
    return ACTS if viewer.may(May.MODERATE) else {name: word for name, word in ACTS.items() if name != "exempt"}


def acts_page(wing: str, *, line: bool) -> Response:
    """Who it would be, and the question."""
    form = ActsForm(formdata=None)
    form.what.data = request.args.get("what", "")
    form.everybody.data = "1" if request.args.get("everybody") else ""
    form.back.data = request.args.get("back", "")
    _refuse_past(form)
    return _form_page(wing, form, request.args.getlist("pick"), line=line)


def do_acts(wing: str, *, line: bool) -> Response:
    """Done for what it can be done for."""
    form, picks = ActsForm(), request.form.getlist("pick")
    what = _what(form)
    _refuse_past(form)
    if form.validate():
        with form.rule_errors():
            wanted = _wanted(form, picks)
            seen = chosen(g.viewer, wanted, clock.now(), 0, line=line)
            _check(form, picks, seen)
            found = assignments_to_change(g.viewer, wanted, clock.now(), line=line)
            return _result(wing, what, form.back.data or "", _do(form, what, found))
    return _form_page(wing, form, picks, line=line)


def undo_acts(wing: str, *, line: bool) -> Response:
    """Taken back, for what the rules allow."""
    form = UndoForm()
    what, ids = form.what.data, _ids((form.ids.data or "").split(","))
    if what not in ("reopen", "back") or not ids or len(ids) > AT_ONCE:
        abort(404)
    found = assignments_to_change(g.viewer, ids, clock.now(), line=line)
    if len(found) != len(ids):
        abort(404)
    if form.validate():
        with form.rule_errors():
            if what == "reopen":
                outcome = reopen_many(_allowed(found), by=g.viewer, reason=sure(form.reason))
            else:
                outcome = give_back_many(found, by=g.viewer, reason=sure(form.reason))
            return _result(wing, what, form.back.data or "", outcome)
    context = {"wing": wing, "form": form, "back_url": _back(wing, form.back.data or ""), "count": len(ids)}
    return page("assigned/undo.html", status=422, **context)


def _allowed(found: Sequence[Any]) -> Sequence[Any]:
    """A manager opens again what they assigned themselves; the rest is a moderator's. All or nothing: 404."""
    if not g.viewer.may(May.MODERATE) and any(one.assigned_by_id != g.viewer.user_id for one in found):
        abort(404)
    return found


def _do(form: ActsForm, what: str, found: Sequence[Any]) -> Outcome:
    reason = sure(form.reason)
    if what == "move":
        move = Move(How(form.how.data), form.day.data, form.days.data or 0)
        return move_due_many(found, move, by=g.viewer, reason=reason)
    return close_many(found, what, by=g.viewer, reason=reason)


def _check(form: ActsForm, picks: list[str], seen: Any) -> None:
    """Raises RuleBroken for nothing, too many, or others than were looked at; 404 for what is not there."""
    if not seen.total and (form.everybody.data or not picks):
        raise RuleBroken(N_("Tick at least one row first."))
    if seen.total > AT_ONCE:
        raise RuleBroken(TOO_MANY, most=AT_ONCE)
    if not form.everybody.data and seen.total != len(_ids(picks)):
        abort(404)
    if form.everybody.data and form.mark.data != seen.mark:
        words = N_("The list has changed: %(n)s match now. Look at them, then press again.")
        raise RuleBroken(words, n=seen.total)


def _form_page(wing: str, form: ActsForm, picks: list[str], *, line: bool) -> Response:
    what = _what(form)
    found = chosen(g.viewer, _wanted(form, picks), clock.now(), NAMED, line=line)
    if not form.everybody.data and found.total != len(_ids(picks)):
        abort(404)
    form.mark.data = found.mark
    for field in (form.days, form.day):
        field.flags.optional = False  # one of them is needed, which the choice above says
    return page(
        "assigned/change.html",
        status=422 if form.errors else 200,
        wing=wing,
        form=form,
        what=what,
        act=ACTS[what],
        found=found,
        picks=[] if form.everybody.data else _ids(picks),
        back_url=_back(wing, form.back.data or ""),
        too_many=say(RuleBroken(TOO_MANY, most=AT_ONCE)) if found.total > AT_ONCE else "",
        display_number=display_number,
    )


def _result(wing: str, what: str, back: str, outcome: Outcome) -> Response:
    undo = UndoForm(formdata=None, what=UNDO.get(what, ""), back=back) if what in UNDO and outcome.done else None
    if undo is not None:
        undo.ids.data = ",".join(str(one.id) for one in outcome.done)
    return page(
        "assigned/changed.html",
        wing=wing,
        what=what,
        did=DONE[what],
        done=outcome.done,
        before=outcome.before,
        refused=[(one, say(why), why.link) for one, why in outcome.refused],
        shown=SHOWN,
        undo=undo,
        back_url=_back(wing, back),
        display_number=display_number,
    )


def _refuse_past(form: ActsForm) -> None:
    """Rows of a past day are only looked at. Raises NotAllowed."""
    if _filters(form.back.data or "").as_of:
        raise NotAllowed(N_("A past day can only be looked at. Show today to change assignments."))


def _filters(back: str) -> AssignmentFilters:
    return asked.read(MultiDict(parse_qsl(back.removeprefix("?"))))


def _what(form: ActsForm) -> str:
    return str(form.what.data) if form.what.data in acts_for(g.viewer) else abort(404)


def _wanted(form: ActsForm, picks: list[str]) -> Wanted:
    if form.everybody.data:
        return _filters(form.back.data or "")
    return _ids(picks)


def _ids(values: Sequence[str]) -> list[int]:
    """Ids of a list of words, each once; what is none is left out."""
    return list(dict.fromkeys(int(one) for one in values[: AT_ONCE + 1] if one.isdecimal() and len(one) < 10))


def _back(wing: str, back: str) -> str:
    filters = _filters(back)
    return url_for(f"{wing}.assignments") + (asked.query(filters, page=filters.page) or "?view=0")
