"""A package that lies there, a course with it, and a learner who has opened it: through the product's own actions, but
for the import, whose rows are laid down as they would be."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.packages.models import PackageFile, ScormPackage
from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.facts import lesson_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.launches.launching import launch, try_out
from lmsapp.learning.scorm.launches.tokens import token_of
from lmsapp.learning.scorm.models import ScormLaunch
from lmsapp.people.viewer import Viewer
from tests.cast import Person, employee
from tests.courses.authors import author
from tests.kept import kept

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


@kept
@dataclass
class Launched:
    """A learner in a published course, in the middle of a package."""

    name: str = "Lena Fischer"
    contents: Mapping[str, str | bytes] = field(default_factory=lambda: PLAIN)
    number: str = "S-1"
    by: Viewer = field(init=False)
    person: Person = field(init=False)
    course: Course = field(init=False)
    lesson: Lesson = field(init=False)
    package: ScormPackage = field(init=False)
    enrollment: Enrollment = field(init=False)
    launch: ScormLaunch = field(init=False)

    def __post_init__(self) -> None:
        self.by = author(f"Author of {self.name}")
        self.course = create_course(f"Course of {self.name}", by=self.by)
        chapter = add_chapter(self.course, "All of it", by=self.by)
        self.lesson = add_lesson(chapter, "scorm", f"Lesson of {self.name}", by=self.by, min_seconds=0)
        self.package = lay_down(self.contents, title=f"Package of {self.name}")
        said = {"package": self.package.id, "edition": "1.2", "title": self.package.title, "scos": 1}
        self.lesson.file_id = self.package.file_id
        self.lesson.detail = {"scorm": {**said, **PackageTerms().as_json()}}
        set_rule(self.course, "all", [{"kind": "lessons", "share": 100}], self.by)
        publish(self.course, self.by)
        self.person = employee(self.name, self.number, department="Ward", job_role="RN")
        self.enrollment = enroll(self.person.record, self.course, source="staff", by=None)
        self.launch = self.open()

    def open(self, *, trial: bool = False) -> ScormLaunch:
        """Another launch. `trial`: the author's, of no attempt."""
        if trial:
            made = try_out(self.lesson, by=self.by)
        else:
            line = lesson_of(self.enrollment, self.lesson.id)
            assert line is not None
            made = launch(self.enrollment, line, by=self.person.viewer)
        db.session.commit()
        return made

    @property
    def token(self) -> str:
        return token_of(self.launch.id)

    @property
    def files(self) -> str:
        """Where the files of the launch lie."""
        return f"/c/{self.token}/files/"
