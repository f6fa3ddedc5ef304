"""How an attempt went, what to look at again, and its PDFs (QIZ-3, QIZ-6, QIZ-7)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as __

from lmsapp.courses.tasks.rules import plain
from lmsapp.learning.enrollments.queries import study_view
from lmsapp.learning.quizzes.queries import own_submission, taking
from lmsapp.learning.quizzes.results import result_for
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.achieved import achieved_of
from lmsapp.web.student.attempts import attempt_row
from lmsapp.web.student.instructor import help_beside
from lmsapp.web.student.papers import paper_of
from lmsapp.web.student.wing import bp

OUTCOMES: dict[str, Any] = {
    "right": __("Right"),
    "partly": __("Partly right"),
    "wrong": __("Not right"),
    "none": __("Not answered"),
    "waits": __("Waits to be graded"),
}


@bp.get("/quiz/<int:submission_id>/result")
def quiz_result(submission_id: int) -> ResponseReturnValue:
    """The result; an attempt still open is taken on instead."""
    result = result_for(g.viewer, submission_id)
    if result is None:
        get_or_404(own_submission(g.viewer, submission_id))
        return to(url_for("student.quiz_question", submission_id=submission_id, number=1))
    study = get_or_404(study_view(g.viewer, result.course_id))
    paper = paper_of("quiz_report", submission_id)
    back = get_or_404(taking(g.viewer, submission_id)) if result.returned else None
    return page(
        "student/quiz/result.html",
        result=result,
        study=study,
        back=back,
        outcome_words=OUTCOMES,
        plain=plain,
        rows=[attempt_row(one, result.course_id) for one in result.attempts],
        achieved=achieved_of(study) if result.passed and study.enrollment.complete else None,
        onward=next((one.line for one in study.lessons if one.state == "open"), None),
        papers=[paper] if paper else [],
        **help_beside(study.enrollment, result.lesson_id),
    )
