"""The student home: what needs you first (ENR-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.assignments.queries import open_assignments_of
from lmsapp.evidence.signatures.queries import requests_for
from lmsapp.infra import clock
from lmsapp.learning.certificates.evaluations.queries import own_waiting
from lmsapp.learning.certificates.own import own_certificates
from lmsapp.learning.choosing.suggestions import suggestions_for
from lmsapp.learning.enrollments.queries import my_courses
from lmsapp.learning.handins.queries import sent_back
from lmsapp.onboarding.running.waiting import own_progress
from lmsapp.outreach.notices.actions import mark_read
from lmsapp.outreach.notices.queries import unread_for
from lmsapp.web.dates import minutes, moment, today, zone_name
from lmsapp.web.render import answer, page
from lmsapp.web.student import cards
from lmsapp.web.student.catalogue_cards import suggestion
from lmsapp.web.student.due import done_of, due_groups
from lmsapp.web.student.paths import home_paths
from lmsapp.web.student.wing import bp

COURSES_SHOWN = 4
CERTIFICATES_SHOWN = 3
NOTICES_SHOWN = 5


@bp.get("/", alias=True)
@bp.get("")
def home() -> ResponseReturnValue:
    """Overdue, then Resume, then the rest."""
    day, requests = today(), requests_for(g.viewer)
    assigned = open_assignments_of(g.viewer, clock.now())
    mine = my_courses(g.viewer)
    unread = unread_for(g.viewer, NOTICES_SHOWN)
    going_on = next((row for row in mine if cards.can_resume(row)), None)
    renewals = cards.renewals(mine, {row.course_id for row in assigned})
    return page(
        "student/home.html",
        onboarding=own_progress(g.viewer),
        greeting=greeting(),
        sentence=sentence(assigned, day, len(requests)),
        resume=cards.resume(going_on) if going_on else None,
        begin=None if going_on or assigned else cards.first_step(mine, renewals),
        requests=requests,
        today=day,
        groups=due_groups(assigned, day, going_on.course_id if going_on else None),
        renewals=renewals,
        courses=[cards.course(row) for row in mine[:COURSES_SHOWN]],
        more_courses=len(mine) if len(mine) > COURSES_SHOWN else 0,
        paths=home_paths(),
        notices=notices(unread),
        unread_notices=unread[0].unread if unread else 0,
        sent_back=sent_back(g.viewer) if any(row.gave_work for row in mine) else [],
        certificates=cards.certificates(own_certificates(g.viewer, CERTIFICATES_SHOWN), day),
        evaluations=own_waiting(g.viewer) if any(row.completed_at for row in mine) else [],
        suggestions=suggestions(mine),
    )


@bp.post("/notices/read")
def read_notices() -> ResponseReturnValue:
    """Mark all read."""
    mark_read(g.viewer)
    return answer(
        "student/home/_notices.html", back=url_for("student.home"), notices=notices(unread_for(g.viewer, NOTICES_SHOWN))
    )


def greeting() -> str:
    """By the time of day where the reader is."""
    hour = clock.now().astimezone(clock.zone(zone_name())).hour
    name = g.viewer.name.split()[0]
    if 4 <= hour < 12:
        return _("Good morning, %(name)s", name=name)
    return _("Good afternoon, %(name)s", name=name) if 12 <= hour < 18 else _("Good evening, %(name)s", name=name)


def sentence(assigned: Any, day: dt.date, to_sign: int) -> str:
    """How much is waiting, counted."""
    if to_sign:
        signing = ngettext("%(num)s text waits for your signature.", "%(num)s texts wait for your signature.", to_sign)
        return f"{signing} {sentence(assigned, day, 0)}" if assigned else signing
    if not assigned:
        return _("Nothing is due. You are up to date.")
    late = sum(row.due_on < day for row in assigned)
    week = sum(0 <= (row.due_on - day).days <= 7 for row in assigned)
    total = _("About %(time)s in all.", time=minutes(sum(left_minutes(row) for row in assigned)))
    parts = []
    if late:
        parts.append(ngettext("%(num)s training is overdue.", "%(num)s trainings are overdue.", late))
    if week:
        parts.append(ngettext("%(num)s is due this week.", "%(num)s are due this week.", week))
    if not parts:
        parts.append(ngettext("%(num)s training is due later.", "%(num)s trainings are due later.", len(assigned)))
    return " ".join([*parts, total])


def left_minutes(row: Any) -> int:
    """What is left of the expected time, by the share of lessons not done."""
    return round(row.minutes * (1 - done_of(row) / row.lesson_count)) if row.lesson_count else int(row.minutes)


def notices(unread: Any) -> list[dict[str, Any]]:
    """Unread, newest first."""
    return [
        {"subject": row.subject, "link": row.link, "when": moment(row.sent_at) if row.sent_at else ""} for row in unread
    ]


def suggestions(mine: Any) -> list[dict[str, str]]:
    """What is not among one's own, each with its reason."""
    completed = sorted((row for row in mine if row.completed_at), key=lambda row: row.completed_at, reverse=True)
    taken = frozenset(row.course_id for row in mine)
    return [suggestion(one) for one in suggestions_for(g.viewer, taken, [row.course_id for row in completed])]
