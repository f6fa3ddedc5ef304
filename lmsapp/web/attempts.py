"""Attempts of an enrollment, one attempt with every score, and the PDFs: the same pages in every wing (QIZ-4, QIZ-6).

Learners see their own, without what would have been right; staff see those their wing reaches.
"""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import files
from lmsapp.infra.words import RuleBroken
from lmsapp.insight.enrollments.attempts import (
    AttemptSeen,
    attempt_seen,
    attempts_of,
    enrollment_seen,
    paper_of,
    papers_of,
)
from lmsapp.insight.enrollments.filters import Scope
from lmsapp.learning.quizpapers.actions import ask_course_paper
from lmsapp.learning.quizzes.lines import lines_of
from lmsapp.people.roles import May
from lmsapp.web.dates import moment
from lmsapp.web.forms import say
from lmsapp.web.promised import note_of
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.scored_words import VERDICTS, history, result_words, score_words
from lmsapp.web.sending import send_stored
from lmsapp.web.wing_routes import Route

SCOPES = {
    "student": Scope.OWN,
    "team": Scope.LINE,
    "studio": Scope.COURSES,
    "hr": Scope.EVERYBODY,
    "admin": Scope.EVERYBODY,
}
PAPERS: dict[str, Any] = {
    "quiz_report": __("Quiz Submission Report"),
    "quiz_regrade_report": __("Quiz Submission Report, scored anew"),
    "course_quiz_report": __("Course Quiz Report, all attempts"),
}


def attempts_page(wing: str, enrollment_id: int) -> Response:
    """Every attempt of an enrollment, and its PDFs; asks again by itself while one is being made."""
    one = get_or_404(enrollment_seen(g.viewer, SCOPES[wing], enrollment_id))
    papers = papers_of(one.id)
    return answer(
        "attempts/_papers.html",
        whole="attempts/index.html",
        wing=wing,
        enrollment=one,
        attempts=attempts_of(one.id),
        papers=[paper_line(wing, one.id, row) for row in papers],
        busy=any(row.status in ("waiting", "running") for row in papers),
        may_ask=wing != "admin",
        onward=back_to(wing, one),
        result_words=result_words,
        score_words=score_words,
    )


def ask_paper(wing: str, enrollment_id: int) -> Response:
    """All attempts in one PDF; while nothing changes, the one that is there."""
    one = get_or_404(enrollment_seen(g.viewer, SCOPES[wing], enrollment_id))
    said = _("The PDF is being made.")
    try:
        ask_course_paper(one, str(get_locale()), by=g.viewer)
    except RuleBroken as broken:
        said = say(broken)
    return to(url_for(f"{wing}.attempts", enrollment_id=one.id) + "#papers", said=said)


def paper_file(wing: str, enrollment_id: int, sealed_id: int) -> Response:
    """The sealed bytes as a download; where staff took it, that stands on the trail."""
    one = get_or_404(enrollment_seen(g.viewer, SCOPES[wing], enrollment_id))
    sealed = get_or_404(paper_of(one.id, sealed_id))
    if sealed.file is None or not files.exists(sealed.file.sha256):
        abort(404)
    if wing != "student":
        record_change("opened", ("enrollment", one.id), by=g.viewer, after={"file": sealed.file.name})
    return send_stored(sealed.file.sha256, name=sealed.file.name, media_type="application/pdf")


def attempt_page(wing: str, attempt_id: int) -> Response:
    """As asked, as answered, and every score with its reason."""
    found = get_or_404(attempt_seen(g.viewer, SCOPES[wing], attempt_id))
    last = found.last
    lines = lines_of(
        found.submission.questions,
        found.submission.result or [],
        shown=wing in ("studio", "admin"),
        feedback=last.feedback if last else {},
        corrections=last.corrections if last else {},
    )
    return page(
        "attempts/one.html",
        wing=wing,
        found=found,
        facts=facts_of(found),
        lines=lines,
        verdicts=VERDICTS,
        gradings=history(found.gradings, found.submission.questions),
        result=result_words(found.submission),
        back={"href": url_for(f"{wing}.attempts", enrollment_id=found.enrollment.id), "label": _("All attempts")},
        may_regrade=wing == "studio" and g.viewer.may(May.AUTHOR, May.MODERATE),
    )


def facts_of(found: AttemptSeen) -> list[tuple[str, Any]]:
    """Of one attempt."""
    one = found.submission
    return [
        (_("Name"), found.enrollment.employee.name),
        (_("Attempt"), str(one.number)),
        (_("Started"), moment(one.started_at)),
        (_("Handed in"), moment(one.submitted_at)),
        (
            _("Points so far") if one.passed is None else _("Points"),
            score_words(one.points, one.max_points, one.percent),
        ),
        (_("Needed to pass"), f"{one.passing_percent} %"),
    ]


def paper_line(wing: str, enrollment_id: int, row: Any) -> dict[str, Any]:
    """One PDF as `ui.job` shows it."""
    href = url_for(f"{wing}.attempts_file", enrollment_id=enrollment_id, sealed_id=row.id)
    return {
        "id": f"paper-{row.id}",
        "state": row.status,
        "title": PAPERS[row.kind],
        "note": f"{moment(row.created_at)}. {note_of(row.status, ready=_('Signed, so that anyone can check it.'))}",
        "href": href if row.status == "ready" else None,
    }


def back_to(wing: str, one: Any) -> dict[str, str]:
    """Where somebody of that wing came from."""
    if wing == "student":
        return {"href": url_for("student.course", course_id=one.course_id), "label": one.course.title}
    if wing == "hr":
        return {"href": url_for("hr.employee_training", employee_id=one.employee_id), "label": one.employee.name}
    if wing == "admin":
        return {"href": url_for("admin.why", enrollment_id=one.id), "label": one.employee.name}
    return {"href": url_for(f"{wing}.enrollment", enrollment_id=one.id), "label": one.employee.name}


OF_ENROLLMENT = "/enrollments/<int:enrollment_id>/attempts"
ATTEMPTS: tuple[Route, ...] = (
    Route(OF_ENROLLMENT, "attempts", attempts_page),
    Route(f"{OF_ENROLLMENT}/<int:sealed_id>.pdf", "attempts_file", paper_file),
    Route("/attempts/<int:attempt_id>", "attempt", attempt_page),
)
# Auditors read; they do not have papers made.
ASK_PAPER = Route(f"{OF_ENROLLMENT}/papers", "ask_attempts_paper", ask_paper, "POST")
