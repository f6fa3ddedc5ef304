"""The worker's part: putting the documents into the zip, as its asker may open them now."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import zipfile
from collections.abc import Sequence

from sqlalchemy import select

from lmsapp.compliance.documents.bundles.actions import BUNDLE_JOB
from lmsapp.compliance.documents.models import DocumentBundle, EmployeeDocument
from lmsapp.compliance.documents.reading import documents_picked, lets_open
from lmsapp.infra import clock, files
from lmsapp.infra.claims import Claim, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import viewer_now

MOST_TRIES = 3
KEPT_DAYS = 7
LOST = N_("The worker stopped while making this file. Ask for it again.")
FAILED = N_("The file could not be made. Ask for it again, or tell your administrator.")


def make_bundle(bundle_id: int) -> None:
    """The worker's part. Never raises; what went wrong stands on the row."""
    work(DocumentBundle, bundle_id, _make_whole, our_error=FAILED)


def _make_whole(claim: Claim[DocumentBundle]) -> None:
    with unit_of_work():
        _make(claim)


def sweep_bundles() -> None:
    """Free the claims of dead workers, ring for what waits."""
    sweep(DocumentBundle, BUNDLE_JOB, most_tries=MOST_TRIES, lost=LOST)


def forget_bundles() -> None:
    """What was made a week ago goes: the documents themselves stay where they are."""
    old = select(DocumentBundle).where(DocumentBundle.created_at < clock.now() - dt.timedelta(days=KEPT_DAYS))
    for bundle in db.session.scalars(old.limit(200)):
        db.session.delete(bundle)


def _make(claim: Claim[DocumentBundle]) -> None:
    """What the asker may still open now; what they may not, and what is gone, is counted as left out."""
    bundle = db.session.get_one(DocumentBundle, claim.run_id, populate_existing=True)
    viewer = viewer_now(bundle.owner_id)
    found = documents_picked(viewer, bundle.document_ids) if viewer else []
    names = _names(found)
    put = 0
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for count, one in enumerate(found):
                claim(count, len(found))
                if viewer is not None and lets_open(viewer, one.file, one.filed_by_id):
                    put += _put(archive, one, names[one.id])
        out.seek(0)
        stored = files.store(out, name=f"documents-{clock.now():%Y-%m-%d}.zip", media_type="application/zip")
    row = claim.run()
    row.file_id, row.left_out = stored.id, len(bundle.document_ids) - put
    row.done = row.total = len(found)
    row.state, row.lease_until = "ready", None


def _put(archive: zipfile.ZipFile, document: EmployeeDocument, name: str) -> int:
    try:
        pieces = files.stream(document.sha256)
    except FileNotFoundError:
        return 0
    with archive.open(name, "w", force_zip64=True) as target:
        for piece in pieces:
            target.write(piece)
    return 1


def _names(documents: Sequence[EmployeeDocument]) -> dict[int, str]:
    """'Rahman Aisha 10023/RN licence-412.pdf': a folder for each person, no name twice."""
    ids = {one.employee_id for one in documents}
    people = db.session.execute(select(Employee.id, Employee.name, Employee.number).where(Employee.id.in_(ids)))
    folders = {row.id: _safe(f"{row.name} {row.number}") for row in people}
    return {
        one.id: f"{folders[one.employee_id]}/{_safe(one.title)}-{one.id}.{one.file.name.rpartition('.')[2]}"
        for one in documents
    }


def _safe(words: str) -> str:
    return re.sub(r"[^\w.\- ]", "_", words).strip(". ")[:80] or "file"
