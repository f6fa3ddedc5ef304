"""Zips of documents, for HR."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lmsapp.compliance.documents.models import DocumentBundle
from lmsapp.infra.db import db
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


def bundle_for(viewer: Viewer, bundle_id: int) -> DocumentBundle | None:
    """One, `file` loaded: HR may open what is in it anyway."""
    if not viewer.may(May.KEEP_RECORDS):
        return None
    return db.session.scalars(
        select(DocumentBundle).where(DocumentBundle.id == bundle_id).options(joinedload(DocumentBundle.file))
    ).one_or_none()
