"""What system managers hear of the virus scanner: a file it refused, and that it does not answer (SEC-6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from lmsapp.compliance.documents.models import RefusedFile
from lmsapp.compliance.documents.scans import waiting_since
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.outreach.notices.staff import tell_each
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.roles import Role

PATIENCE = dt.timedelta(minutes=15)
BATCH = 50


def tell_of_scanner() -> int:
    """Each refused file once; once a day that files wait for a scanner. How many refused files there were."""
    refused = db.session.scalars(
        select(RefusedFile)
        .where(RefusedFile.told_at.is_(None))
        .order_by(RefusedFile.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for one in refused:
        one.told_at = clock.now()
        values = {"file": one.name, "found": one.found, "by": one.by_name}
        _tell("file_refused", f"refused-file/{one.id}", values)
    count, since = waiting_since()
    if since is not None and since < clock.now() - PATIENCE:
        _tell("scanner_away", f"scanner-away/{clock.now().date()}", {"count": count})
    db.session.flush()
    return len(refused)


def _tell(template: str, key: str, values: dict[str, Any]) -> None:
    tell_each(holders_of(Role.SYSTEM_MANAGER), template, key, values, "/admin/audit-trail")
