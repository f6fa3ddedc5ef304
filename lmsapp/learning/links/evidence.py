"""How somebody was known who came by a link: what a completion record says of it (EVD-1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.links.models import AccessLink


def by_links(enrollment: Enrollment) -> list[dict[str, Any]]:
    """For the criteria of a record, where any of this time round was taken by single-use links; else nothing.

    Each link: the channel, where it was sent ('+1…89'), when (ISO 8601, UTC) it was sent and when it was opened.
    """
    opened = db.session.execute(
        select(AccessLink.id, AccessLink.channel, AccessLink.sent_to, AccessLink.made_at, AccessLink.opened_at)
        .where(
            AccessLink.enrollment_id == enrollment.id,
            AccessLink.cycle == enrollment.cycle,
            AccessLink.opened_at.is_not(None),
        )
        .order_by(AccessLink.opened_at)
    ).all()
    if not opened:
        return []
    links = [
        {
            "link": one.id,
            "channel": one.channel,
            "sent to": one.sent_to,
            "sent at": one.made_at.isoformat(),
            "opened at": one.opened_at.isoformat(),
        }
        for one in opened
    ]
    return [{"kind": "by link", "met": True, "links": links}]
