"""The catalogue: what is published, and enrolling oneself (CRS-8, ENR-1)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from lmsapp.courses.catalogue.queries import courses_for_catalogue, published_course
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.by_oneself import enroll_self
from lmsapp.learning.enrollments.queries import my_courses
from lmsapp.people.roles import Reach
from lmsapp.web.dates import minutes
from lmsapp.web.forms import say
from lmsapp.web.gates import needs
from lmsapp.web.render import answer, get_or_404, to
from lmsapp.web.student.wing import bp


@bp.get("/catalogue")
def catalogue() -> ResponseReturnValue:
    """Published courses, with one's own status; `q` looks in titles and summaries."""
    q = request.args.get("q", "").strip()[:100]
    mine = {row.course_id: row for row in my_courses(g.viewer)}
    cards = [card(row, mine.get(row.id)) for row in courses_for_catalogue(g.viewer, q)]
    return answer("student/catalogue/_found.html", whole="student/catalogue.html", cards=cards, q=q)


@bp.post("/courses/<int:course_id>/enrollment")
@needs(reach=Reach.EVERYBODY)  # a published course is there for every learner; whether it takes them is a rule
def enroll(course_id: int) -> ResponseReturnValue:
    """Enroll oneself; again changes nothing."""
    course = get_or_404(published_course(course_id))
    here = url_for("student.course", course_id=course_id)
    try:
        enroll_self(g.viewer, course)
    except RuleBroken as broken:
        return to(here, said=say(broken))
    return to(here, said=_("You are enrolled in %(title)s.", title=course.title))


def card(row: Any, mine: Any | None) -> dict[str, Any]:
    """A course in the catalogue."""
    status = None
    if mine is not None:
        status = mine.status
    actions = {"In Progress": _("Continue"), "Not Started": _("Start")}
    return {
        "id": row.id,
        "title": row.title,
        "summary": row.summary,
        "href": url_for("student.course", course_id=row.id),
        "enroll": url_for("student.enroll", course_id=row.id),
        "open": row.self_enroll,
        "status": status,
        "action": actions.get(status, pgettext("button", "Open")) if status else "",
        "meta": [
            minutes(row.minutes),
            ngettext("%(num)s lesson", "%(num)s lessons", row.lesson_count),
            _("Mandatory") if row.mandatory else "",
            _("Valid for %(months)s months", months=row.validity_months) if row.validity_months else "",
        ],
    }
