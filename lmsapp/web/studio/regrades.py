"""Regrading: choose the correction, see who changes, give the reason; then watch it being done (QIZ-4)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.learning.analysis.queries import quiz_to_analyse
from lmsapp.learning.regrading.actions import ask_regrade, regrade_one, try_regrade_again
from lmsapp.learning.regrading.keys import Correction, CorrectionKind, check_correction, possible
from lmsapp.learning.regrading.queries import (
    PAGE,
    changes_of,
    lines_of_regrade,
    preview_of,
    question_asked,
    regrade_for,
    regrades_of,
    submission_in,
)
from lmsapp.learning.regrading.rules import Change, Policy
from lmsapp.people.roles import May
from lmsapp.web.fields import TicksField, choices
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import numbers, page_url
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.scored_words import score_words
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS

AUTHORS = (May.AUTHOR, May.MODERATE)
CORRECTIONS: dict[CorrectionKind, Any] = {
    CorrectionKind.ACCEPT: __("Accept these options as well"),
    CorrectionKind.KEY: __("The key is wrong: only these options are right"),
    CorrectionKind.TEXT: __("Accept these answers as well"),
    CorrectionKind.FULL: __("Everybody gets full points for it"),
    CorrectionKind.OUT: __("Leave the question out: it counts for nobody"),
}
POLICIES: dict[Policy, Any] = {
    Policy.GOOD: __("Only to the learner’s good: nobody gets less than before"),
    Policy.BOTH: __("Both ways: passes may be lost, too"),
}
CHANGES: dict[Change, tuple[str, Any]] = {
    Change.PASSES: ("passed", __("Passes now")),
    Change.FAILS: ("failed", __("Not passed any more")),
    Change.RAISED: ("in progress", __("More points")),
    Change.LOWERED: ("needs attention", __("Fewer points")),
    Change.KEPT: ("superseded", __("Stays: it would be lower")),
    Change.OWN: ("waiting", __("Your own attempt: somebody else has to")),
    Change.SAME: ("superseded", __("No change")),
}


class RegradeForm(Form):
    """The correction, how far it goes, and why."""

    kind = RadioField(__("What is to be done"), [InputRequired(__("Choose what is to be done."))])
    options = TicksField(__("Options"), description=__("For the first two."))
    texts = TextAreaField(
        __("Answers to accept"),
        [Optional(), Length(max=10_000)],
        description=__("One on a line. Numbers may say how far off is still right: 9.81 ± 0.05"),
    )
    policy = RadioField(__("How far"), choices=choices(POLICIES), default=Policy.GOOD.value)
    reason = TextAreaField(
        __("Reason"), [Optional(), Length(max=1000)], description=__("Learners, staff and auditors read it.")
    )

    @property
    def correction(self) -> Correction:
        """As chosen."""
        lines = (line.strip() for line in (self.texts.data or "").splitlines())
        return Correction(
            CorrectionKind(self.kind.data), tuple(self.options.data or ()), tuple(line for line in lines if line)
        )


@bp.get("/lessons/<int:quiz_lesson_id>/analysis/<int:asked_id>/regrades/new")
@needs(*AUTHORS)
def new_regrade(quiz_lesson_id: int, asked_id: int) -> ResponseReturnValue:
    """The choices; nothing changes yet."""
    context = asked(quiz_lesson_id, asked_id)
    return form_page(context, form_for(context["question"], formdata=None))


@bp.post("/lessons/<int:quiz_lesson_id>/analysis/<int:asked_id>/regrades/new")
@needs(*AUTHORS)
def create_regrade(quiz_lesson_id: int, asked_id: int) -> ResponseReturnValue:
    """First who would change; with the reason and 'Regrade' the worker begins."""
    context = asked(quiz_lesson_id, asked_id)
    form, preview = form_for(context["question"]), None
    if form.validate():
        with form.rule_errors():
            check_correction(context["question"], form.correction)
            preview = foresee(context, form)
            if request.form.get("go") == "apply":
                return to(regraded(context, form), said=_("The regrade is asked; the worker does it."))
    return form_page(context, form, preview=preview, status=422 if form.errors else 200)


@bp.get("/regrades/<int:regrade_id>")
@needs(*AUTHORS)
def regrade(regrade_id: int) -> ResponseReturnValue:
    """How far it is, then what became of each attempt."""
    return page("studio/regrade/one.html", **regrade_context(regrade_id))


@bp.get("/regrades/<int:regrade_id>/progress")
@needs(*AUTHORS)
def regrade_progress(regrade_id: int) -> ResponseReturnValue:
    """The fragment with its states; once it is done, the page itself."""
    context = regrade_context(regrade_id)
    if context["regrade"].state in ("waiting", "running"):
        return answer("studio/regrade/_job.html", whole="studio/regrade/one.html", **context)
    return to(url_for("studio.regrade", regrade_id=regrade_id))


@bp.post("/regrades/<int:regrade_id>/try")
@needs(*AUTHORS)
def retry_regrade(regrade_id: int) -> ResponseReturnValue:
    """Once more what failed; what was done stays done."""
    found, form = get_or_404(regrade_for(g.viewer, regrade_id)), Form()
    with form.rule_errors():
        try_regrade_again(found[0], by=g.viewer)
    return to(url_for("studio.regrade", regrade_id=regrade_id), said=" ".join(form.form_errors) or None)


def asked(lesson_id: int, question_id: int) -> dict[str, Any]:
    """The quiz and the question as it was asked, of one attempt where the address names one; else 404."""
    quiz = get_or_404(quiz_to_analyse(g.viewer, lesson_id))
    named = numbers([request.args.get("attempt", "")])
    submission = get_or_404(submission_in(quiz.id, named[0])) if named else None
    question = get_or_404(question_asked(quiz.id, question_id, submission.id if submission else None))
    return {"quiz": quiz, "question": question, "submission": submission, "earlier": regrades_of(quiz.id, question_id)}


def form_for(question: Any, **values: Any) -> RegradeForm:
    """With what the question knows to choose from."""
    form = RegradeForm(**values)
    form.kind.choices = choices({kind: CORRECTIONS[kind] for kind in possible(question["kind"])})
    bank = sorted(question["options"], key=lambda one: str(one.get("of") or one["key"]))
    form.options.choices = [(str(one.get("of") or one["key"]), label_of(one)) for one in bank]
    return form


def label_of(option: Any) -> str:
    """An option, and whether it counts as right at present."""
    return _("%(text)s (right so far)", text=option["text"]) if option.get("correct") else option["text"]


def foresee(context: dict[str, Any], form: RegradeForm) -> Any:
    """Who changes, by the rules the worker goes by."""
    submission = context["submission"]
    return preview_of(
        context["quiz"].id,
        context["question"]["id"],
        form.correction,
        Policy(form.policy.data),
        by=g.viewer,
        submission_id=submission.id if submission else None,
    )


def regraded(context: dict[str, Any], form: RegradeForm) -> str:
    """Asked, or done at once for one attempt; where to look. Raises RuleBroken."""
    chosen = (context["question"], form.correction, Policy(form.policy.data), form.reason.data or "")
    if context["submission"] is not None:
        line = regrade_one(context["submission"], *chosen, by=g.viewer)
        return url_for("studio.regrade", regrade_id=line.regrade_id)
    return url_for("studio.regrade", regrade_id=ask_regrade(context["quiz"].id, *chosen, by=g.viewer).id)


def form_page(context: dict[str, Any], form: RegradeForm, *, preview: Any = None, status: int = 200) -> Response:
    """The form, and below it who would change."""
    return page(
        "studio/regrade/new.html",
        status=status,
        form=form,
        preview=preview,
        changes=CHANGES,
        kinds=QUESTION_KINDS,
        corrections=CORRECTIONS,
        score_words=score_words,
        order=list(CHANGES),
        **context,
    )


def regrade_context(regrade_id: int) -> dict[str, Any]:
    """For the page and its fragment."""
    found, lesson_id, course_id, course = get_or_404(regrade_for(g.viewer, regrade_id))
    number = numbers([request.args.get("page", "")])
    wanted = request.args.get("change", "")
    change = wanted if wanted in set(Change) else ""
    at = max(1, number[0]) if number else 1
    rows, total = lines_of_regrade(found.id, change, at)
    counts = changes_of(found.id)
    notes = {
        "waiting": _("The worker takes it next."),
        "running": _("%(done)s of %(total)s attempts.", done=found.done, total=found.total),
        "ready": _("%(total)s attempts were looked at.", total=found.total),
        "failed": _("It stopped after %(done)s attempts; what was done stays done.", done=sum(counts.values())),
    }
    return {
        "regrade": found,
        "lesson_id": lesson_id,
        "course": course,
        "course_id": course_id,
        "rows": rows,
        "paging": {"number": at, "size": PAGE, "total": total},
        "page_url": page_url,
        "counts": [(one, CHANGES[one], counts[one.value]) for one in CHANGES if counts.get(one.value)],
        "change": change,
        "changes": CHANGES,
        "note": notes[found.state],
        "percent": min(99, 100 * found.done // found.total) if found.total else None,
        "correction": CORRECTIONS[CorrectionKind(found.correction["kind"])],
        "policy": POLICIES[Policy(found.policy)],
        "score_words": score_words,
        "lost": counts.get(Change.FAILS.value, 0),
    }
