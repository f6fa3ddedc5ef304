"""A question or a quiz as learners get it, answered to see what it scores: drawn and marked by the code that counts.

Nothing is stored: what was drawn follows from a seed in the page, and whoever is here may see the answers anyway.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.publishing.reading import version_of
from lmsapp.courses.quizzes.checking import check_question, tidy
from lmsapp.courses.quizzes.drawing import asked_for, shown
from lmsapp.courses.quizzes.marking import Result, score
from lmsapp.courses.quizzes.rules import CHOICES, MAX_ANSWER, QuestionKind
from lmsapp.web.render import get_or_404, page
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.question_form import QuestionForm
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import QUESTION_KINDS

Asked = Mapping[str, Any]


@bp.get("/lessons/<int:lesson_id>/trial")
def quiz_trial(lesson_id: int) -> ResponseReturnValue:
    """An attempt as a learner would get it, drawn now."""
    return trial_page(lesson_id, secrets.token_hex(6), None)


@bp.post("/lessons/<int:lesson_id>/trial")
def score_quiz_trial(lesson_id: int) -> ResponseReturnValue:
    """What it would have scored."""
    return trial_page(lesson_id, request.form.get("seed", "")[:40], request.form)


def trial_page(lesson_id: int, seed: str, answers: MultiDict[str, str] | None) -> Response:
    """The drawn questions; with `answers`, each with its mark, and the score."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    quiz = version_of(lesson.course_id, 0).quizzes.get(lesson_id)
    if quiz is None:
        abort(404)
    view = quiz.view
    asked = asked_for(quiz.questions, quiz.draws, seed, shuffle=view.shuffle)
    given = {one["id"]: read_given(one, answers, f"q{one['id']}") if answers else () for one in asked}
    scored = score(asked, given, negative_percent=view.negative_percent)
    results = {one.question_id: one for one in scored.results}
    return page(
        "studio/quiz/trial.html",
        lesson=lesson,
        quiz=view,
        seed=seed,
        scored=scored if answers else None,
        passed=scored.passes(view.passing_percent),
        items=[
            {
                "asked": one,
                "given": given[one["id"]],
                **(marked(results[one["id"]], one) if answers else {"said": "", "tone": ""}),
            }
            for one in asked
        ],
        question_kinds=QUESTION_KINDS,
    )


def trial_of(form: QuestionForm, question_id: int, known: Any = None) -> dict[str, Any]:
    """The question in the form as a learner gets it; with what it scores once it was answered. Raises RuleBroken."""
    kind = QuestionKind(form.kind)
    options, detail = form.content(known)
    detail = tidy(kind, detail)
    check_question(kind, form.prompt.data or "", options, sure(form.points), detail)
    said = {
        "id": question_id,
        "kind": kind.value,
        "prompt": form.prompt.data,
        "options": options,
        "detail": detail,
        "points": str(form.points.data),
        "explanation": form.explanation.data or "",
    }
    asked = shown(said, "trial")
    field = f"try-{question_id}"
    given = read_given(asked, request.form, field)
    answered = request.form.get("answered") == "1"
    result = score([asked], {question_id: given}).results[0]
    told = marked(result, asked) if answered else {"said": "", "tone": ""}
    return {"asked": asked, "given": given, "field": field, **told}


def read_given(asked: Asked, form: MultiDict[str, str], field: str) -> list[str]:
    """An answer as attempts keep it, from the inputs of `studio/question/_asked.html`."""
    kind, keys = asked["kind"], [option["key"] for option in asked["options"]]
    if kind in CHOICES:
        return [key for key in keys if key in form.getlist(field)]
    if kind == QuestionKind.MATCHING:
        chosen = {key: form.get(f"{field}-{key}", "") for key in keys}
        return [f"{key}={match}" for key, match in chosen.items() if match]
    if kind == QuestionKind.ORDERING:
        places = {key: form.get(f"{field}-{key}", "") for key in keys}
        given = [key for key in keys if places[key].isdecimal() and len(places[key]) < 4]
        return sorted(given, key=lambda key: int(places[key]))
    text = form.get(field, "")[:MAX_ANSWER].strip()
    return [text] if text else []


def marked(result: Result, asked: Asked) -> dict[str, str]:
    """What an answer scored, in words, and how it looks."""
    if result.waits:
        return {"said": _("Somebody would grade this answer; until then the result waits."), "tone": "info"}
    if not result.given:
        return {"said": _("Not answered: no points, and none are taken off."), "tone": "warn"}
    most = asked["points"]
    count: Any = float(most)  # '1.5 points' too
    words = ngettext(
        "%(got)s of %(most)s point", "%(got)s of %(most)s points", count, got=plain(result.points), most=most
    )
    if result.right:
        return {"said": _("Right: %(points)s", points=words), "tone": "good"}
    if result.share > 0:
        return {"said": _("Partly right: %(points)s", points=words), "tone": "warn"}
    return {"said": _("Not right: %(points)s", points=words), "tone": "bad"}


def plain(points: Any) -> str:
    """'2.5', '10': without zeros that say nothing."""
    return f"{points.normalize():f}"
