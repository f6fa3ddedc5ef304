"""What the reader of a digest may look at, so that no line of it leads where they are refused."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.queries import roles_of
from lmsapp.people.employees.models import ReportingLine
from lmsapp.people.roles import GRANTS, May


def led_by_reader(digest: Notice, employee_ids: Collection[int]) -> frozenset[int]:
    """Of these, whoever reports to the reader, directly or not."""
    line = select(ReportingLine.employee_id).where(
        ReportingLine.manager_id == digest.employee_id, ReportingLine.employee_id.in_(employee_ids)
    )
    return frozenset(db.session.scalars(line))


def reader_keeps_records(digest: Notice) -> bool:
    """Whether they may open anybody's record. False for somebody without an account."""
    roles = roles_of(digest.user_id) if digest.user_id is not None else ()
    return any(May.KEEP_RECORDS in GRANTS[role] for role in roles)
