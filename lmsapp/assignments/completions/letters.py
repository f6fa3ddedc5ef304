"""Telling the learner what comes next and to say what it was like, and staff that it is done: once (ASG-8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select

from lmsapp.assignments.completions.queries import told_of
from lmsapp.assignments.events import AssignmentCompleted
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import display_number
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.choosing.models import LearnerChoice
from lmsapp.learning.choosing.rules import ChoiceKind
from lmsapp.learning.choosing.suggestions import suggestions_for
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.reviews.models import CourseReview
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.viewer import Viewer

TO_LEARNER, TO_STAFF = "training_completed", "completion_told"
SILENT = ("demo",)  # nobody learned just now


def tell_of_completion(event: AssignmentCompleted) -> None:
    """All that is said of it, in one statement; whoever is told twice by two rules is told once."""
    one: TrainingAssignment = event.assignment
    if one.source in SILENT or one.completed_at is None:
        return
    learner = db.session.get_one(Employee, one.employee_id)
    course = db.session.get_one(Course, one.course_id)
    write_letters([_to_learner(one, learner, course), *_to_staff(one, learner, course)])


def _key(one: TrainingAssignment) -> str:
    """Of this completion: one that was taken back and comes again is another."""
    assert one.completed_at is not None
    return f"completed/assignment/{one.id}/{one.completed_at.isoformat()}"


def _to_learner(one: TrainingAssignment, learner: Employee, course: Course) -> dict[str, Any]:
    """In the product only: the certificate comes by e-mail with a letter of its own."""
    due, suggested = _next_due(one), None if learner.user_id is None else _suggested(learner)
    title, due_on = (due.title, due.due_on) if due is not None else (suggested, None)
    values = {"title": course.title, "next": title or "", "next_due_on": due_on, "review": _asks_review(one)}
    return notice_row(
        key=f"{_key(one)}/learner/in_app",
        channel="in_app",
        template=TO_LEARNER,
        to=recipient_of(learner),
        values=values,
        link=f"/learn/courses/{course.id}",
        about=("assignment", one.id),
        reason={"why": "completed"},
    )


def _to_staff(one: TrainingAssignment, learner: Employee, course: Course) -> list[dict[str, Any]]:
    """Manager and others, as the course says; in the product, and by e-mail with the rest of the day."""
    told = told_of(course.id)
    people = {person.id: person for person in told.people}
    if told.manager and learner.manager_id is not None and learner.manager_id not in people:
        people[learner.manager_id] = db.session.get_one(Employee, learner.manager_id)
    people.pop(learner.id, None)
    working = [person for person in people.values() if person.status == "active"]
    above = _above(learner.id) if working else set()
    values = {
        "employee": learner.name,
        "title": course.title,
        "number": display_number(one.id),
        "completed_on": one.completed_on,
        "late": one.completed_on is not None and one.completed_on > one.due_on,
    }
    return [
        _gathered(
            notice_row(
                key=f"{_key(one)}/staff/{person.id}/{channel}",
                channel=channel,
                template=TO_STAFF,
                to=recipient_of(person),
                values=values,
                link=f"/team/people/{learner.id}" if person.id in above else "/account/notices",
                about=("assignment", one.id),
                reason={"why": "completed", "manager": person.id == learner.manager_id},
            )
        )
        for person in working
        for channel in ("in_app", "email")
    ]


def _gathered(row: dict[str, Any]) -> dict[str, Any]:
    """An e-mail that waits for the day's digest: ten people finishing before noon are no ten letters."""
    return row | {"status": "gathered"} if row["status"] == "queued" else row


def _next_due(one: TrainingAssignment) -> Any:
    """(title, due_on) of what the learner has to take first of all else, or None."""
    return db.session.execute(
        select(Course.title, TrainingAssignment.due_on)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .where(
            TrainingAssignment.employee_id == one.employee_id,
            TrainingAssignment.id != one.id,
            is_open(),
            Enrollment.locks == [],
        )
        .order_by(TrainingAssignment.due_on, TrainingAssignment.id)
        .limit(1)
    ).one_or_none()


def _suggested(learner: Employee) -> str | None:
    """The title of a course that fits, as the home page suggests it."""
    rows: Sequence[Any] = db.session.execute(
        select(Enrollment.course_id, Enrollment.completed_at)
        .where(Enrollment.employee_id == learner.id)
        .order_by(Enrollment.completed_at.desc().nulls_last())
    ).all()
    viewer = Viewer(learner.user_id or 0, learner.id, learner.name, learner.email or "")
    taken = frozenset(row.course_id for row in rows)
    found = suggestions_for(viewer, taken, [row.course_id for row in rows if row.completed_at], most=1)
    return found[0].title if found else None


def _asks_review(one: TrainingAssignment) -> bool:
    """Whether the learner may say what it was like and has neither done so nor declined."""
    mine = {"employee_id": one.employee_id, "course_id": one.course_id}
    said = exists().where(*(getattr(CourseReview, name) == value for name, value in mine.items()))
    no = exists().where(
        *(getattr(LearnerChoice, name) == value for name, value in mine.items()),
        LearnerChoice.kind == ChoiceKind.NO_REVIEW.value,
    )
    return not db.session.scalar(select(said | no))


def _above(employee_id: int) -> set[int]:
    """Managers of somebody, direct or not: who may open their page."""
    return set(db.session.scalars(select(ReportingLine.manager_id).where(ReportingLine.employee_id == employee_id)))
