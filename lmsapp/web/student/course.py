"""The course page, Resume, and why a course is not complete (ENR-5, ENR-8)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.queries import open_assignment_for
from lmsapp.courses.catalogue.queries import course_card
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.publishing.outside import outline_from_outside
from lmsapp.infra import clock
from lmsapp.learning.choosing.queries import is_unwanted
from lmsapp.learning.enrollments.facts import status_of as status_of_enrollment
from lmsapp.learning.enrollments.queries import StudyView, study_view, withdrawn_at
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.learning.enrollments.why import why_own
from lmsapp.learning.payments.queries import usual_cost_centre
from lmsapp.learning.quizzes.queries import submissions_of
from lmsapp.learning.validity.queries import own_periods
from lmsapp.people.roles import Reach
from lmsapp.web.dates import day, minutes
from lmsapp.web.gates import needs
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.achieved import achieved_of
from lmsapp.web.student.attempts import attempt_row
from lmsapp.web.student.catalogue_cards import price_words
from lmsapp.web.student.instructor import help_beside
from lmsapp.web.student.more_time import more_time_beside
from lmsapp.web.student.notes import notes_beside
from lmsapp.web.student.package_results import package_rows
from lmsapp.web.student.papers import certificate_paper
from lmsapp.web.student.paths import closed_by, paths_with
from lmsapp.web.student.payment import payment_beside
from lmsapp.web.student.renewal import period_row, renewal_of
from lmsapp.web.student.review import reviews_beside
from lmsapp.web.student.states import states_of, withdrawn
from lmsapp.web.student.study import criteria_of, show_study
from lmsapp.web.student.wing import bp
from lmsapp.web.why import why_context

STOPPED = (EnrollmentStatus.PAUSED, EnrollmentStatus.FAILED)  # said rather than where an assignment stands


@bp.get("/courses/<int:course_id>")
@needs(reach=Reach.EVERYBODY)  # a published course is there for every learner
def course(course_id: int) -> ResponseReturnValue:
    """One's own course; a published one that is not, from outside."""
    view = study_view(g.viewer, course_id)
    if view is None:
        return outside(course_id)
    by_link = g.viewer.only_course is not None
    assigned = open_assignment_for(g.viewer, course_id, clock.now())
    periods = own_periods(g.viewer, course_id) if view.enrollment.completed_at else []
    paths, status = paths_with(course_id), status_of(view)
    achieved = achieved_of(view, paths) if status is EnrollmentStatus.COMPLETED and view.enrollment.complete else None
    paper = certificate_paper(course_id) if view.enrollment.completed_at and achieved is None else None
    return page(
        "student/course/by_link.html" if by_link else "student/course/page.html",
        study=show_study(view, here_of(view)),
        criteria=criteria_of(view),
        standing=status if status in STOPPED or view.enrollment.completed_at or not assigned else assigned.status,
        go=go(view),
        closed=closed_by(view.enrollment),
        states=states_of(view),
        paths=paths,
        achieved=achieved,
        meta=[
            _("Due %(day)s", day=day(assigned.due_on)) if assigned and not view.enrollment.complete else "",
            minutes(view.outline.minutes),
            _("Completed %(day)s", day=day(view.enrollment.completed_at)) if view.enrollment.completed_at else "",
            valid_words(view),
        ],
        renewal=renewal_of(view, periods),
        earlier=[period_row(one) for one in periods if not one.is_current],
        papers=[paper] if paper else [],
        pause=pause_of(view),
        by_hand=view.enrollment.completed_by_hand,
        attempts=[
            *package_rows(view),
            *(attempt_row(one, course_id) for one in submissions_of(g.viewer, view.enrollment.id)),
        ],
        **help_beside(view.enrollment),
        **more_time_beside(assigned),
        assigned=assigned,
        **notes_beside(view.enrollment),
        **payment_beside(view.enrollment),
        **reviews_beside(course_id),
    )


@bp.get("/courses/<int:course_id>/resume")
def resume(course_id: int) -> ResponseReturnValue:
    """To the current lesson, or the next open one."""
    view = get_or_404(study_view(g.viewer, course_id))
    where = view.next_lesson
    if where is None or view.enrollment.locks:
        return to(url_for("student.course", course_id=course_id))
    return to(url_for("student.lesson", course_id=course_id, lesson_id=where.line.id))


@bp.get("/courses/<int:course_id>/why")
def why(course_id: int) -> ResponseReturnValue:
    """Every criterion: met or not, by what evidence, and what to do next."""
    found = get_or_404(why_own(g.viewer, course_id))
    return page("student/course/why.html", study=show_study(found.view), why=why_context(found, staff=False))


def outside(course_id: int) -> ResponseReturnValue:
    """Drafts and retired courses do not exist for whoever is not enrolled."""
    card = get_or_404(course_card(course_id))
    get_or_404(card if card.status == CourseStatus.PUBLISHED else None)
    gone = withdrawn_at(g.viewer, course_id)
    return page(
        "student/course/outside.html",
        gone=withdrawn(gone) if gone else None,
        course=card,
        meta=[minutes(card.minutes)],
        outline=outline_from_outside(course_id) if gone is None else None,
        price=price_words(card),
        cost_centre=usual_cost_centre(g.viewer) if card.price is not None else "",
        unwanted=is_unwanted(g.viewer, course_id),
        **reviews_beside(course_id),
    )


def here_of(view: StudyView) -> int | None:
    """The lesson to mark as the one being read: only while the course is under way."""
    where = view.next_lesson if view.enrollment.started_at and not view.enrollment.complete else None
    return where.line.id if where else None


def go(view: StudyView) -> dict[str, str] | None:
    """Where the button of the page leads; none when there is nothing left to do."""
    where = view.next_lesson
    if where is None or view.enrollment.complete or view.enrollment.locks or is_paused(view):
        return None
    label = _("Resume") if view.enrollment.started_at else _("Start")
    return {
        "href": url_for("student.lesson", course_id=view.outline.course_id, lesson_id=where.line.id),
        "label": label,
    }


def is_paused(view: StudyView) -> bool:
    """Then going on ends the pause, and that button is the only one."""
    return status_of(view) is EnrollmentStatus.PAUSED


def status_of(view: StudyView) -> EnrollmentStatus:
    """Where there is no assignment to name it."""
    return status_of_enrollment(view.enrollment, clock.today(view.enrollment.employee.time_zone))


def valid_words(view: StudyView) -> str:
    """Until when what was completed is valid; before that, for how long it will be."""
    if view.enrollment.valid_until:
        return _("Valid until %(day)s", day=day(view.enrollment.valid_until))
    months = view.outline.validity_months if not view.enrollment.completed_at else None
    return _("Valid for %(months)s months", months=months) if months else ""


def pause_of(view: StudyView) -> dict[str, Any]:
    """Paused to when and how to go on, or where to pause; nothing where nothing is left to do (ENR-10)."""
    one = view.enrollment
    if one.paused_until is not None:
        return {"until": one.paused_until, "end": url_for("student.end_pause", enrollment_id=one.id)}
    if one.complete or one.exempted_at is not None:
        return {"exempt": one.exempted_at is not None}
    return {"href": url_for("student.pause", course=one.course_id)}
