"""What an erasure would take and leave, and the requests there were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, or_, select

from lmsapp.evidence.retention.erasures.models import Erasure
from lmsapp.evidence.retention.holds.models import LegalHold
from lmsapp.evidence.retention.retained import DUE, ERASED_ON, FOREVER, HOLDS, TODAY
from lmsapp.evidence.retention.reviews.models import RetentionReview
from lmsapp.infra.db import db, one_or_none
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

MOST = 200


@dataclass(frozen=True, slots=True)
class Stays:
    """`until` None: no day is known (a hold, or a rule for ever). `law`: that asks for it; `holds`: titles."""

    kind: str
    count: int
    until: dt.date | None
    law: str = ""
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """`goes`: how many records, by kind. `held`: titles of holds on the person as such: then nothing else goes either.
    `name_until`: the day the name goes at last; None: unknown, or at once where nothing stays."""

    goes: dict[str, int]
    stays: list[Stays]
    held: tuple[str, ...]

    @property
    def name_until(self) -> dt.date | None:
        days = [one.until for one in self.stays]
        return None if not days or None in days else max(day for day in days if day is not None)


def outlook(employee_id: int) -> Outlook:
    """As things stand today. Ask only for people the viewer may see."""
    rows = select(
        DUE.c.kind,
        ERASED_ON.label("until"),
        (func.coalesce(ERASED_ON, FOREVER) <= TODAY).label("goes"),
        HOLDS.label("holds"),
        DUE.c.law,
    ).where(DUE.c.employee_id == employee_id, DUE.c.kind != "employee")
    found = db.session.execute(rows).all()
    on_person = db.session.scalar(select(func.retention_holds("employee", employee_id, None, None, None))) or []
    titles = _titles({hold for row in found for hold in row.holds or ()} | set(on_person))
    goes: dict[str, int] = {}
    grouped: dict[tuple[str, str, tuple[str, ...]], tuple[int, dt.date | None]] = {}
    for row in found:
        if row.goes and not row.holds:
            goes[row.kind] = goes.get(row.kind, 0) + 1
            continue
        key = (row.kind, row.law or "" if not row.goes else "", tuple(titles[hold] for hold in row.holds or ()))
        count, until = grouped.get(key, (0, dt.date.min))
        day = None if row.holds or row.until is None or until is None else max(until, row.until)
        grouped[key] = (count + 1, day)
    stays = [Stays(kind, count, until, law, holds) for (kind, law, holds), (count, until) in sorted(grouped.items())]
    return Outlook(goes, stays, tuple(titles[hold] for hold in on_person))


def erasure_for(viewer: Viewer, erasure_id: int) -> Erasure | None:
    """The request itself."""
    if not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return None
    return one_or_none(select(Erasure).where(Erasure.id == erasure_id))


def erasure_of(employee_id: int) -> Erasure | None:
    """The request of one person. Ask only for people the viewer may see."""
    return one_or_none(select(Erasure).where(Erasure.employee_id == employee_id))


def waits_for_second(erasure: Erasure) -> RetentionReview | None:
    """The review that a second person has to approve, or None."""
    mine = (RetentionReview.erasure_id == erasure.id, RetentionReview.status == "reviewed")
    return one_or_none(select(RetentionReview).where(*mine))


def erasures_for(viewer: Viewer, q: str = "") -> Sequence[Any]:
    """The latest first. Columns: Erasure, `name`, `number`, `entered_by`, `erased_at`."""
    columns = (Erasure, Employee.name, Employee.number, User.name.label("entered_by"), Employee.erased_at)
    rows = select(*columns).join(Employee, Employee.id == Erasure.employee_id)
    rows = rows.outerjoin(User, User.id == Erasure.entered_by_id).where(
        literal(viewer.may(May.KEEP_RECORDS, May.AUDIT))
    )
    if q:
        rows = rows.where(or_(Employee.name.ilike(f"%{q}%"), Employee.number.ilike(f"%{q}%")))
    return db.session.execute(rows.order_by(Erasure.id.desc()).limit(MOST)).all()


def _titles(ids: set[int]) -> dict[int, str]:
    rows = select(LegalHold.id, LegalHold.title).where(LegalHold.id.in_(ids))
    return dict(db.session.execute(rows).all())
