"""What they said of courses, what they did not want, and what they pay. By the viewer's own employee id alone."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.held.parts import Part
from lmsapp.insight.held.person import plain
from lmsapp.learning.choosing.models import LearnerChoice
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.payments.models import Payment
from lmsapp.learning.reviews.models import CourseReview
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
