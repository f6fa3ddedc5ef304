"""A course as a card of the catalogue, and what is said of its price and rating."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from lmsapp.learning.choosing.rules import NONE, Candidate, Suggestion
from lmsapp.learning.reviews.rules import Rating
from lmsapp.web.dates import minutes
from lmsapp.web.payment_words import money

FINISHED = {"Completed", "Expired", "Renewal Required"}


def card(row: Any, one: Candidate, said: list[Any]) -> dict[str, Any]:
    """`said`: where the course says what was looked for, in pieces."""
    return {
        "id": row.id,
        "title": row.title,
        "summary": row.summary,
        "href": url_for("student.course", course_id=row.id),
        "enroll": url_for("student.enroll", course_id=row.id),
        "open": row.self_enroll,
        "status": None if one.status == NONE else one.status,
        "action": _action(one.status),
        "rating": rating_words(one.rating),
        "said": said,
        "topics": row.topics,
        "price": price_words(row),
        "meta": [
            minutes(row.minutes),
            ngettext("%(num)s lesson", "%(num)s lessons", row.lesson_count),
            _("Mandatory") if row.mandatory else "",
            _("Valid for %(months)s months", months=row.validity_months) if row.validity_months else "",
        ],
    }


def _action(status: str) -> str:
    if status in FINISHED:
        return pgettext("button", "Open")
    return _("Start") if status in (NONE, "Not Started") else _("Continue")


def price_words(course: Any) -> str:
    """'$40.00', as the reader's language writes it; '' where it costs nothing."""
    if course.price is None:
        return ""
    return money(course.price, course.currency)


def rating_words(rating: Rating) -> dict[str, Any] | None:
    """`stars` 0 to 5 to draw, `figure` '4.5', `count` in words; None where nobody wrote a review."""
    average = rating.average
    if average is None:
        return None
    return {
        "figure": f"{average:.1f}",
        "stars": int(average + 0.5),
        "count": ngettext("%(num)s review", "%(num)s reviews", rating.reviews),
        "label": ngettext(
            "%(average)s of 5 stars, %(num)s review",
            "%(average)s of 5 stars, %(num)s reviews",
            rating.reviews,
            average=f"{average:.1f}",
        ),
    }


def suggestion(one: Suggestion) -> dict[str, str]:
    """With its reason."""
    return {
        "title": one.title,
        "href": url_for("student.course", course_id=one.course_id),
        "decline": url_for("student.decline", course_id=one.course_id),
        "reason": f"{_reason(one)} {minutes(one.minutes)}",
    }


def _reason(one: Suggestion) -> str:
    values = {"took": one.took, "all": one.colleagues}
    if one.why == "department":
        return _("%(took)s of your %(all)s colleagues in %(department)s took it.", department=one.name, **values)
    if one.why == "job role":
        return _("%(took)s of %(all)s others who work as %(role)s took it.", role=one.name, **values)
    return _("%(took)s others who completed ‘%(title)s’, as you did, took it.", title=one.name, took=one.took)
