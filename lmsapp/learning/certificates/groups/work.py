"""The worker's part: PDFs that are not made yet are made first, then put together (CRT-5).

PDFs are made one at a time, each in transactions of its own, so that a worker who is stopped loses one; whoever takes
the row over finds the others made. The files are written beside their place and kept with the last transaction.
"""

from __future__ import annotations

import io
import logging
import tempfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

import pypdfium2 as pdfium
from slugify import slugify
from sqlalchemy import select, update

from lmsapp.courses.catalogue.media import pdfium_held
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.seals.sealing import Draw, seal_next
from lmsapp.infra import clock, files
from lmsapp.infra.claims import Claim, LostError, sweep, take
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.certificates.actions import KIND
from lmsapp.learning.certificates.groups.actions import GROUP_JOB
from lmsapp.learning.certificates.groups.models import CertificateGroup
from lmsapp.learning.certificates.groups.queries import members
from lmsapp.learning.certificates.groups.rules import KEPT, MOST, Form, Wanted, Why, why_none
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import viewer_now
from lmsapp.people.viewer import Viewer

log = logging.getLogger(__name__)

MOST_TRIES = 5
WAIT_S = 0.2  # for a PDF another worker is making
PATIENCE_S = 90.0
SPOOL = 32 << 20  # bytes in memory before a file is used
OUR_ERROR = N_("Something went wrong on our side. Nothing is lost; try again, or tell your administrator.")
WORKER_LOST = N_("The worker stopped several times while working on this. Try again.")


@dataclass
class Found:
    """Who has a certificate, by name, and who has none and why."""

    held: list[Any] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)


def work_on_group(group_id: int, draw: Draw) -> bool:
    """Do what was asked, unless another worker does already. Never raises; a failure is noted on the row."""
    with unit_of_work():
        claim = take(CertificateGroup, group_id)
    if claim is None:
        return False
    try:
        _work(claim, draw)
    except LostError:
        log.warning("certificate group %s was taken by another worker", group_id)
    except RuleBroken as broken:
        _note(claim, broken.message)
    except Exception:
        log.exception("certificate group %s failed", group_id)
        _note(claim, OUR_ERROR)
    return True


def sweep_groups() -> None:
    """Free the claims of dead workers, ring again for what waits, and let go of files past their time."""
    old = CertificateGroup.finished_at < clock.now() - KEPT
    db.session.execute(update(CertificateGroup).where(old).values(zip_id=None, print_id=None))
    sweep(CertificateGroup, GROUP_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST)


def _work(claim: Claim[CertificateGroup], draw: Draw) -> None:
    with unit_of_work():
        group = db.session.get_one(CertificateGroup, claim.run_id, populate_existing=True)
        wanted, viewer = Wanted.from_json(group.asked_for), _asker(group)
        found = members(wanted, viewer)
        if len(found) > MOST:
            raise RuleBroken(N_("These are too many people at once. Choose departments, an audience or dates."))
        _promise(found)
    total = len(found)
    _make(claim, [one.certificate_id for one in found if _has(one) and one.sealed != "ready"], total, draw)
    with unit_of_work():
        people = _sort(members(wanted, viewer))
    with tempfile.SpooledTemporaryFile(SPOOL) as packed, tempfile.SpooledTemporaryFile(SPOOL) as printed:
        _pack(claim, people.held, total, packed if claim.asked != Form.PRINT else None)
        _print(claim, people.held, total, printed if claim.asked != Form.ZIP else None)
        with unit_of_work():
            _keep(claim.run(), people, total, packed, printed)


def _asker(group: CertificateGroup) -> Viewer:
    """Whoever asked, as they are now."""
    viewer = viewer_now(group.asked_by_id)
    if viewer is None:
        raise RuleBroken(N_("Whoever asked for this has no account any more."))
    return viewer


def _has(one: Any) -> bool:
    return one.certificate_id is not None and not one.revoked


def _promise(found: Iterable[Any]) -> None:
    """The PDFs nobody has asked for yet; certificates of long ago have none."""
    for one in found:
        if _has(one) and one.sealed is None:
            certificate = db.session.get_one(Certificate, one.certificate_id)
            language = db.session.scalars(select(Employee.language).where(Employee.id == one.employee_id)).one()
            promise_file(KIND, certificate.id, employee_id=one.employee_id, title=certificate.title, language=language)


def _make(claim: Claim[CertificateGroup], ids: Sequence[int], total: int, draw: Draw) -> None:
    """Until each is ready or has failed; what another worker has in its hands is waited for, with patience."""
    begun = time.monotonic()
    while open_ := _open(ids):
        claim(total - open_, 2 * total)
        if seal_next(draw):
            begun = time.monotonic()
        elif time.monotonic() - begun > PATIENCE_S:
            return
        else:
            time.sleep(WAIT_S)


def _open(ids: Sequence[int]) -> int:
    with unit_of_work():
        mine = (SealedFile.kind == KIND, SealedFile.subject_id.in_(ids))
        states = db.session.scalars(select(SealedFile.status).where(*mine, SealedFile.tries < 2)).all()
    return sum(state in ("waiting", "running") for state in states)


def _sort(found: Iterable[Any]) -> Found:
    people = Found()
    for one in found:
        if _has(one) and one.sha256 and files.exists(one.sha256):
            people.held.append(one)
            continue
        why = (
            Why.NO_PDF
            if _has(one)
            else why_none(completed=one.completed, evaluation=one.evaluation, revoked=one.revoked)
        )
        people.missing.append({"name": one.name, "number": one.number, "why": why.value})
    return people


def _pack(claim: Claim[CertificateGroup], held: Sequence[Any], total: int, out: IO[bytes] | None) -> None:
    """Each PDF as it was signed, by name; signed bytes do not get smaller by packing."""
    if out is None:
        return
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for count, one in enumerate(held):
            claim(total + count // 2, 2 * total)
            name = f"{slugify(one.name, max_length=60) or 'certificate'}-{one.certificate_number}.pdf"
            with files.opened(one.sha256) as source, archive.open(name, "w") as target:
                copyfileobj(source, target)


def _print(claim: Claim[CertificateGroup], held: Sequence[Any], total: int, out: IO[bytes] | None) -> None:
    """All pages in one file. Putting them together takes the signatures away, which is why it is for printing alone."""
    if out is None or not held:
        return
    with pdfium_held:
        merged = pdfium.PdfDocument.new()
        for count, one in enumerate(held):
            claim(total + total // 2 + count // 2, 2 * total)
            one_pdf = pdfium.PdfDocument(files.read(one.sha256))
            merged.import_pages(one_pdf)
            one_pdf.close()
        content = io.BytesIO()
        merged.save(content)
        merged.close()
    out.write(content.getbuffer())


def _keep(group: CertificateGroup, people: Found, total: int, packed: IO[bytes], printed: IO[bytes]) -> None:
    base = f"{slugify(group.title, max_length=50) or 'certificates'}-{group.id}"
    if packed.tell() and people.held:
        group.zip_id = _stored(packed, f"{base}.zip", "application/zip")
    if printed.tell():
        group.print_id = _stored(printed, f"{base}.pdf", "application/pdf")
    group.held, group.missing, group.total, group.done = len(people.held), people.missing, total, total
    group.state, group.lease_until, group.finished_at, group.error = "ready", None, clock.now(), None


def _stored(out: IO[bytes], name: str, media_type: str) -> int:
    out.seek(0)
    return files.store(out, name=Path(name).name, media_type=media_type).id


def _note(claim: Claim[CertificateGroup], words: str) -> None:
    try:
        with unit_of_work():
            group = claim.run()
            group.state, group.error, group.lease_until = "failed", words, None
    except LostError:
        log.warning("certificate group %s was taken by another worker", claim.run_id)
