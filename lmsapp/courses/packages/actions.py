"""Send a package for a lesson, set it aside, take it into the lesson once it was read (SCO-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.rules import MAX_TITLE, LessonKind
from lmsapp.courses.packages.models import PackageImport, ScormPackage
from lmsapp.courses.packages.queries import zip_digest
from lmsapp.courses.packages.rules import Manifest, PackageTerms
from lmsapp.courses.packages.zips.directory import EMPTY, END_SIGN, LOCAL_SIGN, NO_ZIP
from lmsapp.courses.packages.zips.opening import LARGEST_ZIP, TOO_LARGE
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.files import store
from lmsapp.infra.queue import ring
from lmsapp.infra.staging import hold_files
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

PACKAGE_JOB = "package"
ZIP = "application/zip"
LONGEST_NAME = 200

SAME = N_("This is the package that the lesson has already. Nothing was changed.")
NO_PLACE = N_("This lesson takes no package. Choose a lesson of the kind “SCORM package” that is not archived.")
OVERTAKEN = N_("Another package was sent for this lesson after this one, and was taken. Nothing was changed.")
DONE_WITH = N_("This package is done with already.")
NOT_WAITING = N_("This package is not waiting for another try.")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file of a package that was written. `size` in bytes."""

    path: str
    sha256: str
    size: int
    media_type: str


def start_import(lesson: Lesson, upload: Upload, *, by: Viewer) -> PackageImport:
    """Keep the ZIP and ask the worker to read it; one that is still being read for this lesson is set aside.

    Raises RuleBroken (field 'file') for what shows at once to be no ZIP, to be too large, or to be there already.
    """
    _check_place(lesson)
    quick_look(upload)
    hold_files(alone=False)
    stored = store(upload.source, name=_plain(upload.name), media_type=ZIP)
    if stored.sha256 == zip_digest(lesson):
        raise RuleBroken(SAME, field="file")
    for other in _open_imports(lesson.id):
        discard_import(other, by=by)
    run = PackageImport(
        file_id=stored.id,
        file_name=stored.name,
        lesson_id=lesson.id,
        asked_by_id=by.user_id,
        asked_by_name=by.name,
        error_values={},
        notes=[],
    )
    db.session.add(run)
    db.session.flush()
    after = {"lesson": lesson.title, "file": run.file_name, "size": stored.size, "sha256": stored.sha256}
    record_change("package sent", ("course", lesson.course_id), by=by, after=after)
    ring(PACKAGE_JOB, run.id, urgent=True)
    return run


def named_after(file_name: str) -> str:
    """What a lesson is called until its package has said its own title: the name of the file, as far as it is one."""
    return _plain(file_name).rpartition(".")[0]


def quick_look(upload: Upload) -> None:
    """By its first bytes and its size; the upload is at its beginning afterwards. Raises RuleBroken (field 'file')."""
    size = upload.source.seek(0, 2)
    upload.source.seek(0)
    head = upload.source.read(4)
    upload.source.seek(0)
    if size > LARGEST_ZIP:
        raise RuleBroken(TOO_LARGE, field="file", most=LARGEST_ZIP >> 20)
    if head == END_SIGN:
        raise RuleBroken(EMPTY, field="file")
    if head != LOCAL_SIGN:
        raise RuleBroken(NO_ZIP, field="file")


def discard_import(run: PackageImport, *, by: Viewer) -> None:
    """Not this ZIP: a worker that reads it stops, and the file is let go. Raises RuleBroken once it is done with."""
    db.session.refresh(run, with_for_update=True)
    if run.status != "reading":
        raise RuleBroken(DONE_WITH)
    run.status, run.state, run.lease_until, run.ended_at = "discarded", "ready", None, clock.now()
    _note(run, "package set aside", by)


def try_again(run: PackageImport, *, by: Viewer) -> None:
    """Once more what failed on our side. Raises RuleBroken when nothing did."""
    db.session.refresh(run, with_for_update=True)
    if (run.status, run.state) != ("reading", "failed"):
        raise RuleBroken(NOT_WAITING)
    run.state, run.tries, run.error, run.error_values, run.lease_until = "waiting", 0, None, {}, None
    run.done = run.total = 0
    _note(run, "package tried again", by)
    ring(PACKAGE_JOB, run.id, urgent=True)


def refuse_import(run: PackageImport, broken: RuleBroken) -> None:
    """What the package is not, in words; for good."""
    run.status, run.state, run.lease_until, run.ended_at = "refused", "ready", None, clock.now()
    run.error = broken.message
    run.error_values = {name: str(value) for name, value in broken.values.items()}
    _note(run, "package refused", Viewer(run.asked_by_id, None, run.asked_by_name, ""), reason=str(broken))


def take_package(run: PackageImport, manifest: Manifest, files: Iterable[Unpacked], *, by: Viewer) -> ScormPackage:
    """Keep the package and make it the lesson's. Terms stay; so does whatever learners did in the one before.

    Raises RuleBroken where the lesson takes none any more, or has got a newer one meanwhile.
    """
    package = _keep(run, manifest, list(files), by)
    lesson = db.session.get_one(Lesson, run.lesson_id)
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson, ["detail", "file_id", "kind", "archived_at", "title"])
    _check_place(lesson)
    if _is_overtaken(run):
        raise RuleBroken(OVERTAKEN, field="file")
    known = lesson.detail.get("scorm", {})
    facts = {
        "package": package.id,
        "edition": package.edition,
        "title": package.title,
        "scos": len(manifest.scos),
    }
    if not known.get("package") and package.title and lesson.title in _names_sent(lesson):
        lesson.title = package.title[:LONGEST_NAME]  # nobody gave it one: the package knows better than its file's name
    lesson.file_id = package.file_id
    lesson.detail = {**lesson.detail, "scorm": PackageTerms.from_json(known).as_json() | facts}
    run.status, run.state, run.lease_until, run.ended_at = "taken", "ready", None, clock.now()
    run.package_id, run.error, run.error_values = package.id, None, {}
    run.notes = [[words, dict(values)] for words, values in manifest.notes]
    before = {"package": known.get("package"), "title": known.get("title")} if known.get("package") else None
    after = {"lesson": lesson.title, "package": package.id, "title": package.title, "edition": manifest.version}
    content_changed(course, "package taken", by=by, before=before, after=after | {"file": run.file_name})
    return package


def _keep(run: PackageImport, manifest: Manifest, files: list[Unpacked], by: Viewer) -> ScormPackage:
    assert run.file_id is not None
    package = ScormPackage(
        file_id=run.file_id,
        edition=manifest.edition.value,
        title=manifest.title[:MAX_TITLE],
        manifest=manifest.as_json(),
        file_count=len(files),
        size=sum(one.size for one in files),
        created_by_id=by.user_id,
    )
    db.session.add(package)
    db.session.flush()
    connection = db.session.connection().connection.driver_connection
    assert connection is not None
    columns = "package_id, path, sha256, size, media_type"
    with connection.cursor() as cursor, cursor.copy(f"COPY package_file ({columns}) FROM STDIN") as copy:
        for one in files:
            copy.write_row((package.id, one.path, one.sha256, one.size, one.media_type))
    return package


def _check_place(lesson: Lesson) -> None:
    if lesson.kind != LessonKind.SCORM or lesson.archived_at is not None:
        raise RuleBroken(NO_PLACE, field="file")


def _is_overtaken(run: PackageImport) -> bool:
    """Two were sent at one moment: the later one counts, whichever is read first."""
    later = select(PackageImport.id).where(PackageImport.lesson_id == run.lesson_id, PackageImport.id > run.id)
    return db.session.scalar(later.where(PackageImport.status == "taken").limit(1)) is not None


def _names_sent(lesson: Lesson) -> set[str]:
    sent = select(PackageImport.file_name).where(PackageImport.lesson_id == lesson.id)
    return set(map(named_after, db.session.scalars(sent)))


def _open_imports(lesson_id: int) -> list[PackageImport]:
    still = select(PackageImport).where(PackageImport.lesson_id == lesson_id, PackageImport.status == "reading")
    return list(db.session.scalars(still.order_by(PackageImport.id)))


def _note(run: PackageImport, action: str, by: Viewer, reason: str = "") -> None:
    lesson = db.session.get_one(Lesson, run.lesson_id)
    after = {"lesson": lesson.title, "file": run.file_name}
    record_change(action, ("course", lesson.course_id), by=by, after=after, reason=reason)


def _plain(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[-LONGEST_NAME:] or "package.zip"
