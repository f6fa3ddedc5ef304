"""An author's desk for the proof of importing, what is to be seen there, and the real worker in a process of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text, update

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Chapter, Lesson
from lmsapp.courses.packages.actions import PACKAGE_JOB, start_import
from lmsapp.courses.packages.models import PackageFile, PackageImport, ScormPackage
from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.files import StoredFile, path_of
from lmsapp.infra.queue import RedisBell, Ring, connect
from lmsapp.people.viewer import Viewer
from tests.courses.authors import author

WORKER = Path(__file__).resolve().parents[2] / "worker.py"


@dataclass
class Seen:
    """Rows and files there are; temporary files are files."""

    rows: tuple[int, ...]
    files: frozenset[str]


def look() -> Seen:
    tables: tuple[Any, ...] = (StoredFile, ScormPackage, PackageFile)
    rows = tuple(db.session.scalar(select(func.count()).select_from(one)) or 0 for one in tables)
    db.session.rollback()
    root = Path(current_app.config["DATA_DIR"])
    return Seen(rows, frozenset(str(path) for path in root.rglob("*") if path.is_file()))


class Desk:
    """A chapter, and a new lesson in it whenever one is needed."""

    def __init__(self, chapter: Chapter, by: Viewer) -> None:
        self.chapter, self.by = chapter, by

    @classmethod
    def new(cls) -> Desk:
        """With a course of its own."""
        by = author()
        with unit_of_work():
            return cls(add_chapter(create_course("Hand hygiene", by=by), "Packages", by=by), by)

    def lesson(self) -> int:
        """A lesson without a package."""
        with unit_of_work():
            made = add_lesson(self.chapter, "scorm", "A package", by=self.by)
            db.session.flush()
            return made.id

    def send(self, lesson_id: int, upload: Upload) -> int:
        """As from the page; the id of the import. Raises RuleBroken."""
        with unit_of_work():
            return start_import(db.session.get_one(Lesson, lesson_id), upload, by=self.by).id


def run_of(run_id: int) -> PackageImport:
    """As it is now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(PackageImport, run_id)


def is_whole(run_id: int) -> bool:
    """Whether every file of the package is there, byte for byte, and the lesson has it."""
    run = run_of(run_id)
    package = db.session.get_one(ScormPackage, run.package_id)
    rows = db.session.scalars(select(PackageFile).where(PackageFile.package_id == package.id)).all()
    lesson = db.session.get_one(Lesson, run.lesson_id)
    whole = len(rows) == package.file_count and sum(one.size for one in rows) == package.size
    same = all(hashlib.sha256(path_of(one.sha256).read_bytes()).hexdigest() == one.sha256 for one in rows)
    return whole and same and lesson.detail["scorm"]["package"] == package.id and lesson.file_id == package.file_id


@contextmanager
def worker(run_id: int) -> Iterator[subprocess.Popen[bytes]]:
    """worker.py on what is queued, as it runs in production; the import is among it."""
    _queue(run_id)
    config = current_app.config
    environment = os.environ | {
        "LMS_DEMO": "1",
        "SECRET_KEY": config["SECRET_KEY"],
        "DATABASE_URL": config["SQLALCHEMY_DATABASE_URI"],
        "REDIS_URL": config["REDIS_URL"],
        "BASE_URL": "http://localhost:8000",
        "LMS_DATA": str(config["DATA_DIR"]),
    }
    process = subprocess.Popen([sys.executable, str(WORKER), "--burst"], env=environment, cwd=WORKER.parent)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def _queue(run_id: int) -> None:
    """A queue that is slow on a busy machine loses a ring; the sweep would ring again, and so do we."""
    for _ in range(40):
        bell = RedisBell(current_app.config["REDIS_URL"])
        if bell.waiting():
            return
        bell([Ring(PACKAGE_JOB, (run_id,))])
        time.sleep(0.25)
    raise RuntimeError("the queue cannot be reached")


def most_memory(process: subprocess.Popen[bytes], each: Callable[[], None] = lambda: None) -> int:
    """Waits for its end; the most memory it had, in MB, where the system tells it."""
    most = 0
    while process.poll() is None:
        with suppress(OSError, IndexError):
            status = Path(f"/proc/{process.pid}/status").read_text()
            most = max(most, int(status.split("VmHWM:")[1].split()[0]) // 1024)
        each()
        time.sleep(0.02)
    return most


def wait_until_running(run_id: int, seconds: float = 240) -> None:
    """Until a worker has claimed the import."""
    deadline = time.monotonic() + seconds
    state = text("SELECT state FROM package_import WHERE id = :id")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(state, {"id": run_id}).scalar_one() == "waiting":
            if time.monotonic() > deadline:
                raise RuntimeError("no worker took the import")
            time.sleep(0.002)


def end_leases() -> None:
    """As if two minutes had passed since the worker was heard of; the queue forgets its job."""
    connect(current_app.config["REDIS_URL"]).flushdb()
    with unit_of_work():
        past = clock.now() - dt.timedelta(seconds=1)
        db.session.execute(update(PackageImport).where(PackageImport.state == "running").values(lease_until=past))
