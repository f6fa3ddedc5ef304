"""Attempts at quizzes as lines of a list: on the course page and under a result."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lmsapp.learning.quizzes.views import Attempt
from lmsapp.web.dates import moment, percent
from lmsapp.web.labels import status_word


def attempt_row(one: Attempt, course_id: int) -> dict[str, Any]:
    """One still open leads back into it, one handed in to its result."""
    name = _("Practice %(n)s", n=one.number) if one.practice else _("Attempt %(n)s", n=one.number)
    if one.submitted_at is None:
        href = url_for("student.quiz_question", submission_id=one.id, number=1)
        return {"id": one.id, "href": href, "title": name, "status": "In Progress", "label": _("Open"), "meta": []}
    status, label = standing_of(one, course_id)
    return {
        "id": one.id,
        "href": url_for("student.quiz_result", submission_id=one.id),
        "title": name
        if one.passed is None
        else _("%(name)s: %(score)s", name=name, score=percent(float(one.percent or 0))),
        "status": status,
        "label": label,
        "meta": [moment(one.submitted_at)],
    }


def standing_of(one: Attempt, course_id: int) -> tuple[str, str]:
    """The look of the badge, and the word."""
    if one.practice:
        return "Complete", _("Done")
    if one.returned:
        return "Needs Attention", _("Given back to you")
    if one.passed is None:
        return "Waiting", _("Waits to be graded")
    return ("Passed" if one.passed else "Failed"), status_word("Passed" if one.passed else "Not passed", course_id)
