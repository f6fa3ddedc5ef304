"""Looking over an attempt and handing it in, the first time or again after rework (QIZ-3, QIZ-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue

from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.quizzes.actions import submit
from lmsapp.learning.quizzes.handing_in import LookAgain, hand_in_again
from lmsapp.learning.quizzes.handing_in import hand_in as hand_in_seen
from lmsapp.learning.quizzes.queries import own_submission
from lmsapp.learning.quizzes.rules import is_over
from lmsapp.web.forms import say
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.quiz import open_attempt
from lmsapp.web.student.quiz_page import exam
from lmsapp.web.student.wing import bp


@bp.get("/quiz/<int:submission_id>/review")
def quiz_review(submission_id: int) -> ResponseReturnValue:
    """What is answered, open and flagged, before handing in."""
    attempt = open_attempt(submission_id)
    if not attempt.open_numbers:
        return to(url_for("student.quiz_result", submission_id=submission_id))
    return exam("student/quiz/review.html", attempt, 0)


@bp.post("/quiz/<int:submission_id>/hand-in")
def hand_in(submission_id: int) -> ResponseReturnValue:
    """Hand in what the page has seen; the same again changes nothing."""
    submission = get_or_404(own_submission(g.viewer, submission_id))
    if "timeup" in request.form:
        return end_in_time(submission)
    key, seen = request.form.get("key", ""), request.form.get("seen", "")
    try:
        if "again" in request.form:
            hand_in_again(submission, key, seen, by=g.viewer)
        else:
            hand_in_seen(submission, key, seen)
    except LookAgain as broken:
        return exam("student/quiz/review.html", open_attempt(submission_id), 0, status=422, wrong=say(broken))
    except RuleBroken as broken:
        return refused(submission, say(broken))
    return to(url_for("student.quiz_result", submission_id=submission_id))


def end_in_time(submission: Any) -> Response:
    """A page says that time is up. A clock that runs fast at the page must not end it early."""
    if submission.submitted_at is None and not is_over(submission.deadline, clock.now()):
        return to(url_for("student.quiz_question", submission_id=submission.id, number=1))
    submit(submission, "time up")
    return to(url_for("student.quiz_result", submission_id=submission.id))


def refused(submission: Any, said: str) -> Response:
    """Why not, and where it stands."""
    return page("student/quiz/refused.html", status=422, said=said, submission_id=submission.id)
