"""A published course whose lesson is a package, a learner in it, and a player that posts as the real one does."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.courses.packages.models import ScormPackage
from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.infra import clock, files
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.facts import line_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.commits.committing import commit
from lmsapp.learning.scorm.commits.messages import BeatMessage, read_commit
from lmsapp.learning.scorm.commits.recording import recorded
from lmsapp.learning.scorm.launches.launch_view import launch_view
from lmsapp.learning.scorm.launches.launching import launch
from lmsapp.learning.scorm.launches.sitting_down import note_beat, sit_down
from lmsapp.learning.scorm.launches.tokens import launch_for_commit, token_of
from lmsapp.learning.scorm.models import ScormAttempt, ScormCommit, ScormLaunch, ScormSco
from tests.cast import Cast, Person, employee
from tests.kept import kept

STATUS, SCORE, EXIT, TIME = "cmi.core.lesson_status", "cmi.core.score.raw", "cmi.core.exit", "cmi.core.session_time"
PLACE, KEPT = "cmi.core.lesson_location", "cmi.suspend_data"


def part(name: str, kind: str = "sco", **more: Any) -> dict[str, Any]:
    """An item of a manifest."""
    return {"id": name, "parent": None, "title": name.title(), "kind": kind, "href": f"{name}.html", **more}


def package(*items: Mapping[str, Any], edition: str = "1.2", **more: Any) -> ScormPackage:
    """The row of a package, as an import leaves it."""
    kept = files.store(b"PK", name="package.zip", media_type="application/zip")
    manifest = {"edition": edition, "version": edition, "title": "Safe lifting", "items": list(items), **more}
    row = ScormPackage(file_id=kept.id, edition=edition, title="Safe lifting", manifest=manifest, file_count=1, size=9)
    db.session.add(row)
    db.session.flush()
    return row


@kept
@dataclass
class Scene:
    """`cast.lena` in a course of one package (`items`) that is published and asks for all lessons."""

    cast: Cast
    items: Sequence[Mapping[str, Any]] = field(default_factory=lambda: (part("one"),))
    edition: str = "1.2"
    terms: PackageTerms = field(default_factory=PackageTerms)
    more: Mapping[str, Any] = field(default_factory=dict)
    rule: Sequence[Mapping[str, Any]] = field(default_factory=lambda: ({"kind": "lessons", "share": 100},))
    title: str = "Lifting"
    package: ScormPackage = field(init=False)
    course: Course = field(init=False)
    lesson: Lesson = field(init=False)
    enrollment: Enrollment = field(init=False)

    def __post_init__(self) -> None:
        by = self.cast.milo.viewer
        self.package = package(*self.items, edition=self.edition, **self.more)
        self.course = actions.create_course(self.title, by=by, validity_months=12)
        chapter = actions.add_chapter(self.course, "All of it", by=by)
        self.lesson = actions.add_lesson(chapter, "scorm", "The package", by=by)
        self.put(self.package)
        actions.set_rule(self.course, "all", list(self.rule), by)
        actions.publish(self.course, by)
        self.enrollment = self.enroll(self.cast.lena)
        db.session.commit()

    def put(self, package: ScormPackage) -> None:
        """The draft of the lesson shows this package."""
        facts = {"package": package.id, "edition": package.edition, "title": package.title, "scos": 1}
        self.lesson.detail = {"scorm": facts | self.terms.as_json()}
        self.lesson.file_id = package.file_id
        db.session.flush()

    def enroll(self, person: Person) -> Enrollment:
        return enroll(person.record, self.course, source="self", by=person.viewer)

    def learner(self, number: int) -> Person:
        """One more, enrolled."""
        person = employee(f"Learner{number} Other", f"L-{number}", department="Cardiology", job_role="RN")
        self.enroll(person)
        return person

    @property
    def line(self) -> LessonLine:
        found = line_of(self.enrollment, self.lesson.id)
        assert found is not None
        return found

    def play(self, item: str | None = None, *, again: bool = False) -> Player:
        """Open the lesson, and the page of the player."""
        made = launch(self.enrollment, self.line, by=self.cast.lena.viewer, item=item, again=again)
        return Player(made.id).load()

    def attempts(self) -> list[ScormAttempt]:
        asked = select(ScormAttempt).where(ScormAttempt.enrollment_id == self.enrollment.id)
        return list(db.session.scalars(asked.order_by(ScormAttempt.cycle, ScormAttempt.number)))


@dataclass
class Player:
    """One launch as its page plays it; commits go the way of the view."""

    launch_id: int
    sitting: int = 0
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def load(self) -> Player:
        """The page is loaded: another sitting."""
        self.sitting = sit_down(self.launch)
        db.session.commit()
        self.numbers = itertools.count(1)
        return self

    @property
    def launch(self) -> ScormLaunch:
        return db.session.get_one(ScormLaunch, self.launch_id)

    @property
    def token(self) -> str:
        return token_of(self.launch_id)

    @property
    def sco(self) -> ScormSco:
        attempt_id = self.launch.attempt_id
        assert attempt_id is not None
        found = db.session.get_one(ScormSco, (attempt_id, self.launch.item))
        db.session.refresh(found)
        return found

    @property
    def attempt(self) -> ScormAttempt:
        return db.session.get_one(ScormAttempt, self.launch.attempt_id)

    def says(self, how: str = "set", /, *, seq: int | None = None, **said: Any) -> dict[str, Any]:
        """A commit of these elements: `status`, `score`, ... or names with '__' for '.'."""
        return self.posts(how, named(said), seq=seq)

    def posts(self, how: str, said: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """A commit. `seq`, `sitting`, `session_seconds`, `nav`, `sequencing` where they matter."""
        seq = more.pop("seq", None) or next(self.numbers)
        body = {"sitting": self.sitting, "seq": seq, "how": how, "set": said, **more}
        return post(self.token, body)

    def finishes(self, **said: Any) -> dict[str, Any]:
        """LMSFinish, with what was not saved yet."""
        return self.says("finish", **said)

    def beats(self, seconds: float) -> dict[str, Any]:
        return note_beat(self.launch, BeatMessage(self.sitting, seconds))

    def view(self) -> dict[str, Any]:
        """The launch as the page gets it."""
        return launch_view(self.launch, self.sitting)

    def log(self) -> list[ScormCommit]:
        asked = select(ScormCommit).where(ScormCommit.launch_id == self.launch_id)
        return list(db.session.scalars(asked.order_by(ScormCommit.sitting, ScormCommit.seq)))


def post(token: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """As the view takes it."""
    message = read_commit(json.dumps(body).encode())
    answer = recorded(token, message)
    if answer is None:
        found = launch_for_commit(token, clock.now())
        assert found is not None, "the token takes no commits"
        answer = commit(found, message)
    db.session.commit()
    return answer


SHORT = {"status": STATUS, "score": SCORE, "exit": EXIT, "time": TIME, "place": PLACE, "kept": KEPT}


def named(said: Mapping[str, Any]) -> dict[str, Any]:
    return {SHORT.get(name, name.replace("__", ".")): value for name, value in said.items()}
