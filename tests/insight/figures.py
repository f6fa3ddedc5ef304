"""Eighteen people with training of every fate, for figures and the rows behind them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from tests.cast import ZONE, Cast, make_cast
from tests.kept import kept


@kept
class Figures:
    """Mark leads twelve in Ward A and three each in Ward B and without a department. `first` is mandatory, `other` not.

    Person n took `first` by FATES[n % 8], and was enrolled 60 + n days ago; a third also take `other`.
    """

    # (due in so many days, completed so many days ago, closed as)
    FATES = (
        (-20, 25, None),
        (-20, 10, None),
        (-20, None, None),
        (-40, None, None),
        (30, None, None),
        (30, 3, None),
        (-5, None, "exempt"),
        (-70, 45, None),
    )

    def __init__(self) -> None:
        self.cast: Cast = make_cast()
        self.ward_a, self.ward_b = Department(name="Ward A"), Department(name="Ward B")
        self.first = Course(slug="first", title="First aid", status="published", mandatory=True)
        self.other = Course(slug="other", title="Other things", status="published", kind="elective development")
        db.session.add_all([self.ward_a, self.ward_b, self.first, self.other])
        db.session.flush()
        chapter = Chapter(course_id=self.first.id, position=1, title="Bandages")
        db.session.add(chapter)
        db.session.flush()
        self.lesson = Lesson(course_id=self.first.id, chapter_id=chapter.id, position=1, kind="text", title="Knots")
        db.session.add(self.lesson)
        db.session.flush()
        self.people = [self._person(n) for n in range(18)]
        for n, person in enumerate(self.people):
            due, done, closed = self.FATES[n % 8]
            one = self.took(person, self.first, due, done, closed=closed, enrolled=60 + n, score=70 + n)
            if n % 8 in (1, 2):
                self.remind(one, 21)
            if n % 3 == 0:
                self.took(person, self.other, 40, 2 if n % 2 else None, enrolled=20 + n, score=90 if n % 2 else None)
        db.session.commit()

    def _person(self, n: int) -> Employee:
        ward = self.ward_a.id if n < 12 else self.ward_b.id if n < 15 else None
        person = Employee(
            number=f"F-{n:03d}",
            name=f"Person {n:03d}",
            sort_name=f"person {n:03d}",
            department_id=ward,
            job_role="RN" if n % 2 else "LPN",
            location="Tower A" if n % 5 else "",
            cohort="2024 spring" if n < 9 else "",
            hire_date=clock.now().date() - dt.timedelta(days=800 if n else 40),
            manager_id=self.cast.mark.record.id,
            time_zone=ZONE,
        )
        db.session.add(person)
        db.session.flush()
        db.session.add(ReportingLine(manager_id=self.cast.mark.record.id, employee_id=person.id, depth=1))
        return person

    def took(
        self,
        person: Employee,
        course: Course,
        due: int,
        done: int | None,
        *,
        closed: str | None = None,
        enrolled: int = 60,
        score: int | None = None,
        **more: Any,
    ) -> TrainingAssignment:
        """As learning and time would have left it."""
        now, today = clock.now(), clock.today(ZONE)
        completed_at = now - dt.timedelta(days=done) if done is not None and closed is None else None
        due_on = today + dt.timedelta(days=due)
        enrollment = Enrollment(
            employee_id=person.id,
            course_id=course.id,
            enrolled_at=now - dt.timedelta(days=enrolled),
            last_active_at=now - dt.timedelta(days=enrolled - 5),
            completed_at=completed_at,
            exempted_at=now - dt.timedelta(days=6) if closed == "exempt" else None,
            current_lesson_id=self.lesson.id if course is self.first and person.id % 2 else None,
            best_score=score if completed_at else None,
            progress=100 if completed_at else 0,
            **more,
        )
        db.session.add(enrollment)
        db.session.flush()
        one = TrainingAssignment(
            employee_id=person.id,
            course_id=course.id,
            enrollment_id=enrollment.id,
            assigned_at=enrollment.enrolled_at,
            due_on=due_on,
            due_at=clock.end_of_day(due_on, ZONE),
            completed_at=completed_at,
            completed_on=completed_at.date() if completed_at else None,
            closed_as=closed,
        )
        db.session.add(one)
        db.session.flush()
        return one

    def remind(self, one: TrainingAssignment, days_ago: int) -> None:
        """A reminder that was sent to the learner."""
        at = clock.now() - dt.timedelta(days=days_ago)
        db.session.add(
            Notice(
                key=f"reminder/assignment/{one.id}/{one.due_on}/{days_ago}/learner/email",
                channel="email",
                template="training_reminder",
                employee_id=one.employee_id,
                about_kind="assignment",
                about_id=one.id,
                status="sent",
                sent_at=at,
                queued_at=at,
            )
        )
