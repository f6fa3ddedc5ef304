"""When the policy of a course changes and what people hold now is to follow it: new rows with the reason (CRS-6).

Some statements for any number of people: ten thousand certifications follow in a few seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from lmsapp.courses.validity.actions import policy_of
from lmsapp.courses.validity.events import ValidityChanged
from lmsapp.courses.validity.policy import Policy
from lmsapp.courses.validity.rules import Dates, dates_of
from lmsapp.evidence.audit.actions import record_changes
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.actions import columns_of, held_of
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.learning.validity.rules import next_look

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom another policy would reach: certifications held now, how many of them would change, and how many of these
    would end sooner."""

    held: int
    changed: int
    sooner: int


def reach_of(course_id: int, policy: Policy) -> Reach:
    """For the preview: nothing is written."""
    found = list(_followed(course_id, policy))
    changed = [(period, dates) for period, dates in found if _differs(period, dates)]
    sooner = [1 for period, dates in changed if _sooner(period.valid_until, dates.valid_until)]
    return Reach(len(found), len(changed), len(sooner))


def follow_policy(event: ValidityChanged) -> None:
    """Only where the author asked for it: what people hold stands otherwise."""
    if event.held_too:
        replace_periods(event)


def replace_periods(event: ValidityChanged) -> int:
    """Replace each current period whose dates differ by the new policy; how many."""
    policy = policy_of(event.course)
    lock = select(Enrollment.id).where(Enrollment.course_id == event.course.id).order_by(Enrollment.id)
    db.session.execute(lock.with_for_update())
    changed = [(period, dates) for period, dates in _followed(event.course.id, policy) if _differs(period, dates)]
    for start in range(0, len(changed), AT_ONCE):
        _replace(changed[start : start + AT_ONCE], policy, event)
    return len(changed)


def _replace(batch: list[tuple[Any, Dates]], policy: Policy, event: ValidityChanged) -> None:
    now = clock.now()
    old = [period.id for period, _dates in batch]
    db.session.execute(
        update(CertificationPeriod)
        .where(CertificationPeriod.id.in_(old))
        .values(replaced_at=now, is_current=False, next_look_on=None)
        .execution_options(synchronize_session=False)
    )
    kept = {"months": policy.months, "renewal_months": policy.renewal_months, **policy.terms()}
    made = {
        "policy": kept,
        "made_at": now,
        "made_by_id": event.by.user_id if event.by else None,
        "reason": event.reason,
        "is_current": True,
    }
    rows = [
        {
            **{
                name: getattr(period, name)
                for name in ("record_id", "enrollment_id", "employee_id", "course_id", "number")
            },
            **made,
            **columns_of(dates),
            "timing": period.timing,
            "replaces_id": period.id,
            "next_look_on": next_look(dates, ()),
        }
        for period, dates in batch
    ]
    db.session.execute(insert(CertificationPeriod), rows)
    table: Any = Enrollment.__table__
    db.session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("of"))
        .values(valid_until=bindparam("until"), renewal_from=bindparam("required")),
        [
            {"of": period.enrollment_id, "until": dates.valid_until, "required": dates.renewal_from}
            for period, dates in batch
        ],
    )
    record_changes(
        "certification dates changed",
        [
            (
                ("enrollment", period.enrollment_id),
                {"was valid until": period.valid_until, "valid until": dates.valid_until, "reason": event.reason},
            )
            for period, dates in batch
        ],
        by=event.by,
    )
    db.session.expire_all()


def _followed(course_id: int, policy: Policy) -> Iterator[tuple[Any, Dates]]:
    """Each current, standing period with the dates the policy would give it, seen from the one before it."""
    rows = db.session.execute(
        select(
            CertificationPeriod.id,
            CertificationPeriod.record_id,
            CertificationPeriod.enrollment_id,
            CertificationPeriod.employee_id,
            CertificationPeriod.course_id,
            CertificationPeriod.number,
            CertificationPeriod.timing,
            CertificationPeriod.certified_on,
            CertificationPeriod.anchor_day,
            CertificationPeriod.window_opens_on,
            CertificationPeriod.renewal_from,
            CertificationPeriod.valid_until,
            CertificationPeriod.grace_until,
            CertificationPeriod.revoked_at,
            CertificationPeriod.is_current,
        )
        .where(
            CertificationPeriod.course_id == course_id,
            CertificationPeriod.replaced_at.is_(None),
            CertificationPeriod.revoked_at.is_(None),
        )
        .order_by(CertificationPeriod.enrollment_id, CertificationPeriod.certified_on, CertificationPeriod.id)
    ).all()
    for _enrollment, periods in groupby(rows, key=lambda row: row.enrollment_id):
        for before, period in pairwise((None, *periods)):
            if period is not None and period.is_current:
                yield period, dates_of(policy, period.certified_on, held_of(before))


def _differs(period: Any, dates: Dates) -> bool:
    names: Iterable[str] = ("window_opens_on", "renewal_from", "valid_until", "grace_until")
    return any(getattr(period, name) != getattr(dates, name) for name in names)


def _sooner(before: dt.date | None, after: dt.date | None) -> bool:
    return after is not None and (before is None or after < before)
