"""Completions whose certificate waits for an evaluator's verdict (CRT-1)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.learning.certificates.evaluations.actions import LONGEST_REASON, Verdict, decide_evaluation
from lmsapp.learning.certificates.evaluations.queries import evaluation_for, list_evaluations
from lmsapp.learning.enrollments.queries import study
from lmsapp.web.criteria import needed_items
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url, readable
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.certificate_tabs import STAFF, certificate_tabs
from lmsapp.web.studio.wing import bp

STATES: dict[str, tuple[str, Any]] = {
    "waiting": ("waiting", __("Waiting")),
    "awarded": ("passed", __("Awarded")),
    "not awarded": ("failed", __("Not awarded")),
    "closed": ("archived", __("Closed")),
}
VERDICTS: dict[str, Any] = {
    Verdict.AWARD.value: __("Award the certificate"),
    Verdict.NOT_AWARD.value: __("Do not award it"),
}


class VerdictForm(Form):
    """What the evaluator says, and why."""

    verdict = RadioField(__("Verdict"), [InputRequired(__("Choose a verdict."))], choices=choices(VERDICTS))
    reason = TextAreaField(
        __("Reason"),
        [InputRequired(__("Give a reason; the learner reads it.")), Length(max=LONGEST_REASON)],
        description=__("What you looked at and what you found. It stays on record, and the learner can read it."),
    )


@bp.get("/evaluations")
@needs(*STAFF)
def evaluations() -> ResponseReturnValue:
    """What waits, oldest first; other states by their tab."""
    args = readable(request.args)
    state = args.get("state", "") if args.get("state") in STATES else "waiting"
    search, number = args.get("q", "")[:100], min(max(args.get("page", 1, type=int), 1), 100_000)
    states = [
        {"label": words, "href": url_for("studio.evaluations", state=one), "current": one == state}
        for one, (_look, words) in STATES.items()
    ]
    return answer(
        "studio/evaluations/_list.html",
        whole="studio/evaluations/index.html",
        found=list_evaluations(g.viewer, state, search, number),
        state=state,
        states=states,
        words=STATES,
        q=search,
        tabs=certificate_tabs("evaluations"),
        page_url=page_url,
    )


@bp.get("/evaluations/<int:evaluation_id>")
@needs(*STAFF)
def evaluation(evaluation_id: int) -> ResponseReturnValue:
    """What was achieved, and the form."""
    return _page(get_or_404(evaluation_for(g.viewer, evaluation_id)), VerdictForm(formdata=None))


@bp.post("/evaluations/<int:evaluation_id>/verdict")
@needs(*STAFF)
def decide_one(evaluation_id: int) -> ResponseReturnValue:
    """Decide; the learner is told, and what is awarded is issued at once."""
    found, form = get_or_404(evaluation_for(g.viewer, evaluation_id)), VerdictForm()
    if form.validate():
        with form.rule_errors():
            verdict = Verdict(form.verdict.data)
            decide_evaluation(found, verdict, by=g.viewer, reason=form.reason.data or "")
            name = found.enrollment.employee.name
            said = (
                _("Awarded. %(name)s gets the certificate by mail in a moment.", name=name)
                if verdict is Verdict.AWARD
                else _("Not awarded. %(name)s is told why.", name=name)
            )
            return to(url_for("studio.evaluations"), said=said)
    return _page(get_or_404(evaluation_for(g.viewer, evaluation_id)), form, status=422)


def _page(found: Any, form: VerdictForm, *, status: int = 200) -> ResponseReturnValue:
    view = study(found.enrollment)
    return page(
        "studio/evaluations/one.html",
        status=status,
        one=found,
        record=found.record,
        employee=found.enrollment.employee,
        course=found.enrollment.course,
        criteria=needed_items(view.judgement),
        look=STATES[found.state],
        form=form,
    )
