"""How an attempt went, what to look at again, and its PDFs (QIZ-3, QIZ-6, QIZ-7)."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue

from lmsapp.learning.certificates.own import own_certificates
from lmsapp.learning.enrollments.queries import study_view
from lmsapp.learning.quizzes.queries import own_submission, result_for
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.papers import Paper, paper_of, show
from lmsapp.web.student.wing import bp


@bp.get("/quiz/<int:submission_id>/result")
def quiz_result(submission_id: int) -> ResponseReturnValue:
    """The result; an attempt still open is taken on instead."""
    result = result_for(g.viewer, submission_id)
    if result is None:
        get_or_404(own_submission(g.viewer, submission_id))
        return to(url_for("student.quiz_question", submission_id=submission_id, number=1))
    study = get_or_404(study_view(g.viewer, result.course_id))
    return page(
        "student/quiz/result.html",
        result=result,
        study=study,
        completed=study.enrollment.completed_at is not None,
        onward=next((one.line for one in study.lessons if one.state == "open"), None),
        papers=papers_of(submission_id, result.course_id),
    )


def papers_of(submission_id: int, course_id: int) -> list[Paper]:
    """The certificate, where the course has earned one, and the report."""
    papers = [certificate_paper(course_id), paper_of("quiz_report", submission_id)]
    return [paper for paper in papers if paper is not None]


def certificate_paper(course_id: int) -> Paper | None:
    """The newest certificate of a course, as the page shows it."""
    mine = (one for one in own_certificates(g.viewer) if one.course_id == course_id and one.revoked_at is None)
    newest = next(mine, None)
    if newest is None or newest.pdf is None:
        return None
    return show("certificate", newest.id, newest.title, newest.pdf)
