"""Imports of packages through an author's eyes; the package of a lesson; which files are still named (SCO-1)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.packages.models import PackageFile, PackageImport, ScormPackage
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.people.viewer import Viewer


def import_for(viewer: Viewer, import_id: int) -> PackageImport | None:
    """An import into a lesson that the viewer may write, or None."""
    return db.session.scalar(
        select(PackageImport)
        .join(Lesson, Lesson.id == PackageImport.lesson_id)
        .join(Course, Course.id == Lesson.course_id)
        .where(PackageImport.id == import_id, written_by(viewer))
    )


def latest_import(lesson: Lesson) -> PackageImport | None:
    """The newest ZIP that was sent for the lesson, whatever came of it."""
    mine = select(PackageImport).where(PackageImport.lesson_id == lesson.id)
    return db.session.scalar(mine.order_by(PackageImport.id.desc()).limit(1))


def package_of(lesson: Lesson) -> ScormPackage | None:
    """The package of the draft, or None before the first was taken."""
    package_id = lesson.detail.get("scorm", {}).get("package")
    return db.session.get(ScormPackage, package_id) if package_id else None


def zip_digest(lesson: Lesson) -> str | None:
    """The SHA-256 of the ZIP the lesson has, or None."""
    return db.session.scalar(select(StoredFile.sha256).where(StoredFile.id == lesson.file_id))


def named_files(digests: list[str]) -> set[str]:
    """Which of these SHA-256 a row names: of a stored file, or of a file in a package."""
    found: set[str] = set()
    for at in range(0, len(digests), 5000):
        some = digests[at : at + 5000]
        for column in (StoredFile.sha256, PackageFile.sha256):
            found.update(db.session.scalars(select(column).where(column.in_(some)).distinct()))
    return found
