"""What makes the catalogue worth a look: topics, a few reviews, one course that costs something (CRS-8, CRS-9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, edit_course, publish, set_rule
from lmsapp.courses.catalogue.models import Course
from lmsapp.demo.authoring import courses
from lmsapp.demo.bank import add_quiz
from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import viewer_of
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.payments.actions import change_payment, name_cost_centre
from lmsapp.learning.payments.models import Payment
from lmsapp.learning.reviews.actions import write_review
from lmsapp.learning.reviews.models import CourseReview
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

TOPICS: Final[dict[str, tuple[str, ...]]] = {
    "bloodborne-pathogens": ("Patient safety", "Infection"),
    "code-of-conduct": ("Ethics",),
    "competitive-positioning": ("Sales",),
    "core-product-features": ("Sales", "Product"),
    "fall-protection": ("Work at height", "Construction"),
    "fire-safety": ("Emergencies",),
    "hipaa-privacy-basics": ("Privacy", "Patient safety"),
    "live-demo-certification": ("Sales", "Presenting"),
    "product-demo-skills": ("Sales", "Presenting"),
    "style-guide-essentials": ("Writing",),
}
# Stars and words for the first people who completed each course, by the time they did.
REVIEWS: Final[dict[str, tuple[tuple[int, str], ...]]] = {
    "fire-safety": (
        (5, "Short, and the map of exits is what I remembered when the alarm went."),
        (4, "Clear. I would have liked our own building in the pictures."),
        (4, ""),
    ),
    "hipaa-privacy-basics": (
        (5, "The corridor example is exactly what happens on our ward."),
        (3, "Good content, a bit long for a night shift."),
        (4, "The questions make you think, not only remember."),
    ),
    "bloodborne-pathogens": ((5, "The action card hangs in our medication room now."), (4, "")),
    "style-guide-essentials": ((4, "My notes are half as long and nobody asks back any more."),),
}
PAID: Final = "Project Management Foundations"
PRICE: Final = Decimal("120.00")
LESSONS: Final = (
    (
        "What a project is",
        (
            "A project has an end. Write down **what will be true when it is over**, who says so, and by when. "
            "If two people write different sentences, talk before you plan."
        ),
    ),
    (
        "Plan what can be seen",
        (
            "Cut the work into pieces somebody can look at and say *done*. Nothing longer than two weeks. "
            "For each piece: one name, one date, what it waits for."
        ),
    ),
    (
        "When things slip",
        (
            "Say it on the day you know it. Bring the reason, what it means for the end date, and two ways out. "
            "Nobody minds a late piece as much as a late surprise."
        ),
    ),
)
BUYERS: Final = 4


def add_catalogue(days: Days, author: Viewer, moderator: Viewer) -> int:
    """Topics, reviews and the paid course; how many reviews."""
    with moment(days.at(-20, 9 * 60)):
        for slug, course in courses().items():
            edit_course(course, by=author, topics=list(TOPICS[slug]))
    written = sum(_review(days, slug) for slug in REVIEWS)
    _sell(days, author, moderator)
    return written


def is_there() -> bool:
    """Whether they were added before."""
    return bool(db.session.scalar(select(func.count()).select_from(CourseReview)))


def _review(days: Days, slug: str) -> int:
    course, said = courses()[slug], REVIEWS[slug]
    completed = db.session.scalars(
        select(Enrollment)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(contains_eager(Enrollment.course), contains_eager(Enrollment.employee))
        .where(Enrollment.course_id == course.id, Enrollment.completed_at.is_not(None), Employee.status == "active")
        .where(Employee.user_id.is_not(None), Employee.user_id != course.created_by_id)
        .order_by(Enrollment.completed_at, Enrollment.id)
        .limit(len(said))
    ).all()
    for place, (enrollment, (stars, words)) in enumerate(zip(completed, said, strict=False)):
        with moment(days.at(-15 + place, 12 * 60 + 7 * place)):
            write_review(enrollment, stars, words, by=viewer_of(enrollment.employee))
    return len(completed)


def _sell(days: Days, author: Viewer, moderator: Viewer) -> None:
    with moment(days.at(-14, 9 * 60)):
        course = _paid_course(author)
    buyers = db.session.scalars(
        select(Employee)
        .where(Employee.status == "active", Employee.user_id.is_not(None), Employee.job_role == "Charge Nurse")
        .order_by(Employee.number)
        .limit(BUYERS)
    ).all()
    for place, employee in enumerate(buyers):
        with moment(days.at(-9 + place, 10 * 60)):
            enrollment = enroll(employee, course, source="self", by=viewer_of(employee))
            payment = db.session.get_one(Payment, enrollment.id)
            if place:
                name_cost_centre(payment, f"CC-{4100 + place}", by=viewer_of(employee))
        with moment(days.at(-4, 15 * 60)):
            if place == 1:
                change_payment(payment, "paid", by=moderator, reference="INV-2071")
            if place == 2:
                change_payment(payment, "waived", by=moderator, reason="Leads the ward's move to the new building.")


def _paid_course(author: Viewer) -> Course:
    course = create_course(
        PAID,
        by=author,
        summary="Three habits that bring a project to its end: say what done means, plan what is seen, speak up.",
        kind="elective development",
        topics=("Projects",),
        price=PRICE,
    )
    chapter = add_chapter(course, "Three habits", by=author)
    for title, body in LESSONS:
        add_lesson(chapter, "text", title, by=author, body=body, minutes=4, min_seconds=30)
    add_quiz(chapter, author)
    set_rule(course, "all", [{"kind": "lessons", "share": 100}], author)
    publish(course, author)
    return course
