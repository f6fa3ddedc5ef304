"""Grading open answers of quiz attempts: one attempt, and all answers to one question (QIZ-5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from lmsapp.courses.tasks.rules import read_points
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.answers.actions import (
    Verdict,
    claim_answers,
    grade_attempt,
    mark_answer,
    release_answers,
    return_answers,
)
from lmsapp.learning.answers.queries import AttemptView, answers_to, attempt_for, attempt_view, question_place
from lmsapp.learning.answers.rules import Mark, field_of, mark_of, rubric_of
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.lists import numbers
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.answers_page import question_page, show_attempt
from lmsapp.web.studio.grading_queue import GRADERS, onward
from lmsapp.web.studio.wing import bp


class AttemptForm(Form):
    """Points and feedback stand in fields of their own, see `marks_sent`. `seen`: how many scores the page showed."""

    seen = HiddenField(default="0")
    reason = StringField(
        __("Why it is judged anew"), [Length(max=1000)], description=__("Needed; the learner reads it too.")
    )


@bp.get("/grading/attempts/<int:attempt_id>")
@needs(*GRADERS)
def answers(attempt_id: int) -> ResponseReturnValue:
    """The attempt: its open answers to grade, the rest folded."""
    view = attempt_view(get_or_404(attempt_for(g.viewer, attempt_id)), clock.now())
    return answers_page(view, AttemptForm(formdata=None))


@bp.post("/grading/attempts/<int:attempt_id>/claim")
@needs(*GRADERS)
def claim_attempt(attempt_id: int) -> ResponseReturnValue:
    """'I am on it', or not any more."""
    found = get_or_404(attempt_for(g.viewer, attempt_id))
    said = None
    try:
        if request.form.get("give_back"):
            release_answers(found.submission.id, by=g.viewer)
        else:
            claim_answers(found.submission.id, by=g.viewer)
    except RuleBroken as broken:
        said = say(broken)
    return to(url_for("studio.answers", attempt_id=attempt_id), said=said)


@bp.post("/grading/attempts/<int:attempt_id>/score")
@needs(*GRADERS)
def create_score(attempt_id: int) -> ResponseReturnValue:
    """Points for its open answers, or what is ticked given back; the learner is told."""
    found = get_or_404(attempt_for(g.viewer, attempt_id))
    form, gives_back = AttemptForm(), request.form.get("go") == "return"
    if form.validate():
        with form.rule_errors():
            verdict = Verdict(marks_sent(found.submission.questions), form.reason.data or "", seen_sent(form))
            name = found.enrollment.employee.name
            if gives_back:
                return_answers(found.submission, ticked(), verdict, by=g.viewer)
                return onward(_("Given back. %(name)s is told.", name=name))
            made = grade_attempt(found.submission, verdict, by=g.viewer)
            passed = _("Passed") if made.passed else _("Not passed")
            return onward(_("%(decision)s. %(name)s is told.", decision=passed, name=name))
    view = attempt_view(get_or_404(attempt_for(g.viewer, attempt_id)), clock.now())
    return answers_page(view, form, status=422)


@bp.get("/grading/questions/<int:open_question_id>")
@needs(*GRADERS)
def answers_to_question(open_question_id: int) -> ResponseReturnValue:
    """All answers to one question that wait, oldest first."""
    return one_question(open_question_id)


@bp.post("/grading/questions/<int:open_question_id>/attempts/<int:attempt_id>")
@needs(*GRADERS)
def mark_one_answer(open_question_id: int, attempt_id: int) -> ResponseReturnValue:
    """Points for one of them; the attempt is scored with the last of its open answers."""
    found = get_or_404(attempt_for(g.viewer, attempt_id))
    form = AttemptForm()
    if form.validate():
        with form.rule_errors():
            marks = marks_sent([one for one in found.submission.questions if one["id"] == open_question_id])
            whole = mark_answer(
                found.submission,
                open_question_id,
                marks.get(open_question_id, Mark()),
                by=g.viewer,
                seen=seen_sent(form),
            )
            said = _("Saved; the attempt is scored and the learner told.") if whole else _("Points saved.")
            names = "no" if request.form.get("names") == "no" else None
            return to(url_for("studio.answers_to_question", open_question_id=open_question_id, names=names), said=said)
    return one_question(open_question_id, form, attempt_id)


def one_question(question_id: int, form: AttemptForm | None = None, submission_id: int = 0) -> Response:
    """The page; after a refusal the form of that attempt keeps what was typed."""
    place = get_or_404(question_place(g.viewer, question_id))
    asked = numbers([request.args.get("page", "")])
    number = max(1, asked[0]) if asked else 1
    found, total = answers_to(g.viewer, question_id, number, clock.now())
    context = question_page(place, question_id, found, number, total)
    for one in context["answers"]:
        if form is not None and one["submission_id"] == submission_id:
            one.update(refused(form, one["q"]))
    return page("studio/answers/question.html", status=422 if form else 200, **context)


def refused(form: AttemptForm, question: dict[str, Any]) -> dict[str, Any]:
    """What was typed, and what is wrong with it."""
    keep_typed(question)
    return {"wrong": (form.broken.field or "") if form.broken else "", "said": " ".join(form.form_errors)}


def marks_sent(questions: list[Any]) -> dict[int, Mark]:
    """What the page says of each open question. Raises RuleBroken for what is no number."""
    marks = {}
    for question in questions:
        if question["kind"] == "open" and f"feedback-{question['id']}" in request.form:
            keys = [str(row["key"]) for row in rubric_of(question)] or [""]
            typed = {key: points_sent(field_of(question["id"], key)) for key in keys}
            marks[question["id"]] = mark_of(question, typed, request.form[f"feedback-{question['id']}"])
    return marks


def points_sent(name: str) -> Decimal | None:
    """As typed; empty is none. Raises RuleBroken."""
    typed = request.form.get(name, "").strip()
    found = read_points(typed)
    if typed and found is None:
        raise RuleBroken(N_("Give points as a number, for example 2 or 2.5."), field=name)
    return found


def ticked() -> tuple[int, ...]:
    """The answers to give back."""
    return numbers(request.form.getlist("return"))


def seen_sent(form: AttemptForm) -> int:
    """How many scores the page showed; anything else is a bad request."""
    seen = form.seen.data or "0"
    if not seen.isdecimal() or len(seen) > 6:
        abort(400)
    return int(seen)


def keep_typed(question: dict[str, Any]) -> None:
    """What was typed stands in the fields again."""
    question["feedback"] = request.form.get(f"feedback-{question['id']}", question["feedback"])
    question["given"] = request.form.get(field_of(question["id"]), question["given"])
    for row in question["rubric"]:
        row["given"] = request.form.get(field_of(question["id"], row["key"]), row["given"])


def answers_page(view: AttemptView, form: AttemptForm, *, status: int = 200) -> Response:
    """The whole page. After a refusal it keeps what was typed, and counts the scores that are there now."""
    form.seen.data = str(len(view.gradings))
    context = show_attempt(view)
    if request.method == "POST":
        for question in context["questions"]:
            keep_typed(question)
    return page(
        "studio/answers/page.html",
        status=status,
        form=form,
        ticked=ticked() if request.method == "POST" else (),
        wrong=(form.broken.field or "") if form.broken else "",
        said=" ".join(form.form_errors),
        **context,
    )
