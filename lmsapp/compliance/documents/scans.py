"""The virus scanner and what comes in from outside: small files at once, large ones in the worker (HRD-2, SEC-6).

While nobody has looked into a file it opens for whoever filed it and for nobody else, unless the setting says so. What
is infected is refused; found only later, it stands in the file as infected and opens for nobody.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from sqlalchemy import func, insert, select

from lmsapp.compliance.documents.models import DocumentVersion, EmployeeDocument, RefusedFile
from lmsapp.evidence.audit.actions import SYSTEM, record_change, record_refusal
from lmsapp.infra import clock, files, scanning
from lmsapp.infra.db import db, own_transaction
from lmsapp.infra.files import StoredFile
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.infra.scanning import ScannerAway
from lmsapp.infra.shelves import CHUNK
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

SCAN_JOB = "scan file"
AT_ONCE = 5 << 20  # bytes; a larger one waits for the worker
WHILE_ONE_WAITS_S = 10.0
LONGEST_WAIT = dt.timedelta(hours=1)
RINGS_A_SWEEP = 200
INFECTED = N_("%(name)s was refused: the virus scanner found %(found)s in it. The system managers are told.")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the scanner has said so far; None: none is set up."""

    scan: str | None
    words: str = ""

    def note_on(self, stored: StoredFile) -> None:
        """On the row; what waits is rung for."""
        stored.scan, stored.scan_found = self.scan, self.words or None
        if self.scan == "waiting":
            stored.scan_next_at = clock.now()
            ring(SCAN_JOB, stored.id)
        elif self.scan is not None:
            stored.scanned_at = clock.now()


def first_look(source: IO[bytes], name: str, by: Viewer | None) -> Seen:
    """While somebody waits; the stream stands at its beginning again. Raises RuleBroken for what is infected."""
    if not scanning.is_set_up():
        return Seen(None)
    size = source.seek(0, 2)
    source.seek(0)
    if size > AT_ONCE:
        return Seen("waiting")
    try:
        verdict = scanning.scan(_pieces(source), within_s=WHILE_ONE_WAITS_S)
    except ScannerAway as away:
        return Seen("waiting", str(away))
    finally:
        source.seek(0)
    if verdict.state == "infected":
        _note_refused(source, size, name, verdict.words, by)
        raise RuleBroken(INFECTED, field="files", name=name, found=verdict.words)
    return Seen(verdict.state, verdict.words)


def scan_stored(stored_id: int) -> None:
    """The worker's part: look into one file that waits. Away: again later, each time a little later."""
    stored = db.session.scalar(
        select(StoredFile)
        .where(StoredFile.id == stored_id, StoredFile.scan == "waiting")
        .with_for_update(skip_locked=True)
    )
    if stored is None or not scanning.is_set_up():
        return
    try:
        verdict = scanning.scan(files.stream(stored.sha256))
    except FileNotFoundError:
        stored.scan, stored.scan_found, stored.scanned_at = "failed", "the bytes are gone", clock.now()
        return
    except ScannerAway as away:
        stored.scan_tries += 1
        stored.scan_found = str(away)
        stored.scan_next_at = clock.now() + min(dt.timedelta(minutes=2) * stored.scan_tries, LONGEST_WAIT)
        return
    stored.scan, stored.scan_found, stored.scanned_at = verdict.state, verdict.words or None, clock.now()
    if verdict.state == "infected":
        _quarantine(stored)


def sweep_scans() -> None:
    """Ring for what waits and whose time has come."""
    if not scanning.is_set_up() or rings_wait():
        return
    due = (StoredFile.scan == "waiting", StoredFile.scan_next_at <= clock.now())
    for stored_id in db.session.scalars(select(StoredFile.id).where(*due).limit(RINGS_A_SWEEP)):
        ring(SCAN_JOB, stored_id)


def waiting_since() -> tuple[int, dt.datetime | None]:
    """How many files nobody has looked into yet, and since when the oldest waits."""
    row = db.session.execute(
        select(func.count(), func.min(StoredFile.created_at)).where(StoredFile.scan == "waiting")
    ).one()
    return int(row[0]), row[1]


def _quarantine(stored: StoredFile) -> None:
    """Out of every file it is in; who uploaded it is in the trail of the document."""
    found = db.session.scalars(
        select(EmployeeDocument)
        .join(DocumentVersion, DocumentVersion.document_id == EmployeeDocument.id)
        .where(DocumentVersion.file_id == stored.id)
    ).all()
    by_id, by_name = (found[0].filed_by_id, found[0].filed_by_name) if found else (None, SYSTEM)
    row = RefusedFile(
        sha256=stored.sha256, name=stored.name, size=stored.size, found=stored.scan_found or "", by_id=by_id,
        by_name=by_name,
    )  # fmt: skip
    db.session.add(row)
    for document in found:
        after = {"employee_id": document.employee_id, "title": document.title, "found": stored.scan_found}
        record_change("found infected", ("employee_document", document.id), by=None, after=after)


def _note_refused(source: IO[bytes], size: int, name: str, found: str, by: Viewer | None) -> None:
    """In a transaction of its own: the request that brought it is undone."""
    digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    row = {
        "sha256": digest, "name": name[:200], "size": size, "found": found, "by_id": by.user_id if by else None,
        "by_name": by.name if by else SYSTEM, "at": clock.now(),
    }  # fmt: skip
    with own_transaction() as session:
        refused_id = session.scalar(insert(RefusedFile).values(row).returning(RefusedFile.id))
    record_refusal("infected file refused", ("refused_file", refused_id or 0), after={"file": name, "found": found})


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(CHUNK):
        yield piece
