"""The pages of an attempt: one question, or the review before handing in."""

from __future__ import annotations

import secrets
from string import ascii_uppercase
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.learning.quizzes.queries import checked
from lmsapp.learning.quizzes.rules import is_over
from lmsapp.learning.quizzes.views import Reviewed, Taking
from lmsapp.web.render import page
from lmsapp.web.student.quiz_shapes import length_words, mark_of, read_words, words_asked
from lmsapp.web.student.words import local_time, saved_words


def exam(template: str, attempt: Taking, number: int, *, status: int = 200, **more: Any) -> Response:
    """A page of the attempt; once time is up, only the way to the result."""
    if attempt.submitted_at is None and is_over(attempt.deadline, clock.now()):
        template = "student/quiz/time_up.html"
    there = attempt.open_numbers
    context = {
        "attempt": attempt,
        "number": number,
        "asked": attempt.questions[number - 1] if number else None,
        "first": bool(there) and number == there[0],
        "last": bool(there) and number == there[-1],
        "pager": pager(attempt, number),
        "letters": ascii_uppercase,
        "mark_of": mark_of,
        "read_words": read_words,
        "words_asked": words_asked,
        "length_words": length_words,
        "saved_words": saved_words,
        "local_time": local_time,
        "left": time_left(attempt),
        "key": secrets.token_hex(16),
        "checked": checked_now(attempt, number),
        "typed": None,
        "places": None,
        "wrong": "",
    }
    return page(template, status=status, **{**context, **more})


def checked_now(attempt: Taking, number: int) -> Reviewed | None:
    """In practice, after 'Check my answer'."""
    if not attempt.practice or not number or "checked" not in request.args:
        return None
    return checked(g.viewer, attempt.id, number)


def pager(attempt: Taking, current: int) -> list[dict[str, object]]:
    """One entry per question that may be answered, for the pager and the review."""
    return [
        {
            "number": number,
            "href": url_for("student.quiz_question", submission_id=attempt.id, number=number),
            "given": attempt.questions[number - 1].answered,
            "flagged": attempt.questions[number - 1].flagged,
            "current": number == current,
            "prompt": attempt.questions[number - 1].prompt,
            "length": length_words(attempt.questions[number - 1]),
        }
        for number in attempt.open_numbers
    ]


def time_left(attempt: Taking) -> tuple[str, str] | None:
    """What the clock shows at first, as digits and in words; None without a limit."""
    if attempt.deadline is None or attempt.submitted_at is not None:
        return None
    minutes, seconds = divmod(max(0, int((attempt.deadline - clock.now()).total_seconds())), 60)
    return f"{minutes}:{seconds:02}", _(
        "Time left: %(minutes)s minutes %(seconds)s seconds", minutes=minutes, seconds=seconds
    )
