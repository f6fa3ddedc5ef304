"""Grading what was handed in: one page a hand-in, the next one by a key (QIZ-5). The list is `grading_queue`."""

from __future__ import annotations

from decimal import Decimal

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.courses.tasks.rules import Task, read_points
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.grading.actions import Verdict, claim, grade, release
from lmsapp.learning.grading.queries import GradingView, file_to_grade, grading_view, hand_in_for
from lmsapp.learning.handins.rules import LONGEST_FEEDBACK, Decision, HandInState, tries_left
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.files import send
from lmsapp.web.studio.grading_queue import GRADERS, onward
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices
from lmsapp.web.work_words import DECIDED, DECISIONS, asked_facts, show_given, show_rubric


class GradingForm(Form):
    """A verdict. Points stand in `points-<criterion>`, see `points_sent`. `seen`: how many gradings the page showed."""

    seen = HiddenField(default="0")
    decision = RadioField(__("Decision"), [InputRequired(__("Choose a decision."))], choices=choices(DECISIONS))
    feedback = TextAreaField(
        __("Feedback"),
        [Optional(), Length(max=LONGEST_FEEDBACK)],
        description=__("The learner reads it. Needed unless the work is passed. Markdown: **bold**, - list."),
    )
    reason = StringField(
        __("Why it is judged anew"), [Length(max=1000)], description=__("Needed; the learner reads it too.")
    )


@bp.get("/grading/<int:hand_in_id>")
@needs(*GRADERS)
def hand_in(hand_in_id: int) -> ResponseReturnValue:
    """Task, rubric, work, earlier tries, and the form."""
    view = grading_view(get_or_404(hand_in_for(g.viewer, hand_in_id)), clock.now())
    return grading_page(view, blank_form(view))


@bp.post("/grading/<int:hand_in_id>/claim")
@needs(*GRADERS)
def claim_hand_in(hand_in_id: int) -> ResponseReturnValue:
    """'I am on it', or not any more."""
    found = get_or_404(hand_in_for(g.viewer, hand_in_id))
    said = _("You are on it for the next half hour.")
    try:
        if request.form.get("give_back"):
            release(found, by=g.viewer)
            said = _("It is free for others again.")
        else:
            claim(found, by=g.viewer)
    except RuleBroken as broken:
        said = say(broken)
    return to(url_for("studio.hand_in", hand_in_id=hand_in_id), said=said)


@bp.post("/grading/<int:hand_in_id>/decision")
@needs(*GRADERS)
def decide(hand_in_id: int) -> ResponseReturnValue:
    """Decide; the learner is told, and what is met by it completes at once."""
    found = get_or_404(hand_in_for(g.viewer, hand_in_id))
    form = GradingForm()
    if form.validate():
        with form.rule_errors():
            grade(found, verdict_of(form, Task.from_json(found.task)), by=g.viewer)
            name, decision = found.enrollment.employee.name, DECIDED[form.decision.data]
            said = _("%(decision)s. %(name)s is told.", decision=decision, name=name)
            return onward(said)
    found = get_or_404(hand_in_for(g.viewer, hand_in_id))
    return grading_page(grading_view(found, clock.now()), form, status=422)


@bp.get("/grading/<int:hand_in_id>/files/<int:hand_in_file_id>")
@needs(*GRADERS)
def hand_in_file(hand_in_id: int, hand_in_file_id: int) -> ResponseReturnValue:
    """A file of it; always a download."""
    return send(get_or_404(file_to_grade(g.viewer, hand_in_id, hand_in_file_id)), attachment=True)


def verdict_of(form: GradingForm, task: Task) -> Verdict:
    """What the form says. Points that are no number are said to be so; a forged criterion is a bad request."""
    seen = form.seen.data or "0"
    if not seen.isdecimal() or len(seen) > 6:
        abort(400)
    return Verdict(
        decision=Decision(form.decision.data),
        points=points_sent(task),
        feedback=(form.feedback.data or "").replace("\r\n", "\n").replace("\0", ""),
        reason=form.reason.data or "",
        seen=int(seen),
    )


def points_sent(task: Task) -> dict[str, Decimal | None]:
    """By criterion, as typed; empty is none. Raises RuleBroken for what is no number."""
    given: dict[str, Decimal | None] = {}
    for name, typed in request.form.items():
        key = name.removeprefix("points-")
        if key == name:
            continue
        given[key] = read_points(typed)
        if typed.strip() and given[key] is None:
            title = next((row.title for row in task.rubric if row.key == key), key)
            raise RuleBroken(N_("Give points for “%(title)s” as a number, for example 2 or 2.5."), title=title)
    return given


def blank_form(view: GradingView) -> GradingForm:
    """The form as the page begins: empty, or as it was decided before."""
    last = view.here.gradings[-1] if view.here.gradings else None
    values = {"decision": last.decision, "feedback": last.feedback} if last else {}
    return GradingForm(formdata=None, seen=str(len(view.here.gradings)), **values)


def grading_page(view: GradingView, form: GradingForm, *, status: int = 200) -> Response:
    """The whole page. After a refusal the form keeps what was typed, and counts the gradings that are there now."""
    task, hand_in = Task.from_json(view.hand_in.task), view.hand_in
    last = view.here.gradings[-1] if view.here.gradings else None
    form.seen.data = str(len(view.here.gradings))
    states = [one.state for one in (*view.others, view.here) if one.hand_in.cycle == hand_in.cycle]
    left = tries_left(task.tries, states)
    typed = {row.key: request.form.get(f"points-{row.key}") for row in task.rubric} if request.method == "POST" else {}
    given = {row.key: typed.get(row.key, last.points.get(row.key, "") if last else "") for row in task.rubric}
    claimed = view.claim
    return page(
        "studio/grading/page.html",
        status=status,
        form=form,
        hand_in=hand_in,
        employee=hand_in.enrollment.employee,
        course=hand_in.enrollment.course,
        lesson=view.lesson,
        facts=asked_facts(task, left),
        rubric=show_rubric(task.rubric),
        max_points=task.max_points,
        given=given,
        wrong=form.broken.field if form.broken else "",
        one=show_given(view.here),
        others=[show_given(other) for other in view.others],
        newest=view.newest,
        newer=view.newer,
        withdrawn=hand_in.enrollment.withdrawn_at,
        last_try=left == 0,
        decided=view.here.state not in (HandInState.WAITING, HandInState.REPLACED),
        claimed=claimed,
        claimed_here=claimed is not None and claimed.user_id == g.viewer.user_id,
        file_url=file_url,
    )


def file_url(hand_in_id: int, file_id: int) -> str:
    """Where a file of it lies for graders."""
    return url_for("studio.hand_in_file", hand_in_id=hand_in_id, hand_in_file_id=file_id)
