"""The catalogue: finding a course, saying that one does not want it, and enrolling oneself (CRS-8, ENR-1)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.queries import published_course
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.choosing.actions import choose, take_back
from lmsapp.learning.choosing.queries import catalogue as find
from lmsapp.learning.choosing.rules import ChoiceKind
from lmsapp.learning.enrollments.by_oneself import enroll_self
from lmsapp.learning.payments.actions import name_cost_centre
from lmsapp.learning.payments.queries import own_payment
from lmsapp.people.roles import Reach
from lmsapp.web.dates import today
from lmsapp.web.forms import say
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url, readable
from lmsapp.web.render import answer, get_or_404, to
from lmsapp.web.student import catalogue_asked as asked
from lmsapp.web.student.catalogue_cards import card
from lmsapp.web.student.wing import bp


@bp.get("/catalogue")
def catalogue() -> ResponseReturnValue:
    """What matches; everything that was asked stands in the address."""
    args = readable(request.args)
    q, filters, sort = asked.query(args), asked.filters(args), asked.sort(args)
    found = find(g.viewer, q, filters, sort, asked.page(args), today())
    return answer("student/catalogue/_found.html", whole="student/catalogue.html", **context(q, filters, sort, found))


@bp.post("/courses/<int:course_id>/enrollment")
@needs(reach=Reach.EVERYBODY)  # a published course is there for every learner; whether it takes them is a rule
def enroll(course_id: int) -> ResponseReturnValue:
    """Enroll oneself; again changes nothing."""
    course = get_or_404(published_course(course_id))
    here = url_for("student.course", course_id=course_id)
    try:
        enroll_self(g.viewer, course)
        payment = own_payment(g.viewer, course_id) if course.price is not None else None
        if payment is not None and request.form.get("cost_centre", "").strip():
            name_cost_centre(payment, request.form["cost_centre"], by=g.viewer)
    except RuleBroken as broken:
        return to(here, said=say(broken))
    return to(here, said=_("You are enrolled in %(title)s.", title=course.title))


@bp.post("/courses/<int:course_id>/not-interested")
@needs(reach=Reach.EVERYBODY)  # a published course is there for every learner; the choice is one's own
def decline(course_id: int) -> ResponseReturnValue:
    """Do not suggest this course; `again`: do suggest it."""
    course = get_or_404(published_course(course_id))
    if request.form.get("again"):
        take_back(g.viewer, course.id, ChoiceKind.NOT_INTERESTED)
        return to(url_for("student.course", course_id=course_id), said=_("It may be suggested to you again."))
    choose(g.viewer, course.id, ChoiceKind.NOT_INTERESTED)
    said = _("“%(title)s” is not suggested to you any more. You find it in the catalogue.", title=course.title)
    return to(url_for("student.home"), said=said)


def context(q: str, filters: Any, sort: str, found: Any) -> dict[str, Any]:
    """For the page and its fragment."""
    return {
        "q": q,
        "found": found,
        "cards": [card(row, one, said) for row, one, said in found.cards],
        "facets": asked.facets(filters, found.counts),
        "chips": asked.chips(filters, q, sort),
        "sorts": asked.sorts(sort, q),
        "sort": sort,
        "active": filters.active,
        "paging": {"number": found.number, "size": found.size, "total": found.total},
        "page_url": page_url,
    }
