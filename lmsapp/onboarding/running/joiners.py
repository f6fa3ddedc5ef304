"""What news of people and courses means for onboardings (ORG-6): the reactions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.events import AssignmentClosed
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.events import CoursePublished
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.events import CourseCompleted
from lmsapp.onboarding.courses.rules import Reason
from lmsapp.onboarding.running.asking import ask_for_signatures
from lmsapp.onboarding.running.letters import tell_of_courses, welcome_late
from lmsapp.onboarding.running.models import Onboarding, OnboardingCourse
from lmsapp.onboarding.running.pairing import pair_courses
from lmsapp.onboarding.running.rules import why_not_started
from lmsapp.onboarding.running.settling import close, lock, settle
from lmsapp.onboarding.running.starting import start_onboardings
from lmsapp.onboarding.templates.models import OnboardingTemplate
from lmsapp.people.employees.events import EmployeeChanged, EmployeesHired, EmployeesLeft
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.queries import settings


def start_for_joiners(event: EmployeesHired) -> None:
    """Everybody hired not long ago, or later; nobody while there is nothing to give them."""
    employees = _to_be_started(event.employees)
    if employees and _something_to_do():
        start_onboardings(employees, event.by, source="joiner")


def follow_change(event: EmployeeChanged) -> None:
    """A hire date that was missing begins what waited for it; an account that was missing gets its welcome."""
    if "hire_date" in event.after and _to_be_started([event.employee]) and _something_to_do():
        start_onboardings([event.employee], event.by, source="joiner")
    if event.employee.user_id is not None and {"email", "user_id"} & set(event.after):
        for onboarding in _running(Onboarding.employee_id == event.employee.id):
            welcome_late(onboarding)


def close_onboarding_for_leavers(event: EmployeesLeft) -> None:
    """They left: what is open ends, what is done stays."""
    for onboarding in _running(Onboarding.employee_id.in_([employee.id for employee in event.employees])):
        close(onboarding, "left", by=event.by, reason="left")


def add_published(event: CoursePublished) -> None:
    """A course that could not be assigned because it was not published is assigned now."""
    course: Course = event.course
    if not course.mandatory:
        return
    waiting = select(OnboardingCourse.onboarding_id).where(
        OnboardingCourse.course_id == course.id, OnboardingCourse.why_not == Reason.NOT_PUBLISHED
    )
    found = _running(Onboarding.id.in_(waiting))
    if found:
        new = pair_courses(found, event.by)
        tell_of_courses(new)
        settle(found, event.by)


def note_completion(event: CourseCompleted) -> None:
    """A paired course was completed."""
    _settle_for(event.enrollment.employee_id, event.enrollment.course_id)


def note_closing(event: AssignmentClosed) -> None:
    """A paired course was cancelled or exempted: nobody waits for it any more."""
    _settle_for(event.assignment.employee_id, event.assignment.course_id)


def look_again(onboarding: Onboarding) -> list[int]:
    """Ask anew for what could not be asked before: courses and signatures. Ids of the new assignments."""
    new = pair_courses([onboarding], None)
    ask_for_signatures([onboarding], None)
    tell_of_courses(new)
    settle([onboarding], None)
    return new


def _settle_for(employee_id: int, course_id: int) -> None:
    found = db.session.scalars(
        select(Onboarding.id)
        .join(OnboardingCourse, OnboardingCourse.onboarding_id == Onboarding.id)
        .where(
            Onboarding.employee_id == employee_id,
            Onboarding.closed_as.is_(None),
            OnboardingCourse.course_id == course_id,
        )
    ).one_or_none()
    if found is not None:
        settle([lock(found)], None)


def _to_be_started(employees: tuple[Employee, ...] | list[Employee]) -> list[Employee]:
    known = settings()
    return [
        one
        for one in employees
        if one.status == "active"
        and why_not_started(
            one.hire_date,
            today=clock.today(one.time_zone),
            window_days=int(known["onboarding_window_days"]),
            switched_on=bool(known["onboard_joiners"]),
        )
        is None
    ]


def _something_to_do() -> bool:
    template = select(OnboardingTemplate.id).where(OnboardingTemplate.archived_at.is_(None)).limit(1)
    course = select(Course.id).where(Course.mandatory, Course.status == "published").limit(1)
    return db.session.scalar(template) is not None or db.session.scalar(course) is not None


def _running(*conditions: object) -> list[Onboarding]:
    return list(
        db.session.scalars(
            select(Onboarding)
            .join(Onboarding.employee)
            .options(contains_eager(Onboarding.employee))
            .where(Onboarding.closed_as.is_(None), *conditions)  # type: ignore[arg-type]
            .order_by(Onboarding.id)
            .with_for_update(of=Onboarding)
        )
    )
