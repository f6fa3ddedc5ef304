"""Taking a quiz: one question a page, each answer saved as it is given (QIZ-3)."""

from __future__ import annotations

from flask import abort, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.quizzes.actions import start_submission
from lmsapp.learning.quizzes.answers import Saved, held_answer, save_answer
from lmsapp.learning.quizzes.queries import own_submission, taking, unit_asked
from lmsapp.learning.quizzes.rules import TooEarly, is_over
from lmsapp.learning.quizzes.views import Asked, Taking
from lmsapp.web.dates import moment
from lmsapp.web.forms import say
from lmsapp.web.render import get_or_404, to
from lmsapp.web.student.quiz_page import exam
from lmsapp.web.student.quiz_shapes import Sent, mark_of, number_words, order_of, places_sent, read_answer
from lmsapp.web.student.wing import bp
from lmsapp.web.student.words import saved_words


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
        said = say(broken)
        if isinstance(broken, TooEarly):
            said = _("%(why)s It opens %(when)s.", why=said, when=moment(broken.opens_at))
        return to(url_for("student.lesson", course_id=course_id, lesson_id=lesson_id), said=said)
    return to(url_for("student.quiz_question", submission_id=submission.id, number=1))


@bp.get("/quiz/<int:submission_id>/questions/<int:number>")
def quiz_question(submission_id: int, number: int) -> ResponseReturnValue:
    """One question, the pager, and what is saved."""
    attempt = open_attempt(submission_id)
    asked_in(attempt, number)
    if number not in attempt.open_numbers:
        return to(url_for("student.quiz_result", submission_id=submission_id))
    return exam("student/quiz/question.html", attempt, number)


@bp.post("/quiz/<int:submission_id>/questions/<int:number>")
def answer_question(submission_id: int, number: int) -> ResponseReturnValue:
    """The form without script: save, then go where the button says."""
    attempt = open_attempt(submission_id)
    asked = asked_in(attempt, number)
    sent, go = read_answer(request.form), request.form.get("go", "next")
    places = places_sent(request.form, asked) if asked.kind == "ordering" else {}
    try:
        given = order_of(places) if places else sent.given
    except RuleBroken as broken:
        return exam("student/quiz/question.html", attempt, number, status=422, wrong=say(broken), places=places)
    said = None
    try:
        said = keep(attempt, asked, given, sent, flip=go == "flag")
    except RuleBroken as broken:
        said = say(broken)
    return to(next_address(attempt, number, go), said=said)


@bp.post("/quiz/<int:submission_id>/answers/<int:question_id>")
def save_quiz_answer(submission_id: int, question_id: int) -> ResponseReturnValue:
    """What the page sends at each change. 'kept' only once the answer is in the database's hands."""
    sent = read_answer(request.form)
    try:
        saved = save_answer(submission_id, question_id, sent.given, sent.revision, sent.flagged, by=g.viewer)
    except RuleBroken as broken:
        return jsonify(said=say(broken), over=over_address(submission_id)), 422
    return jsonify(kept=get_or_404(saved).kept, **held_words(submission_id, question_id, get_or_404(saved)))


@bp.get("/quiz/<int:submission_id>/answers/<int:question_id>")
def held_quiz_answer(submission_id: int, question_id: int) -> ResponseReturnValue:
    """What is saved just now, for a window that was left for a while."""
    submission = get_or_404(own_submission(g.viewer, submission_id))
    if all(question_id != one["id"] for one in submission.questions):
        abort(404)
    held = held_answer(submission_id, question_id)
    over = over_address(submission_id)
    return jsonify(**held_words(submission_id, question_id, held), **({"over": over} if over else {}))


def held_words(submission_id: int, question_id: int, held: Saved) -> dict[str, object]:
    """The answer that is held, and what is said of it. A page asks for the number that was read."""
    words: dict[str, object] = {
        "revision": held.revision,
        "given": held.given,
        "flagged": held.flagged,
        "said": saved_words(held.at) if held.revision else "",
    }
    if request.values.get("kind") == "numeric":
        unit = unit_asked(g.viewer, submission_id, question_id)
        words["read"] = number_words(held.given[0] if held.given else "", unit) if unit is not None else ""
    return words


def over_address(submission_id: int) -> str | None:
    """Where to go once an attempt takes no answers any more."""
    submission = get_or_404(own_submission(g.viewer, submission_id))
    if submission.submitted_at is not None and submission.returned is None:
        return url_for("student.quiz_result", submission_id=submission_id)
    if submission.submitted_at is None and is_over(submission.deadline, clock.now()):
        return url_for("student.quiz_question", submission_id=submission_id, number=1)
    return None


def keep(attempt: Taking, asked: Asked, given: tuple[str, ...], sent: Sent, *, flip: bool) -> str | None:
    """Save what a form says, if it says anything new; words where another window had said something else meanwhile."""
    touched = mark_of(given) != sent.was and not sent.clean
    newer = asked.revision > sent.seen
    if not touched or given == asked.given:
        if not flip:
            return None
        given, touched = asked.given, False
    save_answer(attempt.id, asked.id, given, None, sent.flagged != flip, by=g.viewer)
    if newer and touched and sent.was:
        return _("This question was also answered in another window. What you gave here last counts.")
    return None


def open_attempt(submission_id: int) -> Taking:
    """The viewer's own attempt; 403 in words while its course is closed to them."""
    attempt = get_or_404(taking(g.viewer, submission_id))
    if attempt.open_numbers:
        check_open(get_or_404(enrollment_for(g.viewer, attempt.course_id)))
    return attempt


def asked_in(attempt: Taking, number: int) -> Asked:
    """The question with that number; 404 where there is none."""
    if not 1 <= number <= len(attempt.questions):
        abort(404)
    return attempt.questions[number - 1]


def next_address(attempt: Taking, number: int, go: str) -> str:
    """Where a button of the question leads: within the questions that may be answered."""
    there = attempt.open_numbers
    if go == "check":
        return url_for("student.quiz_question", submission_id=attempt.id, number=number, checked=1)
    if go == "flag":
        return url_for("student.quiz_question", submission_id=attempt.id, number=number)
    if go == "previous":
        target = max((one for one in there if one < number), default=number)
    else:
        target = min((one for one in there if one > number), default=0)
    if go == "review" or not target:
        return url_for("student.quiz_review", submission_id=attempt.id)
    return url_for("student.quiz_question", submission_id=attempt.id, number=target)
