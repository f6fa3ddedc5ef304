"""What they said of courses, what they did not want, and what they pay. By the viewer's own employee id alone."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoClearance, GoNoGoPerson
from lmsapp.insight.held.parts import Part
from lmsapp.insight.held.person import plain
from lmsapp.learning.choosing.models import LearnerChoice
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.payments.models import Payment
from lmsapp.learning.reviews.models import CourseReview
from lmsapp.people.tokens.models import AccessToken
from lmsapp.people.viewer import Viewer


def reviews(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title, CourseReview.stars, CourseReview.text, CourseReview.created_at, CourseReview.edited_at,
            CourseReview.hidden_at, CourseReview.hidden_reason,
        )
        .join(Course, Course.id == CourseReview.course_id)
        .where(CourseReview.employee_id == viewer.employee_id)
        .order_by(CourseReview.id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "stars": N_("Stars"),
        "text": N_("Your words"),
        "created_at": N_("Written"),
        "hidden_reason": N_("Hidden because"),
    }
    return Part("reviews", N_("Reviews"), columns, plain(rows))


def choices(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(Course.title, LearnerChoice.kind, LearnerChoice.chosen_at)
        .join(Course, Course.id == LearnerChoice.course_id)
        .where(LearnerChoice.employee_id == viewer.employee_id)
        .order_by(LearnerChoice.chosen_at, LearnerChoice.course_id)
    )
    columns = {"title": N_("Course"), "kind": N_("What you said"), "chosen_at": N_("When")}
    return Part("choices", N_("Courses you do not want"), columns, plain(rows))


def payments(viewer: Viewer) -> Part:
    rows = db.session.execute(
        select(
            Course.title, Payment.status, Payment.amount, Payment.currency, Payment.cost_centre, Payment.reference,
            Payment.reason, Payment.asked_at, Payment.changed_at, Payment.changed_by_name,
        )
        .join(Enrollment, Enrollment.id == Payment.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.employee_id == viewer.employee_id)
        .order_by(Payment.enrollment_id)
    )  # fmt: skip
    columns = {
        "title": N_("Course"),
        "status": N_("Payment"),
        "amount": N_("Amount"),
        "currency": N_("Currency"),
        "cost_centre": N_("Cost centre"),
        "reference": N_("Reference"),
        "changed_at": N_("Since"),
    }
    return Part("payments", N_("Payments"), columns, plain(rows))


def clearances(viewer: Viewer) -> Part:
    """Where somebody let them pass a checklist without the training."""
    rows = db.session.execute(
        select(
            GoNoGo.name, GoNoGo.day, GoNoGoClearance.until, GoNoGoClearance.reason, GoNoGoClearance.by_name,
            GoNoGoClearance.made_at, GoNoGoClearance.ended_at, GoNoGoClearance.end_reason,
        )
        .join(GoNoGo, GoNoGo.id == GoNoGoClearance.checklist_id)
        .where(GoNoGoClearance.employee_id == viewer.employee_id)
        .order_by(GoNoGoClearance.id)
    )  # fmt: skip
    columns = {
        "name": N_("Checklist"),
        "day": N_("Ready by"),
        "until": N_("Cleared until"),
        "reason": N_("Reason"),
        "by_name": N_("Cleared by"),
        "made_at": N_("When"),
        "ended_at": N_("Taken back"),
    }
    return Part("clearances", N_("Cleared without the training"), columns, plain(rows))


def named_on(viewer: Viewer) -> Part:
    """Checklists that name them."""
    rows = db.session.execute(
        select(GoNoGo.name, GoNoGo.day, GoNoGo.kept_by_name)
        .join(GoNoGoPerson, GoNoGoPerson.checklist_id == GoNoGo.id)
        .where(GoNoGoPerson.employee_id == viewer.employee_id)
        .order_by(GoNoGo.id)
    )
    columns = {"name": N_("Checklist"), "day": N_("Ready by"), "kept_by_name": N_("Kept by")}
    return Part("checklists", N_("Checklists that name you"), columns, plain(rows))


def tokens(viewer: Viewer) -> Part:
    """By which other systems ask in their name; never the token itself."""
    rows = db.session.execute(
        select(
            AccessToken.name, AccessToken.scopes, AccessToken.made_at, AccessToken.expires_at,
            AccessToken.last_used_at, AccessToken.last_used_from, AccessToken.revoked_at,
        )
        .where(AccessToken.owner_id == viewer.user_id)
        .order_by(AccessToken.id)
    )  # fmt: skip
    columns = {
        "name": N_("What it is for"),
        "made_at": N_("Made"),
        "expires_at": N_("Works until"),
        "last_used_at": N_("Last used"),
        "last_used_from": N_("Network address"),
        "revoked_at": N_("Revoked"),
    }
    return Part("access_tokens", N_("Access tokens"), columns, plain(rows))
