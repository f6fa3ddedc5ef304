"""One's own zips of documents."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lmsapp.compliance.documents.models import DocumentBundle
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer


def bundle_for(viewer: Viewer, bundle_id: int) -> DocumentBundle | None:
    """One's own, `file` loaded."""
    return db.session.scalars(
        select(DocumentBundle)
        .where(DocumentBundle.id == bundle_id, DocumentBundle.owner_id == viewer.user_id)
        .options(joinedload(DocumentBundle.file))
    ).one_or_none()
