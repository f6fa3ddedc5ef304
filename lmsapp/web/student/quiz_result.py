"""How an attempt went, what to look at again, and its PDFs (QIZ-3, QIZ-6, QIZ-7)."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue

from lmsapp.learning.enrollments.queries import study_view
from lmsapp.learning.quizzes.queries import own_submission, result_for
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.achieved import achieved_of
from lmsapp.web.student.papers import paper_of
from lmsapp.web.student.wing import bp


@bp.get("/quiz/<int:submission_id>/result")
def quiz_result(submission_id: int) -> ResponseReturnValue:
    """The result; an attempt still open is taken on instead."""
    result = result_for(g.viewer, submission_id)
    if result is None:
        get_or_404(own_submission(g.viewer, submission_id))
        return to(url_for("student.quiz_question", submission_id=submission_id, number=1))
    study = get_or_404(study_view(g.viewer, result.course_id))
    paper = paper_of("quiz_report", submission_id)
    return page(
        "student/quiz/result.html",
        result=result,
        study=study,
        achieved=achieved_of(study) if result.passed and study.enrollment.complete else None,
        onward=next((one.line for one in study.lessons if one.state == "open"), None),
        papers=[paper] if paper else [],
    )
