"""What the pages of open answers show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import g, request
from flask_babel import gettext as _

from lmsapp.learning.answers.queries import PAGE, AttemptView, OneAnswer
from lmsapp.learning.answers.rules import Mark, rubric_of, words_in
from lmsapp.learning.quizzes.lines import lines_of, plain
from lmsapp.web.dates import moment
from lmsapp.web.lists import page_url
from lmsapp.web.scored_words import VERDICTS, history, score_words


def show_attempt(view: AttemptView) -> dict[str, Any]:
    """For the page of one attempt."""
    place, submission = view.place, view.place.submission
    last = view.last
    to_grade = {one["id"] for one in view.to_grade}
    closed = closed_words(view)
    decided = submission.graded_at is not None
    lines = lines_of(
        submission.questions,
        submission.result or [],
        shown=True,
        feedback=last.feedback if last else {},
        corrections=last.corrections if last else {},
    )
    may_grade = not closed and not submission.returned and bool(to_grade)
    return {
        "submission": submission,
        "employee": place.enrollment.employee,
        "course": place.enrollment.course,
        "title": place.title,
        "facts": facts_of(view),
        "questions": [question_of(one, view) for one in submission.questions if one["id"] in to_grade],
        "most": plain(sum((Decimal(str(one["points"])) for one in view.to_grade), Decimal(0))),
        "machine": [line for line in lines if not (may_grade and line.id in to_grade)],
        "verdicts": VERDICTS,
        "gradings": history(view.gradings, submission.questions),
        "closed": closed,
        "returned": submission.returned,
        "returned_at": dt.datetime.fromisoformat(submission.returned["at"]) if submission.returned else None,
        "decided": decided,
        "may_grade": may_grade,
        "may_return": may_grade and not decided,
        "open": may_grade and not decided,
        "claimed": view.claim,
        "claimed_here": view.claim is not None and view.claim.user_id == g.viewer.user_id,
    }


def closed_words(view: AttemptView) -> str:
    """Why nothing is to be decided; '' where something is."""
    enrollment, submission = view.place.enrollment, view.place.submission
    if enrollment.withdrawn_at is not None:
        return _("This learner was taken out of the course")
    if submission.cycle != enrollment.cycle:
        return _("This learner has begun the course anew")
    return ""


def facts_of(view: AttemptView) -> list[tuple[str, Any]]:
    """Of the attempt."""
    submission, employee = view.place.submission, view.place.enrollment.employee
    score = score_words(submission.points, submission.max_points, submission.percent)
    result = _("Passed") if submission.passed else _("Not passed")
    return [
        (_("Employee number"), employee.number),
        (_("Attempt"), str(submission.number)),
        (_("Handed in"), moment(submission.submitted_at)),
        (_("Points so far") if submission.passed is None else _("Points"), score),
        (_("Result"), _("Waits for grading") if submission.passed is None else result),
        (_("Needed to pass"), f"{submission.passing_percent} %"),
    ]


def question_of(question: Any, view: AttemptView) -> dict[str, Any]:
    """One open question with what was said of its answer so far."""
    submission = view.place.submission
    number = next(n for n, one in enumerate(submission.questions, 1) if one["id"] == question["id"])
    made: dict[str, Any] = next((one for one in submission.result or () if one["id"] == question["id"]), {})
    mark = view.marks.get(question["id"], Mark())
    if mark.points is None and not made.get("waits") and submission.graded_at is not None:
        mark = Mark(Decimal(str(made["points"])), mark.criteria, mark.feedback)
    said = (view.last.feedback if view.last else {}).get(str(question["id"]), "")
    earlier = view.earlier.get(str(question["id"]), "")
    shown = show_question(question, " ".join(made.get("given") or ()), mark)
    feedback = mark.feedback or (said if said != earlier else "")
    return shown | {"number": number, "feedback": feedback, "earlier": earlier if earlier != feedback else ""}


def show_question(question: Any, text: str, mark: Mark) -> dict[str, Any]:
    """For `studio/answers/_answer.html`."""
    detail = question.get("detail") or {}
    return {
        "id": question["id"],
        "prompt": question["prompt"],
        "points": plain(question["points"]),
        "sample": detail.get("sample") or "",
        "text": text,
        "words": words_in(text),
        "least": detail.get("min_words"),
        "most_words": detail.get("max_words"),
        "rubric": [
            {
                "key": str(row["key"]),
                "title": row["title"],
                "points": plain(row["points"]),
                "levels": [{"points": plain(one["points"]), "words": one["words"]} for one in row.get("levels") or ()],
                "given": plain(mark.criteria.get(str(row["key"]))),
            }
            for row in rubric_of(question)
        ],
        "given": plain(mark.points),
        "feedback": mark.feedback,
        "earlier": "",
    }


def question_page(place: Any, question_id: int, found: Sequence[OneAnswer], number: int, total: int) -> dict[str, Any]:
    """For the page of all answers to one question."""
    asked = next(one for one in place.questions if one["id"] == question_id)
    first = (number - 1) * PAGE
    return {
        "title": place.title,
        "course": place.course,
        "question": show_question(asked, "", Mark()),
        "hidden": (request.values.get("names") or "") == "no",
        "paging": {"number": number, "size": PAGE, "total": total},
        "page_url": page_url,
        "answers": [
            {
                "submission_id": one.submission.id,
                "number": first + n,
                "name": one.name,
                "at": one.submission.submitted_at,
                "q": show_question(one.question, _text(one), one.mark),
                "marked_by": one.marked_by if one.mark.points is not None else "",
                "claimed_by": one.claimed_by,
                "seen": one.seen,
                "wrong": "",
                "said": "",
            }
            for n, one in enumerate(found, 1)
        ],
    }


def _text(one: OneAnswer) -> str:
    made: dict[str, Any] = next((row for row in one.submission.result or () if row["id"] == one.question["id"]), {})
    return " ".join(made.get("given") or ())
