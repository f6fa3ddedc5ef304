"""Why something is kept: the question every other part may ask before it lets something go (EVD-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lmsapp.evidence.retention.holds.models import LegalHold
from lmsapp.evidence.retention.policies.models import RetentionPolicy
from lmsapp.evidence.retention.retained import DUE, ENDS_ON, FOREVER, HOLDS, TODAY
from lmsapp.infra.db import db


@dataclass(frozen=True, slots=True)
class Reason:
    """`why`: 'hold' (`title` of the matter), 'duty' (`law`), 'rule' of the organisation, 'longer': HR decided so.
    `until` None: for ever, until it is lifted, or as long as somebody works here. `count`: of how many records."""

    why: str
    kind: str
    until: dt.date | None = None
    law: str = ""
    title: str = ""
    hold_id: int | None = None
    count: int = 1


def kept_because(kind: str = "", record_id: int | None = None, *, employee_id: int | None = None) -> list[Reason]:
    """Why a record, or anything of an employee, may not go today; empty: it may, through a review. The longest rule
    alone is named, holds all of them, a reason a kind."""
    rows = select(
        DUE.c.kind,
        ENDS_ON.label("until"),
        HOLDS.label("holds"),
        DUE.c.law,
        DUE.c.policy_id,
        RetentionPolicy.duty,
        (func.coalesce(DUE.c.longer_until, DUE.c.made_on) >= DUE.c.ends_on).label("longer"),
        (DUE.c.ends_on > TODAY).label("young"),
    ).outerjoin(RetentionPolicy, RetentionPolicy.id == DUE.c.policy_id)
    if kind:
        rows = rows.where(DUE.c.kind == kind)
    if record_id is not None:
        rows = rows.where(DUE.c.record_id == record_id)
    if employee_id is not None:
        rows = rows.where(DUE.c.employee_id == employee_id)
    found = db.session.execute(rows).all()
    return [*_held(found), *_ruled(found)]


def count_by_kind(employee_id: int) -> dict[str, int]:
    """How many records of somebody are kept."""
    rows = select(DUE.c.kind, func.count()).where(DUE.c.employee_id == employee_id).group_by(DUE.c.kind)
    return dict(db.session.execute(rows).all())


def last_day_of(employee_id: int) -> dt.date | None:
    """When the last record of somebody may go as things stand; None: that is not known yet, or there is none."""
    last = func.nullif(func.max(DUE.c.ends_on), FOREVER)
    day: dt.date | None = db.session.scalar(select(last).where(DUE.c.employee_id == employee_id))
    return day


def _held(found: Sequence[Any]) -> list[Reason]:
    counted: dict[tuple[int, str], int] = {}
    for row in found:
        for hold_id in row.holds or ():
            counted[hold_id, row.kind] = counted.get((hold_id, row.kind), 0) + 1
    ids = {hold_id for hold_id, _kind in counted}
    titles = dict(db.session.execute(select(LegalHold.id, LegalHold.title).where(LegalHold.id.in_(ids))).all())
    return [
        Reason("hold", kind, title=titles[hold_id], hold_id=hold_id, count=number)
        for (hold_id, kind), number in sorted(counted.items())
    ]


def _ruled(found: Sequence[Any]) -> list[Reason]:
    latest: dict[tuple[str, str, str], tuple[dt.date | None, int]] = {}
    for row in found:
        if not row.young:
            continue
        why = "longer" if row.longer else "rule" if row.duty is False else "duty"
        key = (why, row.kind, row.law or "")
        until, number = latest.get(key, (dt.date.min, 0))
        day = None if until is None or row.until is None else max(until, row.until)
        latest[key] = (day, number + 1)
    return [
        Reason(why, kind, until=until, law=law, count=number)
        for (why, kind, law), (until, number) in sorted(latest.items())
    ]
