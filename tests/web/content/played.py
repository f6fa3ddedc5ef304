"""Lessons with a package in a served product, and what is held of them afterwards: for tests in a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page
from sqlalchemy import select

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.packages.actions import start_import
from lmsapp.courses.packages.models import PackageImport
from lmsapp.courses.packages.work import work_on_package
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.models import ScormAttempt, ScormSco
from lmsapp.people.roles import Role
from tests.browser import LiveServer
from tests.cast import employee, staff
from tests.client import PageClient

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@dataclass
class Played:
    """A course of one lesson with that package, and its learner. `cookie`: a session of theirs."""

    live: LiveServer
    lesson: str
    enrollment_id: int
    cookie: str

    @classmethod
    def of(cls, live: LiveServer, name: str, zipped: bytes, **terms: Any) -> Played:
        """Sent, read, taken, published; somebody enrolled and signed in."""
        with live.app.app_context():
            by = staff(f"Cora-{name} Author", Role.COURSE_CREATOR).viewer
            course = create_course(name, by=by)
            lesson = add_lesson(add_chapter(course, "All", by=by), "scorm", name, by=by, min_seconds=0)
            ids = course.id, lesson.id
            run_id = start_import(lesson, Upload.of(zipped, f"{name}.zip"), by=by).id
            db.session.commit()
            work_on_package(run_id)
            run = db.session.get_one(PackageImport, run_id, populate_existing=True)
            assert run.status == "taken", (run.error, run.error_values)
            course, lesson = db.session.get_one(Course, ids[0]), db.session.get_one(Lesson, ids[1])
            lesson.detail = {**lesson.detail, "scorm": {**lesson.detail["scorm"], **terms}}
            set_rule(course, "all", [{"kind": "lessons", "share": 100}], by)
            publish(course, by)
            person = employee(f"Lena-{name} Learner", f"E-{ids[0]}", department="Ward", job_role="RN")
            enrollment = enroll(person.record, course, source="staff", by=None)
            db.session.commit()
            client = PageClient(live.app)
            client.sign_in(person.user.id)
            cookie = client.get_cookie("session")
            assert cookie is not None
            made = cls(live, f"/learn/courses/{ids[0]}/lessons/{ids[1]}", enrollment.id, cookie.value)
            db.session.remove()
        return made

    def held(self) -> tuple[Enrollment, ScormAttempt, dict[str, ScormSco]]:
        """As the rows say now, of the newest attempt."""
        with self.live.app.app_context():
            enrollment = db.session.get_one(Enrollment, self.enrollment_id)
            mine = select(ScormAttempt).where(ScormAttempt.enrollment_id == self.enrollment_id)
            attempt = db.session.scalars(mine.order_by(ScormAttempt.number.desc())).first()
            assert attempt is not None
            parts = db.session.scalars(select(ScormSco).where(ScormSco.attempt_id == attempt.id)).all()
            db.session.expunge_all()
            db.session.remove()
        return enrollment, attempt, {one.item: one for one in parts}


@dataclass
class Window:
    """One tab of the learner. `complaints`: of the browser; `dialogs`: what the content asked, answered with yes."""

    played: Played
    context: BrowserContext
    page: Page = field(init=False)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.accept()))

    def start(self) -> Window:
        self.page.goto(self.played.lesson)
        self.page.locator("[data-launch]").click()
        return self

    @property
    def wrapper(self) -> FrameLocator:
        return self.page.frame_locator("iframe[data-player]")

    @property
    def content(self) -> FrameLocator:
        return self.wrapper.frame_locator("iframe.content")

    def saved(self) -> None:
        self.page.wait_for_selector("[data-player-state=saved]")

    def exit(self) -> None:
        self.page.locator("[data-exit]").click()
        self.page.wait_for_url(f"**{self.played.lesson}")


@contextmanager
def window(browser: Browser, played: Played, size: Any = None, **options: Any) -> Iterator[Window]:
    """Theirs, signed in; checked for complaints at the end."""
    context = browser.new_context(base_url=played.live.url, locale="en-US", viewport=size or DESK, **options)
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "session", "value": played.cookie, "url": played.live.url}])
    made = Window(played, context)
    yield made
    context.close()
    assert not made.complaints


def shared(name: str) -> Path:
    """A sample package that is no part of the repository: in SCORM_SAMPLES, or in shared/data/scorm beside it."""
    beside = [one / "shared" / "data" / "scorm" for one in Path(__file__).resolve().parents]
    folders = [Path(os.environ["SCORM_SAMPLES"])] if "SCORM_SAMPLES" in os.environ else beside
    return next((one / name for one in folders if (one / name).exists()), Path(name))
