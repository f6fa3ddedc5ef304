"""The packages of one lesson: those imported for it, those its versions name; what is in each. Nothing is written.

Whoever asks has found the lesson through the viewer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import aliased

from lmsapp.courses.catalogue.models import ContentVersion, Lesson
from lmsapp.courses.packages.models import PackageFile, PackageImport, ScormPackage
from lmsapp.courses.packages.rules import Manifest
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile

PAGE = 50
NAMED = "$.chapters[*].lessons[*] ? (@.id == $id).detail.scorm.package"


@dataclass(frozen=True, slots=True)
class Kept:
    """A package of a lesson. `file`: (name, bytes) of the ZIP as it came. `versions`: of the course, that have it."""

    id: int
    title: str
    edition: str
    file: tuple[str, int]
    created_at: dt.datetime
    by: str
    versions: tuple[int, ...]
    in_draft: bool


@dataclass(frozen=True, slots=True)
class FilesFound:
    """One page of a package's files. Rows: path, size, media_type."""

    rows: Sequence[Row[Any]]
    number: int
    size: int
    total: int


def packages_of(lesson: Lesson) -> list[Kept]:
    """Every package the lesson has or had, newest first. Three statements, however many there are."""
    versions, draft = _versions(lesson), _draft(lesson)
    taken = select(PackageImport.package_id, func.max(PackageImport.asked_by_name).label("by"))
    taken = taken.where(PackageImport.lesson_id == lesson.id, PackageImport.package_id.is_not(None))
    imports = {row.package_id: row.by for row in db.session.execute(taken.group_by(PackageImport.package_id))}
    wanted = {*imports, *versions, *([draft] if draft else [])}
    rows = db.session.execute(
        select(
            ScormPackage.id,
            ScormPackage.title,
            ScormPackage.edition,
            ScormPackage.created_at,
            StoredFile.name,
            StoredFile.size,
        )
        .join(StoredFile, StoredFile.id == ScormPackage.file_id)
        .where(ScormPackage.id.in_(wanted))
        .order_by(ScormPackage.id.desc())
    )
    return [
        Kept(
            id=row.id,
            title=row.title,
            edition=row.edition,
            file=(row.name, row.size),
            created_at=row.created_at,
            by=imports.get(row.id, ""),
            versions=tuple(versions.get(row.id, ())),
            in_draft=row.id == draft,
        )
        for row in rows
    ]


def package_in(lesson: Lesson, package_id: int) -> ScormPackage | None:
    """One package of this lesson, or None: no other package is reached through it."""
    if package_id not in {one.id for one in packages_of(lesson)}:
        return None
    return db.session.get(ScormPackage, package_id)


def manifest_kept(kept: Kept) -> Manifest:
    """What the manifest of a package in this list says."""
    return Manifest.from_json(db.session.get_one(ScormPackage, kept.id).manifest)


def zip_of(package: ScormPackage) -> StoredFile | None:
    """The ZIP as it came."""
    return db.session.get(StoredFile, package.file_id)


def files_in(package_id: int, number: int = 1) -> FilesFound:
    """One page of what the package holds, by path."""
    mine = PackageFile.package_id == package_id
    total = db.session.scalar(select(func.count()).select_from(PackageFile).where(mine)) or 0
    number = max(1, min(number, -(-total // PAGE)))
    shown: tuple[Any, ...] = (PackageFile.path, PackageFile.size, PackageFile.media_type)
    columns = select(*shown).where(mine)
    rows = db.session.execute(columns.order_by(PackageFile.path).limit(PAGE).offset((number - 1) * PAGE)).all()
    return FilesFound(rows, number, PAGE, total)


def files_compared(before_id: int, after_id: int) -> dict[str, int]:
    """How many files are 'new', 'gone' and 'changed' from one package to another."""
    old, new = aliased(PackageFile), aliased(PackageFile)
    there = select(old.path, old.sha256).where(old.package_id == before_id).subquery()
    here = select(new.path, new.sha256).where(new.package_id == after_id).subquery()
    both = there.join(here, there.c.path == here.c.path, full=True)
    counted = db.session.execute(
        select(
            func.count().filter(there.c.path.is_(None)).label("new"),
            func.count().filter(here.c.path.is_(None)).label("gone"),
            func.count().filter(there.c.sha256 != here.c.sha256).label("changed"),
        ).select_from(both)
    ).one()
    return {"new": counted.new, "gone": counted.gone, "changed": counted.changed}


def _draft(lesson: Lesson) -> int | None:
    found = lesson.detail.get("scorm", {}).get("package")
    return int(found) if found else None


def _versions(lesson: Lesson) -> dict[int, list[int]]:
    """Numbers of the course's versions by the package they have for this lesson."""
    named = func.jsonb_path_query_first(
        ContentVersion.content, literal(NAMED, JSONPATH), func.jsonb_build_object("id", lesson.id, type_=JSONB)
    )
    found: dict[int, list[int]] = {}
    versions = select(ContentVersion.number, named).where(ContentVersion.course_id == lesson.course_id)
    for number, package_id in db.session.execute(versions.order_by(ContentVersion.number)):
        if package_id:
            found.setdefault(int(package_id), []).append(number)
    return found
