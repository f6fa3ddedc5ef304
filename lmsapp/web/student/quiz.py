"""Taking a quiz: one question a page, each answer saved as it is given (QIZ-3)."""

from __future__ import annotations

import secrets
from string import ascii_uppercase

from flask import Response, abort, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.quizzes.actions import start_submission, submit
from lmsapp.learning.quizzes.answers import save_answer
from lmsapp.learning.quizzes.queries import own_submission, taking
from lmsapp.learning.quizzes.rules import is_over
from lmsapp.learning.quizzes.views import Taking
from lmsapp.web.forms import say
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.wing import bp
from lmsapp.web.student.words import local_time, saved_words


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/quiz")
def start_quiz(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Begin an attempt, or carry on with the open one."""
    enrollment = get_or_404(enrollment_for(g.viewer, course_id))
    lesson = get_or_404(lesson_of(enrollment, lesson_id))
    quiz = get_or_404(quiz_of(enrollment, lesson_id))
    check_lesson_open(enrollment, lesson_id)
    try:
        submission = start_submission(enrollment, quiz, lesson)
    except RuleBroken as broken:
        return to(url_for("student.lesson", course_id=course_id, lesson_id=lesson_id), said=say(broken))
    return to(url_for("student.quiz_question", submission_id=submission.id, number=1))


@bp.get("/quiz/<int:submission_id>/questions/<int:number>")
def quiz_question(submission_id: int, number: int) -> ResponseReturnValue:
    """One question, the pager, and what is saved."""
    attempt = open_attempt(submission_id)
    if attempt.submitted_at is not None:
        return to(url_for("student.quiz_result", submission_id=submission_id))
    if not 1 <= number <= len(attempt.questions):
        abort(404)
    return exam("student/quiz/question.html", attempt, number)


@bp.post("/quiz/<int:submission_id>/questions/<int:number>")
def answer_question(submission_id: int, number: int) -> ResponseReturnValue:
    """The form without script: save, then go where the button says."""
    attempt = open_attempt(submission_id)
    if not 1 <= number <= len(attempt.questions):
        abort(404)
    given, _revision, flagged = read_answer(request.form)
    go = request.form.get("go", "next")
    said = None
    try:
        save_answer(
            submission_id, attempt.questions[number - 1].id, given, None, flagged != (go == "flag"), by=g.viewer
        )
    except RuleBroken as broken:
        said = say(broken)
    return to(next_address(attempt, number, go), said=said)


@bp.post("/quiz/<int:submission_id>/answers/<int:question_id>")
def save_quiz_answer(submission_id: int, question_id: int) -> ResponseReturnValue:
    """What the page sends at each change. 200 only once the answer is in the database's hands."""
    given, revision, flagged = read_answer(request.form)
    try:
        saved = save_answer(submission_id, question_id, given, revision, flagged, by=g.viewer)
    except RuleBroken as broken:
        return jsonify(said=say(broken)), 422
    if saved is None:
        abort(404)
    return jsonify(kept=saved.kept, revision=saved.revision, said=saved_words(saved.at))


@bp.get("/quiz/<int:submission_id>/review")
def quiz_review(submission_id: int) -> ResponseReturnValue:
    """What is answered, open and flagged, before handing in."""
    attempt = open_attempt(submission_id)
    if attempt.submitted_at is not None:
        return to(url_for("student.quiz_result", submission_id=submission_id))
    return exam("student/quiz/review.html", attempt, 0)


@bp.post("/quiz/<int:submission_id>/hand-in")
def hand_in(submission_id: int) -> ResponseReturnValue:
    """Hand in; again changes nothing. A clock that runs fast at the page must not end the time early."""
    submission = get_or_404(own_submission(g.viewer, submission_id))
    early = "timeup" in request.form and not is_over(submission.deadline, clock.now())
    if early and submission.submitted_at is None:
        return to(url_for("student.quiz_question", submission_id=submission_id, number=1))
    submit(submission, request.form.get("key", "")[:64])
    return to(url_for("student.quiz_result", submission_id=submission_id))


def open_attempt(submission_id: int) -> Taking:
    """The viewer's own attempt; 403 in words while its course is closed to them."""
    attempt = get_or_404(taking(g.viewer, submission_id))
    if attempt.submitted_at is None:
        check_open(get_or_404(enrollment_for(g.viewer, attempt.course_id)))
    return attempt


def read_answer(form: MultiDict[str, str]) -> tuple[list[str], int | None, bool]:
    """Option keys, revision, flag. Anything of another shape is a bad request."""
    given, revision = form.getlist("answer"), form.get("revision", "")
    if len(given) > 10 or any(len(key) > 40 for key in given) or (revision and not revision.isdecimal()):
        abort(400)
    if len(revision) > 9:
        abort(400)
    return list(dict.fromkeys(given)), int(revision) if revision else None, form.get("flagged") == "1"


def next_address(attempt: Taking, number: int, go: str) -> str:
    """Where a button of the question leads."""
    target = {"previous": max(1, number - 1), "flag": number}.get(go, number + 1)
    if go == "review" or target > len(attempt.questions):
        return url_for("student.quiz_review", submission_id=attempt.id)
    return url_for("student.quiz_question", submission_id=attempt.id, number=target)


def exam(template: str, attempt: Taking, number: int) -> Response:
    """A page of the attempt; once time is up, only the way to the result."""
    if is_over(attempt.deadline, clock.now()):
        template = "student/quiz/time_up.html"
    return page(
        template,
        attempt=attempt,
        number=number,
        asked=attempt.questions[number - 1] if number else None,
        pager=pager(attempt, number),
        letters=ascii_uppercase,
        saved_words=saved_words,
        local_time=local_time,
        left=time_left(attempt),
        key=secrets.token_hex(8),
    )


def pager(attempt: Taking, current: int) -> list[dict[str, object]]:
    """One entry per question, for the pager and the review."""
    return [
        {
            "number": number,
            "href": url_for("student.quiz_question", submission_id=attempt.id, number=number),
            "given": asked.answered,
            "flagged": asked.flagged,
            "current": number == current,
            "prompt": asked.prompt,
        }
        for number, asked in enumerate(attempt.questions, start=1)
    ]


def time_left(attempt: Taking) -> tuple[str, str] | None:
    """What the clock shows at first, as digits and in words; None without a limit."""
    if attempt.deadline is None:
        return None
    minutes, seconds = divmod(max(0, int((attempt.deadline - clock.now()).total_seconds())), 60)
    return f"{minutes}:{seconds:02}", _(
        "Time left: %(minutes)s minutes %(seconds)s seconds", minutes=minutes, seconds=seconds
    )
