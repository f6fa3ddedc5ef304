"""Courses of small packages on a served product, learners of them, and what the product holds in the end.

Packages are imported as they are in the studio: sent, read by the worker's own code, taken into the lesson. What is
held is read from the rows, by nothing that the product itself would ask.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.packages.actions import start_import
from lmsapp.courses.packages.models import PackageImport
from lmsapp.courses.packages.work import work_on_package
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch, ScormSco
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.cast import employee, staff
from tests.client import PageClient
from tests.scorm.packages import Package


@dataclass(frozen=True)
class Played:
    """A published course of one lesson with the package."""

    id: int
    lesson_id: int
    package: Package
    terms: Mapping[str, Any]

    @property
    def page(self) -> str:
        return f"/learn/courses/{self.id}"

    @property
    def lesson(self) -> str:
        return f"{self.page}/lessons/{self.lesson_id}"


@dataclass(frozen=True)
class Learner:
    """Somebody enrolled; `cookie` is (name, value) of a session of theirs."""

    user_id: int
    employee_id: int
    enrollment_id: int
    name: str
    cookie: tuple[str, str]


@dataclass(frozen=True)
class Part:
    """What is held of one SCO. `percent` as the attempt counts it."""

    completion: str
    success: str
    raw: float | None
    place: str
    state: str
    seconds: int
    cmi: Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """What the product says of one learner in one course."""

    lesson_done: bool
    complete: bool
    progress: int
    records: int
    certificates: int
    attempts: int
    completion: str = "unknown"
    success: str = "unknown"
    score: float | None = None
    seconds: int = 0
    parts: Mapping[str, Part] = field(default_factory=dict)
    open_launches: int = 0


@dataclass
class Stage:
    """`app` is an application of this process on the served product's database. `prefix` of the numbers of people, where
    two stages stand on one."""

    app: Flask
    url: str
    prefix: str = "S"
    people: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    author: Viewer | None = None
    courses: dict[str, Played] = field(default_factory=dict)

    def course(self, name: str, package: Package, terms: Mapping[str, Any] | None = None) -> Played:
        """The course of that name, made when it is first asked for."""
        if name not in self.courses:
            self.courses[name] = self._course(name, package, terms or {})
        return self.courses[name]

    def _course(self, name: str, package: Package, terms: Mapping[str, Any]) -> Played:
        with self.app.app_context():
            if self.author is None:
                self.author = staff(f"Cora{self.prefix} Creator", Role.COURSE_CREATOR).viewer
                db.session.commit()
            by = self.author
            course = create_course(name, by=by)
            lesson = add_lesson(add_chapter(course, "All of it", by=by), "scorm", package.title, by=by, min_seconds=0)
            run_id = start_import(lesson, Upload.of(package.zipped, f"{name}.zip"), by=by).id
            ids = course.id, lesson.id
            db.session.commit()
            work_on_package(run_id)
            run = db.session.get_one(PackageImport, run_id, populate_existing=True)
            assert run.status == "taken", (run.error, run.error_values)
            course, lesson = db.session.get_one(Course, ids[0]), db.session.get_one(Lesson, ids[1])
            lesson.detail = {**lesson.detail, "scorm": {**lesson.detail["scorm"], **terms}}
            set_rule(course, "all", [{"kind": "lessons", "share": 100}], by)
            publish(course, by)
            db.session.commit()
            db.session.remove()
        return Played(*ids, package, terms)

    def learner(self, course: Played) -> Learner:
        """Somebody new, enrolled in it and signed in."""
        number = next(self.people)
        with self.app.app_context():
            called = f"L{self.prefix}{number} Learner"
            person = employee(called, f"{self.prefix}-{number:05}", department="Ward", job_role="RN")
            enrollment = enroll(person.record, db.session.get_one(Course, course.id), source="staff", by=None)
            db.session.commit()
            found = Learner(
                person.user.id, person.record.id, enrollment.id, person.user.name, self.cookie(person.user.id)
            )
            db.session.remove()
        return found

    def cookie(self, user_id: int) -> tuple[str, str]:
        """A session of theirs."""
        client = PageClient(self.app)
        client.sign_in(user_id)
        client.get("/account", buffered=True)
        found = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert found is not None
        return found.key, found.value

    def held(self, course: Played, learner: Learner) -> Held:
        """As the rows say now."""
        with self.app.app_context():
            try:
                return _held(course, learner)
            finally:
                db.session.remove()

    def until(
        self, course: Played, learner: Learner, look: Callable[[Held], list[str]], seconds: float = 6
    ) -> list[str]:
        """What `look` finds wrong, asked again until nothing is or the time is over."""
        deadline = time.monotonic() + seconds
        while True:
            wrong = look(self.held(course, learner))
            if not wrong or time.monotonic() > deadline:
                return wrong
            time.sleep(0.1)


def _held(course: Played, learner: Learner) -> Held:
    enrollment = db.session.get_one(Enrollment, learner.enrollment_id)
    progress = db.session.get(LessonProgress, (enrollment.id, enrollment.cycle, course.lesson_id))
    of_lesson = (ScormAttempt.enrollment_id == enrollment.id, ScormAttempt.lesson_id == course.lesson_id)
    attempts = list(db.session.scalars(select(ScormAttempt).where(*of_lesson).order_by(ScormAttempt.number)))
    found = {
        "lesson_done": progress is not None and progress.done_at is not None,
        "complete": enrollment.completed_at is not None,
        "progress": enrollment.progress,
        "records": _count(CompletionRecord, CompletionRecord.employee_id == learner.employee_id),
        "certificates": _count(Certificate, Certificate.employee_id == learner.employee_id),
        "attempts": len(attempts),
    }
    if not attempts:
        return Held(**found)
    last = attempts[-1]
    parts = db.session.scalars(select(ScormSco).where(ScormSco.attempt_id == last.id))
    still = (ScormLaunch.attempt_id == last.id, ScormLaunch.closed_at.is_(None))
    return Held(
        **found,
        completion=last.completion,
        success=last.success,
        score=None if last.score is None else float(last.score),
        seconds=last.total_seconds,
        parts={one.item: _part(one) for one in parts},
        open_launches=_count(ScormLaunch, *still),
    )


def _count(model: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def _part(row: ScormSco) -> Part:
    cmi = dict(row.cmi)
    place = str(cmi.get("cmi.core.lesson_location", cmi.get("cmi.location", "")))
    raw = None if row.score_raw is None else float(row.score_raw)
    return Part(row.completion, row.success, raw, place, row.suspend_data, row.total_seconds, cmi)


def as_text(held: Held) -> str:
    """For a message: everything but the bulk."""
    parts = {
        item: {
            name: (len(value) if name == "state" else value) for name, value in vars_of(part).items() if name != "cmi"
        }
        for item, part in held.parts.items()
    }
    return json.dumps({**vars_of(held), "parts": parts}, default=str)


def vars_of(row: Any) -> dict[str, Any]:
    """The fields of a dataclass, as they are."""
    return {name: getattr(row, name) for name in row.__dataclass_fields__}
