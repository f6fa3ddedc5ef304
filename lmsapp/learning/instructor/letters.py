"""Telling the instructors that they are asked, and the learner what they answered (QIZ-7)."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_datetime

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.tasks.queries import evaluators_named
from lmsapp.infra import clock
from lmsapp.learning.instructor.events import TimeAnswered, TimeAsked
from lmsapp.outreach.notices.actions import notice_row, write_letters, write_notice
from lmsapp.outreach.notices.recipient import Recipient, moderators, recipient_of, users_where
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee

CHANNELS = ("in_app", "email")


def tell_instructors(event: TimeAsked) -> None:
    """One letter by each channel to each of them: the course, the quiz, the words. Who it is stands there."""
    request, enrollment = event.request, event.request.enrollment
    values = {
        "course": enrollment.course.title,
        "quiz": request.quiz_title,
        "failed": request.failed,
        "words": request.words,
    }
    write_letters(
        [
            notice_row(
                key=f"instructor/{request.id}/asked/{to.user_id}/{channel}",
                channel=channel,
                template="instructor_asked",
                to=to,
                values={**values, "times": [instant_words(one, to) for one in request.proposed]},
                link=f"/studio/instructor-requests/{request.id}",
                about=("enrollment", enrollment.id),
                reason={"why": "instructor"},
            )
            for to in instructors_of(enrollment.course, but=enrollment.employee)
            for channel in CHANNELS
        ]
    )


def tell_learner_of_answer(event: TimeAnswered) -> None:
    """At each answer anew."""
    request, enrollment = event.request, event.request.enrollment
    to = recipient_of(enrollment.employee)
    values = {
        "course": enrollment.course.title,
        "quiz": request.quiz_title,
        "by": request.answered_by_name,
        "answer": request.answer,
        "meet_at": instant_words(request.meet_at, to) if request.meet_at else "",
    }
    for channel in CHANNELS:
        write_notice(
            key=f"instructor/{request.id}/answered/{request.answers}/{channel}",
            channel=channel,
            template="instructor_answered",
            to=to,
            values=values,
            link=f"/learn/courses/{enrollment.course_id}/instructor-time",
            about=("enrollment", enrollment.id),
            reason={"why": "instructor"},
        )


def instant_words(at: dt.datetime, to: Recipient) -> str:
    """'Fri 4 Dec 2026, 14:02 (Europe/Madrid)': where the reader is, and said where that is."""
    local = at.astimezone(clock.zone(to.zone))
    return f"{format_datetime(local, 'EEE d MMM y, HH:mm', locale=to.language)} ({to.zone})"


def instructors_of(course: Course, *, but: Employee) -> list[Recipient]:
    """The evaluators named for the course and its author; without any, every moderator. Never the learner."""
    wanted = {*evaluators_named(course.id), *([course.created_by_id] if course.created_by_id else [])}
    return users_where(User.id.in_(wanted), but=but.id) or moderators(but=but.id)
