"""Plays the plan through the actions, each happening at its instant; then tidies what only the present should do.

Nothing of the past is mailed: letters the history wrote are marked sent when they were written, rings are dropped, and
PDFs are promised for the last weeks only.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import singledispatchmethod

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.actions import assign_many, change_due_date, close
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.reminders import note_overdue, remind_due
from lmsapp.assignments.reminding.letters import WORDS
from lmsapp.demo.authoring import courses
from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import employees, viewer_of
from lmsapp.demo.plan import (
    Assigned,
    Attempted,
    Closed,
    Enrolled,
    Errand,
    Gone,
    Happening,
    Morning,
    Moved,
    Renewed,
    Studied,
)
from lmsapp.demo.study import CourseAtHand, attempt, sit
from lmsapp.evidence.seals.actions import SEAL_JOB
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.infra.queue import PENDING, ring
from lmsapp.learning.certificates.actions import mail_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.actions import renew
from lmsapp.learning.validity.renewals import tell_of_turns
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.wording import put_in_words
from lmsapp.people.employees.actions import leave
from lmsapp.people.viewer import Viewer

SOURCE = "demo"
PROMISED_DAYS = {"certificate": 45, "quiz_report": 14}
READ_AFTER_DAYS = 7
SEES_ALL_PDFS = "Lena Fischer"


class Replay:
    """Holds people, courses and enrollments, so that nothing is read twice."""

    def __init__(self, days: Days):
        self.days = days
        self.people = employees()
        self.courses = {slug: CourseAtHand(course) for slug, course in courses().items()}
        self.enrollments: dict[tuple[int, int], Enrollment] = {}
        self.attempts: Counter[int] = Counter()
        self._viewers: dict[str, Viewer] = {}

    def play(self, happenings: Iterable[Happening]) -> None:
        """In the order given."""
        for one in happenings:
            with moment(one.at):
                self.do(one)
        db.session.flush()

    @singledispatchmethod
    def do(self, one: Happening) -> None:
        """One happening, at the clock's time."""
        raise TypeError(one)

    @do.register
    def _(self, one: Assigned) -> None:
        course = self.courses[one.course].course
        who = [self.people[name] for name in one.names]
        assign_many(who, course, self.days.day(one.due), by=self.viewer(one.by), source=SOURCE, note=one.note)
        self._keep(course.id, [employee.id for employee in who])

    @do.register
    def _(self, one: Enrolled) -> None:
        course, employee = self.courses[one.course].course, self.people[one.name]
        enroll(employee, course, source="self", by=None)
        self._keep(course.id, [employee.id])

    @do.register
    def _(self, one: Renewed) -> None:
        renew(self._enrollment(one.name, one.course), by=self.viewer(one.name))

    @do.register
    def _(self, one: Studied) -> None:
        sit(self.courses[one.course], self._enrollment(one.name, one.course), one.lessons, one.pace, one.at)

    @do.register
    def _(self, one: Attempted) -> None:
        enrollment = self._enrollment(one.name, one.course)
        self.attempts[enrollment.id] += 1
        attempt(self.courses[one.course], enrollment, self.attempts[enrollment.id], one.wrong, passes=one.passes)

    @do.register
    def _(self, one: Moved) -> None:
        what = one.extension
        moved = self._assignment(what.name, what.course)
        change_due_date(moved, self.days.day(what.to), by=self.viewer(what.by), reason=what.reason)

    @do.register
    def _(self, one: Closed) -> None:
        what = one.closing
        close(self._assignment(what.name, what.course), what.closed_as, by=self.viewer(what.by), reason=what.reason)

    @do.register
    def _(self, one: Gone) -> None:
        leave(self.people[one.name], one.at.date(), self.viewer("Hana Novák"))

    @do.register
    def _(self, one: Errand) -> None:
        one.run()

    @do.register
    def _(self, one: Morning) -> None:
        tell_of_turns()
        remind_due()  # one batch holds everything that a day of this organisation brings
        note_overdue()
        word_promises()

    def viewer(self, name: str) -> Viewer:
        """As whom somebody acts."""
        if name not in self._viewers:
            self._viewers[name] = viewer_of(self.people[name])
        return self._viewers[name]

    def _enrollment(self, name: str, course: str) -> Enrollment:
        return self.enrollments[self.people[name].id, self.courses[course].course.id]

    def _keep(self, course_id: int, employee_ids: list[int]) -> None:
        found = db.session.scalars(
            select(Enrollment)
            .join(Enrollment.course)
            .join(Enrollment.employee)
            .options(contains_eager(Enrollment.course), contains_eager(Enrollment.employee))
            .where(Enrollment.course_id == course_id, Enrollment.employee_id.in_(employee_ids)),
            execution_options={"populate_existing": True},
        )
        self.enrollments |= {(one.employee_id, one.course_id): one for one in found}

    def _assignment(self, name: str, course: str) -> TrainingAssignment:
        return db.session.scalars(
            select(TrainingAssignment)
            .join(TrainingAssignment.employee)
            .options(contains_eager(TrainingAssignment.employee))
            .where(
                TrainingAssignment.employee_id == self.people[name].id,
                TrainingAssignment.course_id == self.courses[course].course.id,
                is_open(),
            )
        ).one()


def word_promises() -> None:
    """What the worker would do a moment later, except sending."""
    promised = select(Notice).where(Notice.subject == "", Notice.status == "queued", Notice.template.in_(WORDS))
    for notice in db.session.scalars(promised):
        values = WORDS[notice.template](notice)
        if values is not None:
            for name, value in put_in_words(notice, values).items():
                setattr(notice, name, value)
    db.session.flush()


def settle_papers(days: Days) -> int:
    """Of the PDFs promised keep the recent ones and one person's, and tell their holders, at the time.

    The number that the worker is to make.
    """
    lena = employees()[SEES_ALL_PDFS].id
    recent = [
        (SealedFile.kind == kind) & (SealedFile.created_at >= days.at(-back, 0)) for kind, back in PROMISED_DAYS.items()
    ]
    wanted = or_(*recent, SealedFile.employee_id == lena)
    db.session.execute(delete(SealedFile).where(SealedFile.status == "waiting", ~wanted))
    waiting = db.session.scalars(select(SealedFile).where(SealedFile.status == "waiting").order_by(SealedFile.id)).all()
    _tell_holders(waiting)
    return len(waiting)


def settle_paths(days: Days) -> None:
    """The same for the certificates of paths, which come after the year: each is made, and its holder was told."""
    of_paths = select(Certificate.id).where(Certificate.path_id.is_not(None))
    kept = (SealedFile.kind == "certificate", SealedFile.subject_id.in_(of_paths))
    waiting = db.session.scalars(select(SealedFile).where(*kept).order_by(SealedFile.id)).all()
    _tell_holders(waiting)
    settle_letters(days, [one.id for one in waiting])


def _tell_holders(waiting: Sequence[SealedFile]) -> None:
    for sealed in waiting:
        if sealed.kind == "certificate":
            issued_at = db.session.get_one(Certificate, sealed.subject_id).issued_at
            with moment(issued_at + dt.timedelta(seconds=40)):
                mail_certificate(sealed)


def settle_letters(days: Days, to_make: Sequence[int] | None = None) -> None:
    """What history wrote was sent then, and read but for the last week. The queue hears only of PDFs to be made.

    `to_make`: their ids; None: all that wait.
    """
    db.session.flush()
    now_sent = {"status": "sent", "sent_at": Notice.queued_at, "tries": 1, "next_try_at": Notice.queued_at}
    db.session.execute(update(Notice).where(Notice.status == "queued").values(now_sent))
    read = (Notice.channel == "in_app", Notice.queued_at < days.at(-READ_AFTER_DAYS, 0))
    db.session.execute(update(Notice).where(*read).values(read_at=Notice.queued_at + dt.timedelta(hours=5)))
    db.session().info.pop(PENDING, None)
    if to_make is None:
        to_make = db.session.scalars(select(SealedFile.id).where(SealedFile.status == "waiting")).all()
    for sealed_id in to_make:
        ring(SEAL_JOB, sealed_id)
