"""The worker's part of an import: claim it, check the whole file, make the course, say how far it is (CRS-10).

Checking and making are apart: the file is checked in a folder of its own, which is gone afterwards; the course is made
in one transaction. Whatever stops a worker, the lease runs out and the sweep rings again.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.moving.actions import IMPORT_JOB
from lmsapp.courses.moving.archive import CourseFile
from lmsapp.courses.moving.fields import Json
from lmsapp.courses.moving.inbox import inbox
from lmsapp.courses.moving.making import make_course
from lmsapp.courses.moving.manifest import digest, lessons_of
from lmsapp.courses.moving.models import CourseImport
from lmsapp.courses.moving.preparing import Prepared, keep, prepare
from lmsapp.courses.moving.taking import lessons_in_order
from lmsapp.courses.packages.actions import start_import
from lmsapp.infra import clock, tracing
from lmsapp.infra.claims import Claim, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

LEASE = dt.timedelta(minutes=4)  # longer than the largest PDF takes to draw; renewed with every lesson
MOST_TRIES = 3
LONGEST_KEPT = dt.timedelta(days=1)
WORKER_LOST = N_("The worker stopped while reading this file. Nothing was imported. Send it again.")
OUR_ERROR = N_(
    "Something went wrong on our side. Nothing was imported. Send the file again, or tell your administrator."
)
NO_RIGHT = N_("Whoever sent this file may not write courses any more.")


def work_on_import(import_id: int) -> bool:
    """Read the file, unless another worker does already. Never raises; a failure is noted on the row."""
    worked = work(CourseImport, import_id, _read, our_error=OUR_ERROR, lease=LEASE)
    if worked:
        with unit_of_work():
            over = (CourseImport.id == import_id, CourseImport.state.in_(["ready", "failed"]))
            read = db.session.scalar(select(CourseImport.stored_as).where(*over))
        if read is not None:
            (inbox() / read).unlink(missing_ok=True)
    return worked


def sweep_imports() -> None:
    """Free the claims of dead workers, ring again for what waits, and let go of files nobody will read."""
    sweep(CourseImport, IMPORT_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST, lease=LEASE)
    _let_go()


def _let_go() -> None:
    """Files of imports that were given up, or whose request was refused after the file was written."""
    still = set(
        db.session.scalars(select(CourseImport.stored_as).where(CourseImport.state.in_(["waiting", "running"])))
    )
    before = (clock.now() - LONGEST_KEPT).timestamp()
    for path in inbox().glob("*.zip"):
        with suppress(FileNotFoundError):
            if path.name not in still and path.stat().st_mtime < before:
                path.unlink()


def _read(claim: Claim[CourseImport]) -> None:
    with unit_of_work():
        path = inbox() / db.session.get_one(CourseImport, claim.run_id).stored_as
    with tempfile.TemporaryDirectory(prefix="course-", dir=inbox()) as folder, path.open("rb") as source:
        found = CourseFile(source)
        rehearse(found.manifest, claim.run_id)
        prepared = prepare(found, Path(folder), claim)
        with unit_of_work(), tracing.coming_from(tracing.Origin.IMPORT):
            row = db.session.get_one(CourseImport, claim.run_id, populate_existing=True)
            said: dict[str, Any] = {"file": row.file_name, "content": digest(found.manifest)}
            by = _asker(row)
            course = make_course(found.manifest, keep(prepared), by=by, action="course imported", **said)
            send_packages(course, prepared, by)
            ours = claim.run()  # last: what was made is undone where it is another worker's by now
            ours.state, ours.lease_until, ours.course_id = "ready", None, course.id
            ours.error, ours.error_values = None, {}


def send_packages(course: Course, prepared: Prepared, by: Viewer) -> None:
    """SCORM packages were looked through; now each is imported into its lesson as if its author had sent it."""
    made = lessons_in_order(course.id)
    for lesson, said in zip(made, lessons_of(prepared.manifest), strict=True):
        if said["kind"] == LessonKind.SCORM and said["file"]:
            with prepared.upload(said["file"]) as upload:
                start_import(lesson, upload, by=by)


def rehearse(manifest: Json, import_id: int) -> None:
    """Make the course without its files and undo it: what the rules refuse is refused before any file is kept."""
    try:
        row = db.session.get_one(CourseImport, import_id)
        make_course(manifest, {}, by=_asker(row), action="course imported")
    finally:
        db.session.rollback()


def _asker(row: CourseImport) -> Viewer:
    """Whoever sent it, as they are now."""
    viewer = viewer_now(row.asked_by_id)
    if viewer is None or not viewer.may(May.AUTHOR, May.MODERATE):
        raise RuleBroken(NO_RIGHT)
    return viewer
