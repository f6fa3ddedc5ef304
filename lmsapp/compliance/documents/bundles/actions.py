"""Asking for many documents as one zip, taking it away."""

from __future__ import annotations

from collections.abc import Sequence

from lmsapp.compliance.documents.actions import only_hr
from lmsapp.compliance.documents.models import DocumentBundle, EmployeeDocument
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

BUNDLE_JOB = "document bundle"
MOST = 500


def ask_bundle(documents: Sequence[EmployeeDocument], by: Viewer) -> DocumentBundle:
    """Ask the worker for a zip of these documents. That each was taken is on the trail. Raises RuleBroken."""
    only_hr(by)
    if not 0 < len(documents) <= MOST:
        raise RuleBroken(N_("Tick between one and %(most)s documents."), most=MOST)
    bundle = DocumentBundle(owner_id=by.user_id, document_ids=[one.id for one in documents])
    db.session.add(bundle)
    db.session.flush()
    for one in documents:
        after = {"employee_id": one.employee_id, "title": one.title, "sha256": one.sha256, "zip": bundle.id}
        record_change("opened", ("employee_document", one.id), by=by, after=after)
    ring(BUNDLE_JOB, bundle.id, urgent=True)
    return bundle


def note_bundle_taken(bundle: DocumentBundle, by: Viewer) -> None:
    record_change("downloaded", ("document_bundle", bundle.id), by=by, after={"documents": len(bundle.document_ids)})
