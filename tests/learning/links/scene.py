"""A roofer with a phone, no e-mail and no password; two courses of hers; and links as reminders carry them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from sqlalchemy import inspect, select

from lmsapp.assignments.actions import assign
from lmsapp.assignments.links import link_for_assignment
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.links.models import AccessLink
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.people.accounts.queries import token_hash
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.actions import change_settings
from lmsapp.people.viewer import Viewer
from tests.cast import ZONE, Cast, make_cast
from tests.courses.authors import Written
from tests.kept import kept

MOBILE = "+15555550189"
DAYS = 20


@kept
@dataclass
class Field:
    """`written` has a text, an acknowledgement and a quiz; `short` one text, which completes it."""

    on: bool = True
    cast: Cast = field(default_factory=make_cast)
    ana: Employee = field(init=False)
    written: Written = field(init=False)
    short: Course = field(init=False)
    assigned: TrainingAssignment = field(init=False)
    other: TrainingAssignment = field(init=False)
    milo: Viewer = field(init=False)
    hana: Viewer = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        facts = EmployeeFacts(
            number="R-7", name="Ana María Ruiz", time_zone=ZONE, mobile=MOBILE, department="Roofs", job_role="Roofer"
        )
        self.ana = hire(facts, None)
        self.hana, self.milo = self.cast.hana.viewer, self.cast.milo.viewer
        milo = self.milo
        self.written = Written(milo, title="Confined spaces").publish()
        self.short = short_course(milo, "Fall protection renewal")
        self.assigned = self.assign(self.short)
        self.other = self.assign(self.written.course)
        if self.on:
            change_settings({"link_sign_in": True}, None, "field crews")
        db.session.commit()

    def assign(self, course: Course, employee: Employee | None = None) -> TrainingAssignment:
        due = clock.today(ZONE) + dt.timedelta(days=DAYS)
        return assign(employee or self.ana, course, due, by=self.milo)

    def afresh(self) -> None:
        """The same rows, for a session that begins now."""
        self.ana = db.session.get_one(Employee, inspect(self.ana).identity)
        self.short = db.session.get_one(Course, inspect(self.short).identity)
        self.assigned = db.session.get_one(TrainingAssignment, inspect(self.assigned).identity)

    def notice(self, assigned: TrainingAssignment | None = None, *, channel: str = "sms", address: str = "") -> Notice:
        """A reminder to whom it is assigned, as the engine promises it."""
        about = assigned or self.assigned
        employee = db.session.get_one(Employee, about.employee_id)
        to = replace(
            recipient_of(employee), address=address or (employee.mobile if channel == "sms" else employee.email)
        )
        self.sent += 1
        course = db.session.get_one(Course, about.course_id)
        values = {
            "title": course.title, "number": "TA-1", "due_on": about.due_on, "days_left": 3, "done_lessons": 0,
            "lesson_count": 1,
        }  # fmt: skip
        made = write_notice(
            key=f"reminder/assignment/{about.id}/{about.due_on}/{self.sent}/learner/{channel}",
            channel=channel,
            template="training_reminder",
            to=to,
            values=values,
            link=f"/learn/courses/{about.course_id}",
            about=("assignment", about.id),
        )
        assert made is not None
        db.session.commit()
        return made

    def link(self, assigned: TrainingAssignment | None = None, **where: str) -> str:
        """The path a message to her would carry now."""
        path = link_for_assignment(self.notice(assigned, **where))
        db.session.commit()
        assert path is not None
        return path

    def row(self, path: str) -> AccessLink:
        """What is kept of it, as it stands in the database."""
        wanted = select(AccessLink).where(AccessLink.token_sha256 == token_hash(path.removeprefix("/l/")))
        return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()

    @property
    def enrollment(self) -> Enrollment:
        return db.session.get_one(Enrollment, self.assigned.enrollment_id, populate_existing=True)


def short_course(by: Viewer, title: str) -> Course:
    """One text, and nothing else to do."""
    course = create_course(title, by=by, validity_months=12)
    add_lesson(
        add_chapter(course, "On the roof", by=by),
        "text",
        "Clip in first",
        by=by,
        body="Both hooks.",
        minutes=1,
        min_seconds=0,
    )
    set_rule(course, "all", [{"kind": "lessons", "share": 100}], by)
    publish(course, by)
    return course
