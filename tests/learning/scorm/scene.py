"""A course with a SCORM package, learners in it, and what its content reported, as rows."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.packages.models import ScormPackage
from lmsapp.courses.packages.rules import Edition, Item, ItemKind, Manifest, PackageTerms
from lmsapp.infra import clock, files
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll, open_lesson
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.models import ScormAttempt, ScormCommit, ScormLaunch, ScormSco
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer
from tests.cast import Person
from tests.kept import kept

ANSWERS: dict[str, str] = {
    "cmi.interactions.0.id": "Q1_angle", "cmi.interactions.0.type": "choice", "cmi.interactions.0.result": "wrong",
    "cmi.interactions.0.student_response": "b", "cmi.interactions.0.correct_responses.0.pattern": "a",
    "cmi.interactions.0.latency": "0000:00:12.00", "cmi.interactions.0.time": "10:14:03",
    "cmi.interactions.1.id": "Q2_order", "cmi.interactions.1.type": "sequencing",
    "cmi.interactions.1.student_response": "look,climb", "cmi.interactions.1.result": "correct",
    "cmi.objectives.0.id": "obj_fall", "cmi.objectives.0.status": "passed", "cmi.comments": "Page 3 was unclear",
}  # fmt: skip


@kept
@dataclass
class Packaged:
    """A published course of one lesson, a package with one or more parts."""

    by: Viewer
    title: str = "Ladder safety"
    parts: tuple[str, ...] = ("Climbing",)
    edition: Edition = Edition.V12
    terms: PackageTerms = field(default_factory=PackageTerms)
    course: Course = field(init=False)
    lesson: Lesson = field(init=False)
    package: ScormPackage = field(init=False)

    def __post_init__(self) -> None:
        self.course = actions.create_course(self.title, by=self.by)
        chapter = actions.add_chapter(self.course, "Training", by=self.by)
        self.lesson = actions.add_lesson(chapter, "scorm", "On the ladder", by=self.by, minutes=10)
        came = files.store(io.BytesIO(b"PK\x05\x06" + bytes(18)), name="ladder.zip", media_type="application/zip")
        items = tuple(
            Item(f"item_{n}", None, title, ItemKind.SCO, f"{n}.html") for n, title in enumerate(self.parts, 1)
        )
        manifest = Manifest(self.edition, self.edition.value, self.title, "m", items)
        self.package = ScormPackage(
            file_id=came.id, edition=self.edition.value, title=self.title, manifest=manifest.as_json(), file_count=1,
            size=1,
        )  # fmt: skip
        db.session.add(self.package)
        db.session.flush()
        facts = {"package": self.package.id, "edition": self.edition.value, "title": self.title, "scos": len(items)}
        self.lesson.file_id = came.id
        self.lesson.detail = {**self.lesson.detail, "scorm": {**facts, **self.terms.as_json()}}
        actions.set_rule(self.course, "all", [{"kind": "lessons", "share": 100}], self.by)
        db.session.flush()
        actions.publish(self.course, self.by)
        db.session.commit()

    def enrolled(self, person: Person) -> Enrollment:
        """In the course, with the lesson opened."""
        enrollment = enroll(person.record, self.course, source="self", by=person.viewer)
        open_lesson(enrollment, self.lesson)
        db.session.flush()
        return enrollment

    def attempt(self, enrollment: Enrollment, **said: Any) -> ScormAttempt:
        """An attempt in which the first part said this: `completion`, `success`, `score`, `cmi`, `done`, `how`."""
        now, user_id = clock.now(), db.session.get_one(Employee, enrollment.employee_id).user_id
        assert user_id is not None
        completion, success = said.get("completion", "incomplete"), said.get("success", "unknown")
        score, done = said.get("score"), said.get("done", False)
        one = ScormAttempt(
            enrollment_id=enrollment.id, cycle=enrollment.cycle, lesson_id=self.lesson.id, package_id=self.package.id,
            number=said.get("number", 1), completion=completion, success=success, score=score, total_seconds=754,
            done_at=now if done else None,
        )  # fmt: skip
        db.session.add(one)
        db.session.flush()
        status = success if success != "unknown" and self.edition is Edition.V12 else completion
        cmi = {"cmi.core.lesson_status": status, **(said.get("cmi") or {})}
        raw = None if score is None else Decimal(score)
        db.session.add(
            ScormSco(
                attempt_id=one.id, item="item_1", cmi=cmi, completion=completion, success=success, score_raw=raw,
                total_seconds=754, sessions=1,
            )
        )  # fmt: skip
        launch = ScormLaunch(
            attempt_id=one.id, package_id=self.package.id, lesson_id=self.lesson.id, item="item_1",
            token_sha256=f"{one.id:064d}", opened_by_id=user_id, expires_at=now + dt.timedelta(hours=12), sittings=1,
            closed_at=now, closed_how=said.get("how", "silent"), session_seconds=754,
        )  # fmt: skip
        db.session.add(launch)
        db.session.flush()
        told = {"cmi.core.lesson_status": status, **({} if raw is None else {"cmi.core.score.raw": str(raw)})}
        effect = {"completion": ["unknown", completion], **({"done": True} if done else {})}
        db.session.add(
            ScormCommit(launch_id=launch.id, sitting=1, seq=1, how="set", said=told, names=list(told), effect=effect)
        )
        db.session.flush()
        return one
