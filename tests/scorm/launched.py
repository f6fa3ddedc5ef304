"""A package that lies there, and people with launches of it: rows as import and player leave them."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field

from lmsapp.courses.packages.models import PackageFile, ScormPackage
from lmsapp.infra import clock, files
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch
from lmsapp.learning.scorm.tokens import WHOLE, digest_of, token_of
from tests.cast import Person, employee
from tests.courses.authors import Written, author

PLAIN = {"index.html": "<!doctype html><title>Course</title><p>Words</p>", "images/Logo.png": b"\x89PNG bytes"}


def lay_down(contents: Mapping[str, str | bytes], *, title: str = "Package", start: str = "index.html") -> ScormPackage:
    """The rows and bytes of a package of one SCO named 'item'."""
    item = {"id": "item", "parent": None, "title": title, "kind": "sco", "href": start}
    manifest = {"edition": "1.2", "version": "1.2", "title": title, "items": [item]}
    kept = files.store(title.encode(), name="package.zip", media_type="application/zip")
    package = ScormPackage(
        file_id=kept.id, edition="1.2", title=title, manifest=manifest, file_count=len(contents), size=0
    )
    db.session.add(package)
    db.session.flush()
    for path, given in contents.items():
        content = given.encode() if isinstance(given, str) else given
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        sha256 = files.store(content, name=path, media_type=media_type).sha256
        db.session.add(
            PackageFile(package_id=package.id, path=path, sha256=sha256, size=len(content), media_type=media_type)
        )
    db.session.flush()
    return package


@dataclass
class Launched:
    """A learner in a course, in the middle of a package."""

    name: str = "Lena Fischer"
    contents: Mapping[str, str | bytes] = field(default_factory=lambda: PLAIN)
    number: str = "S-1"
    person: Person = field(init=False)
    course: Written = field(init=False)
    package: ScormPackage = field(init=False)
    enrollment: Enrollment = field(init=False)
    attempt: ScormAttempt = field(init=False)
    launch: ScormLaunch = field(init=False)

    def __post_init__(self) -> None:
        self.course = Written(author(f"Author of {self.name}"), title=f"Course of {self.name}")
        self.course.publish()
        self.package = lay_down(self.contents, title=f"Package of {self.name}")
        self.person = employee(self.name, self.number, department="Ward", job_role="RN")
        self.enrollment = enroll(self.person.record, self.course.course, source="staff", by=None)
        db.session.flush()
        self.attempt = ScormAttempt(
            enrollment_id=self.enrollment.id,
            cycle=1,
            lesson_id=self.course.text.id,
            number=1,
            package_id=self.package.id,
        )
        db.session.add(self.attempt)
        db.session.flush()
        self.launch = self.open()

    def open(self, *, trial: bool = False) -> ScormLaunch:
        """Another launch. `trial`: an author's, of no attempt."""
        launch = ScormLaunch(
            attempt_id=None if trial else self.attempt.id,
            package_id=self.package.id,
            lesson_id=self.course.text.id,
            item="item",
            token_sha256="",
            opened_by_id=self.person.user.id,
            expires_at=clock.now() + WHOLE,
        )
        db.session.add(launch)
        db.session.flush()
        launch.token_sha256 = digest_of(token_of(launch.id))
        db.session.commit()
        return launch

    @property
    def token(self) -> str:
        return token_of(self.launch.id)

    @property
    def files(self) -> str:
        """Where the files of the launch lie."""
        return f"/c/{self.token}/files/"
