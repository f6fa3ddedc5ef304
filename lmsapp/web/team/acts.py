"""Acting on many by the worker: how far it is, and what came of each (DSH-2)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.assignments.acts.actions import cancel_act, try_again
from lmsapp.assignments.acts.queries import act_for, latest_acts, lines_page, results_of
from lmsapp.assignments.acts.rules import KEPT_DAYS, OPEN, Act, ActState, Result, Terms
from lmsapp.people.roles import May, Reach
from lmsapp.web import dates
from lmsapp.web.forms import NothingForm, error_words
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url
from lmsapp.web.render import answer, get_or_404, to
from lmsapp.web.team.further import LEVELS
from lmsapp.web.team.wing import bp
from lmsapp.web.team.words import said_words

OWN = needs(May.LEAD, reach=Reach.OWN)
TITLES: dict[str, Any] = {
    Act.REMIND.value: __("Reminders"),
    Act.EXTEND.value: __("Another due date"),
    Act.ESCALATE.value: __("The next level is told"),
    Act.ASSIGN.value: __("Another course"),
}
# By result: word, tone, sign.
RESULTS: dict[str, tuple[Any, str, str]] = {
    Result.REFUSED.value: (__("Not done"), "bad", "alert"),
    Result.LEFT.value: (__("Was so already"), "mute", "info"),
    Result.DONE.value: (__("Done"), "good", "done"),
    Result.WAITING.value: (__("Waiting"), "mute", "clock"),
}


@bp.get("/acts/<int:act_id>")
@OWN
def act(act_id: int) -> ResponseReturnValue:
    """The work as it stands, and the lines; asked for again and again until it is done."""
    one = get_or_404(act_for(g.viewer, act_id))
    result = request.args.get("result", "")
    result = result if result in RESULTS else ""
    number, counts = min(max(request.args.get("page", 1, type=int), 1), 100_000), results_of(one.id)
    return answer(
        "team/acts/_done.html",
        whole="team/acts/done.html",
        act=one,
        result=result,
        results=RESULTS,
        counts=counts,
        found=lines_page(g.viewer, one.id, result=result, number=number),
        words_of=said_words,
        page_url=page_url,
        **_shown(one, one.lines - counts.get(Result.WAITING, 0)),
    )


@bp.post("/acts/<int:act_id>/cancellation")
@OWN
def cancel_one_act(act_id: int) -> Response:
    """Not any more."""
    one = get_or_404(act_for(g.viewer, act_id))
    if NothingForm().validate():
        cancel_act(one, by=g.viewer)
    return to(url_for("team.act", act_id=act_id))


@bp.post("/acts/<int:act_id>/attempt")
@OWN
def repeat_act(act_id: int) -> Response:
    """It goes on where it stopped."""
    one, form = get_or_404(act_for(g.viewer, act_id)), NothingForm()
    if form.validate():
        with form.rule_errors():
            try_again(one, by=g.viewer)
    return to(url_for("team.act", act_id=act_id), said=" ".join(form.form_errors) or None)


def _shown(one: Any, done: int) -> dict[str, Any]:
    """Of the whole. `done`: how many lines have their result."""
    terms = Terms.read(one.asked, one.terms)
    facts = [(_("Asked for"), dates.moment(one.asked_at))]
    if terms.title:
        facts.append((_("Course"), terms.title))
    if terms.due_on:
        facts.append((_("Due date") if terms.act is Act.ASSIGN else _("New due date"), dates.day(terms.due_on)))
    if terms.to_whom:
        facts.append((_("Who is told"), str(LEVELS[terms.to_whom])))
    if terms.reason:
        facts.append((_("Reason"), terms.reason))
    if terms.note:
        facts.append((_("Note"), terms.note))
    notes = {
        ActState.WAITING: _("The worker takes it next. You may leave this page: you are told when it is done."),
        ActState.RUNNING: _("%(done)s of %(total)s so far. You may leave this page.", done=done, total=one.lines),
    }
    return {
        "title": TITLES[one.asked],
        "facts": facts,
        "live": one.state in OPEN,
        "note": notes.get(ActState(one.state), error_words(one)),
        "done": done,
        "percent": min(99, 100 * done // max(1, one.lines)),
        "kept_days": KEPT_DAYS,
        "others": latest_acts(g.viewer, but=one.id),
        "titles": TITLES,
    }
