"""Renewing a certification: what the course page says of it, the button, and the earlier periods (CRS-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.validity.rules import window_is_open
from lmsapp.infra import clock
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.queries import StudyView, enrollment_for
from lmsapp.learning.validity.actions import renew
from lmsapp.web.dates import day, percent
from lmsapp.web.forms import say
from lmsapp.web.render import get_or_404, to
from lmsapp.web.student.wing import bp


@bp.post("/courses/<int:course_id>/renewal")
def create_renewal(course_id: int) -> ResponseReturnValue:
    """Take it again, from the first lesson; whoever may not yet hears from when."""
    enrollment = get_or_404(enrollment_for(g.viewer, course_id))
    try:
        renew(enrollment, by=g.viewer)
    except RuleBroken as broken:
        return to(url_for("student.course", course_id=course_id), said=say(broken))
    return to(url_for("student.resume", course_id=course_id))


def renewal_of(view: StudyView, periods: Sequence[Any]) -> dict[str, Any] | None:
    """What the course page says above the lessons; None where there is nothing to say yet."""
    period = next((one for one in periods if one.is_current), None)
    enrollment = view.enrollment
    until = enrollment.valid_until
    if period is None or until is None:
        return None
    today = clock.today(enrollment.employee.time_zone)
    open_now = window_is_open(period.window_opens_on, until, today)
    if not open_now and enrollment.complete:
        return None
    grace = period.grace_until if period.revoked_at is None else None
    return {
        "tone": "bad" if today > until else "warn" if open_now else "info",
        "title": title_of(until, today, revoked=period.revoked_at is not None),
        "text": text_of(enrollment, grace, until, today),
        "may": enrollment.complete and enrollment.course.status == CourseStatus.PUBLISHED and not enrollment.locks,
    }


def title_of(until: dt.date, today: dt.date, *, revoked: bool) -> str:
    """The one date that matters."""
    if revoked:
        return _("Your certificate was revoked")
    if today > until:
        return _("Your certification expired: it was valid until %(day)s", day=day(until))
    return _("Your certification is valid until %(day)s", day=day(until))


def text_of(enrollment: Any, grace: dt.date | None, until: dt.date, today: dt.date) -> str:
    """What to do about it."""
    if enrollment.course.status != CourseStatus.PUBLISHED:
        return _("This course is retired. Ask your training team what takes its place.")
    if not enrollment.complete:
        return _("You are renewing it. Until you have finished, these dates count.")
    if until < today and grace is not None and today <= grace:
        return _("Renewed by %(day)s, it counts as if it were in time.", day=day(grace))
    return _("Renewing begins the course from the start. Your earlier certificates and scores stay.")


def period_row(one: Any) -> dict[str, Any]:
    """A period as a line of a list."""
    held = (
        _("%(since)s to %(until)s", since=day(one.valid_from), until=day(one.valid_until))
        if one.valid_until
        else _("No expiry")
    )
    return {
        "title": one.title,
        "course_href": url_for("student.course", course_id=one.course_id),
        "certified": _("Completed %(day)s", day=day(one.certified_on)),
        "href": url_for("student.certificate", certificate_id=one.certificate_id) if one.certificate_id else None,
        "number": one.certificate_number or "",
        "meta": [
            _("Valid %(held)s", held=held) if one.valid_until else held,
            _("Score %(score)s", score=percent(float(one.score))) if one.score is not None else "",
            _("by hand") if one.how == "by hand" else "",
            _("Revoked") if one.revoked_at else "",
        ],
    }
