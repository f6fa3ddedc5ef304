"""The worker's part of an import: claim it, check the whole file, make the course, say how far it is (CRS-10).

Checking and making are apart: the file is checked in a folder of its own, which is gone afterwards; the course is made
in one transaction. Whatever stops a worker, the lease runs out and the sweep rings again.
"""

from __future__ import annotations

import datetime as dt
import logging
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

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
from lmsapp.infra.claims import run_out
from lmsapp.infra.db import db, own_transaction, unit_of_work
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=4)  # longer than the largest PDF takes to draw; renewed with every lesson
MOST_TRIES = 3
TOLD_EVERY_S = 0.5
LONGEST_KEPT = dt.timedelta(days=1)
WORKER_LOST = N_("The worker stopped while reading this file. Nothing was imported. Send it again.")
OUR_ERROR = N_(
    "Something went wrong on our side. Nothing was imported. Send the file again, or tell your administrator."
)
NO_RIGHT = N_("Whoever sent this file may not write courses any more.")


@dataclass
class Claim:
    """An import taken, with the count of tries by which its holder is known. Called with progress, writes it down."""

    import_id: int
    tries: int
    path: Path
    _told_at: float = field(default_factory=time.monotonic)

    def __call__(self, done: int, total: int) -> None:
        """Progress, at most twice a second; renews the lease. Raises LostError when another worker holds it."""
        if time.monotonic() - self._told_at < TOLD_EVERY_S:
            return
        self._told_at = time.monotonic()
        news = {"done": done, "total": total, "lease_until": clock.now() + LEASE}
        with own_transaction() as session:
            if session.execute(update(CourseImport).where(self._mine).values(news)).rowcount == 0:  # type: ignore[attr-defined]
                raise LostError

    def end(self, **values: Any) -> None:
        """Keep what came of it. Raises LostError, and so undoes everything, when it is another worker's by now."""
        news = {"lease_until": None, **values}
        ended = update(CourseImport).where(self._mine).values(news).returning(CourseImport.id)
        if db.session.execute(ended).first() is None:
            raise LostError

    @property
    def _mine(self) -> ColumnElement[bool]:
        return and_(
            CourseImport.id == self.import_id, CourseImport.state == "running", CourseImport.tries == self.tries
        )


class LostError(Exception):
    """Another worker has taken the import."""


def work_on_import(import_id: int) -> bool:
    """Read the file, unless another worker does already. Never raises; a failure is noted on the row."""
    with unit_of_work():
        claim = _claim(import_id)
    if claim is None:
        return False
    try:
        _read(claim)
    except LostError:
        log.warning("course import %s was taken by another worker", import_id)
        return True
    except RuleBroken as broken:
        _fail(claim, broken)
    except Exception:
        log.exception("course import %s failed", import_id)
        _fail(claim, RuleBroken(OUR_ERROR))
    claim.path.unlink(missing_ok=True)
    return True


def sweep_imports() -> None:
    """Free the claims of dead workers, ring again for what waits, and let go of files nobody will read."""
    dead = select(CourseImport).where(CourseImport.state == "running", run_out(CourseImport.lease_until, LEASE))
    for one in db.session.scalars(dead.with_for_update(skip_locked=True)):
        given_up = one.tries >= MOST_TRIES
        one.state, one.lease_until = ("failed", None) if given_up else ("waiting", None)
        one.error = WORKER_LOST if given_up else None
    db.session.flush()
    _let_go()
    if rings_wait():
        return
    waiting = select(CourseImport.id).where(CourseImport.state == "waiting").order_by(CourseImport.id)
    for import_id in db.session.scalars(waiting):
        ring(IMPORT_JOB, import_id, urgent=True)


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


def _claim(import_id: int) -> Claim | None:
    taken = (
        update(CourseImport)
        .where(CourseImport.id == import_id, CourseImport.state == "waiting")
        .values(state="running", tries=CourseImport.tries + 1, lease_until=clock.now() + LEASE, done=0, total=0)
        .returning(CourseImport)
    )
    row = db.session.scalar(taken)
    return Claim(import_id, row.tries, inbox() / row.stored_as) if row else None


def _read(claim: Claim) -> None:
    with tempfile.TemporaryDirectory(prefix="course-", dir=inbox()) as folder, claim.path.open("rb") as source:
        found = CourseFile(source)
        rehearse(found.manifest, claim)
        prepared = prepare(found, Path(folder), claim)
        with unit_of_work(), tracing.coming_from(tracing.Origin.IMPORT):
            row = db.session.get_one(CourseImport, claim.import_id, populate_existing=True)
            said: dict[str, Any] = {"file": row.file_name, "content": digest(found.manifest)}
            by = _asker(row)
            course = make_course(found.manifest, keep(prepared), by=by, action="course imported", **said)
            send_packages(course, prepared, by)
            claim.end(state="ready", course_id=course.id, error=None, error_values={})


def send_packages(course: Course, prepared: Prepared, by: Viewer) -> None:
    """SCORM packages were looked through; now each is imported into its lesson as if its author had sent it."""
    made = lessons_in_order(course.id)
    for lesson, said in zip(made, lessons_of(prepared.manifest), strict=True):
        if said["kind"] == LessonKind.SCORM and said["file"]:
            with prepared.upload(said["file"]) as upload:
                start_import(lesson, upload, by=by)


def rehearse(manifest: Json, claim: Claim) -> None:
    """Make the course without its files and undo it: what the rules refuse is refused before any file is kept."""
    try:
        row = db.session.get_one(CourseImport, claim.import_id)
        make_course(manifest, {}, by=_asker(row), action="course imported")
    finally:
        db.session.rollback()


def _asker(row: CourseImport) -> Viewer:
    """Whoever sent it, as they are now."""
    viewer = viewer_now(row.asked_by_id)
    if viewer is None or not viewer.may(May.AUTHOR, May.MODERATE):
        raise RuleBroken(NO_RIGHT)
    return viewer


def _fail(claim: Claim, broken: RuleBroken) -> None:
    values = {name: str(value) for name, value in broken.values.items()}
    try:
        with unit_of_work():
            claim.end(state="failed", error=broken.message, error_values=values)
    except LostError:
        log.warning("course import %s was taken by another worker", claim.import_id)
