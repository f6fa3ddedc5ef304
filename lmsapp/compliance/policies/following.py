"""Whom a standing round asks follows when the organisation renames a job role or merges departments (ORG-3, ORG-7)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.compliance.policies.models import SigningRound
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.people.forwhom.rules import followed
from lmsapp.people.organisation.events import DepartmentMerged, ValueRenamed
from lmsapp.people.viewer import Viewer


def follow_renaming(event: ValueRenamed) -> None:
    """A job role has another name."""
    _follow(event.kind, event.before, event.after, event.by)


def follow_merging(event: DepartmentMerged) -> None:
    """A department went into another."""
    _follow("department", event.department_id, event.into_id, event.by)


def _follow(kind: str, before: str | int, after: str | int, by: Viewer | None) -> None:
    standing = select(SigningRound).where(SigningRound.standing, SigningRound.ended_at.is_(None))
    for round_ in db.session.scalars(standing):
        kept = {"job_roles": round_.job_roles, "departments": round_.departments}
        if (new := followed(kept, kind, before, after)) is not None:
            round_.job_roles, round_.departments = new["job_roles"], new["departments"]
            record_change("round changed", ("signing_round", round_.id), by=by, before=kept, after=new)
