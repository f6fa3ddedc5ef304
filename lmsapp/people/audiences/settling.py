"""Memberships made true: at once for the few whose records change, in batches for the many (CRS-5).

The two ways agree because the rule and its SQL do. Whoever saves a rule takes the lock alone, whoever looks at changed
records shares it: so that a record changed at the same moment is judged by the new rule, or is seen by the worker.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Integer, Select, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.audiences.models import PRESENT, Audience, AudienceMember
from lmsapp.people.audiences.queries import belongs, live_rules
from lmsapp.people.audiences.rules import AudienceRule, Candidate
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.forwhom.rules import Place, own_and_above

BATCH = 1000
LOCK = 0x0527  # advisory


@dataclass(frozen=True, slots=True)
class Move:
    """Who came to belong to an audience, and who ceased to."""

    audience_id: int
    joined: tuple[int, ...] = ()
    left: tuple[int, ...] = ()


def lock_rules() -> None:
    """Whoever changes a rule waits for those who judge by it."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def settle_people(employee_ids: Collection[int]) -> list[Move]:
    """A few people, in every audience. Five statements and two for each audience that changes."""
    db.session.flush()
    db.session.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
    rules = live_rules()
    people = candidates(employee_ids) if rules else []
    present = _present(employee_ids) if rules else set()
    moves = []
    for audience_id, rule in rules:
        should = {one.employee_id for one in people if rule.takes(one)}
        does = {employee_id for audience, employee_id in present if audience == audience_id}
        joined, left = _join(audience_id, sorted(should - does)), _leave(audience_id, does - should)
        if joined or left:
            moves.append(Move(audience_id, joined, left))
    return moves


def leave_batch(audience: Audience) -> Move:
    """The next of those who ceased to belong; empty when none is left."""
    gone = ~belongs(AudienceRule.from_json(audience.rule), department_parents(), clock.now())
    statement = (
        select(AudienceMember.employee_id)
        .join(Employee, Employee.id == AudienceMember.employee_id)
        .where(AudienceMember.audience_id == audience.id, AudienceMember.left_at.is_(None))
        .order_by(AudienceMember.employee_id)
        .limit(BATCH)
        .with_for_update(of=AudienceMember, skip_locked=True)
    )
    if audience.archived_at is None:
        statement = statement.where(gone)
    return Move(audience.id, left=_leave(audience.id, db.session.scalars(statement).all()))


def join_batch(audience: Audience) -> Move:
    """The next of those who have come to belong; empty when none is left.

    Their records are locked: who is being changed at this moment is passed over, and judged by the one who does it.
    """
    if audience.archived_at is not None:
        return Move(audience.id)
    statement = joining(audience.id, AudienceRule.from_json(audience.rule), clock.now())
    batch = statement.order_by(Employee.id).limit(BATCH).with_for_update(of=Employee, read=True, skip_locked=True)
    return Move(audience.id, joined=_join(audience.id, db.session.scalars(batch).all()))


def joining(audience_id: int | None, rule: AudienceRule, now: dt.datetime) -> Select[int]:
    """Ids of those a rule takes who do not belong yet."""
    there = select(AudienceMember.id).where(
        AudienceMember.audience_id == audience_id,
        AudienceMember.employee_id == Employee.id,
        AudienceMember.left_at.is_(None),
    )
    # Not as EXISTS: right after thousands came the planner would walk all of them for each person.
    absent = there.limit(1).scalar_subquery().is_(None)
    return select(Employee.id).where(belongs(rule, department_parents(), now), absent)


def leaving(audience_id: int, rule: AudienceRule, now: dt.datetime) -> Select[int]:
    """Ids of those who belong and would cease to by that rule."""
    return (
        select(AudienceMember.employee_id)
        .join(Employee, Employee.id == AudienceMember.employee_id)
        .where(
            AudienceMember.audience_id == audience_id,
            AudienceMember.left_at.is_(None),
            ~belongs(rule, department_parents(), now),
        )
    )


def _join(audience_id: int, ids: Iterable[int]) -> tuple[int, ...]:
    people = list(ids)
    if not people:
        return ()
    rows = select(literal(audience_id), func.unnest(cast(people, ARRAY(Integer))), literal(clock.now()))
    promise = insert(AudienceMember).from_select(["audience_id", "employee_id", "since"], rows)
    promise = promise.on_conflict_do_nothing(index_elements=["audience_id", "employee_id"], index_where=PRESENT)
    return tuple(db.session.scalars(promise.returning(AudienceMember.employee_id)))


def _leave(audience_id: int, ids: Collection[int]) -> tuple[int, ...]:
    if not ids:
        return ()
    gone = update(AudienceMember).where(
        AudienceMember.audience_id == audience_id,
        AudienceMember.employee_id.in_(ids),
        AudienceMember.left_at.is_(None),
    )
    left = gone.values(left_at=clock.now()).returning(AudienceMember.employee_id)
    return tuple(db.session.scalars(left, execution_options={"synchronize_session": False}))


def _present(employee_ids: Collection[int]) -> set[tuple[int, int]]:
    present = (AudienceMember.employee_id.in_(employee_ids), AudienceMember.left_at.is_(None))
    rows = db.session.execute(select(AudienceMember.audience_id, AudienceMember.employee_id).where(*present))
    return {(row.audience_id, row.employee_id) for row in rows}


def candidates(employee_ids: Collection[int]) -> list[Candidate]:
    """What rules ask of these records, as they are now."""
    names = ("id", "status", "job_role", "department_id", "location", "region", "cohort", "hire_date", "time_zone")
    columns = [getattr(Employee, name) for name in names]
    parents = department_parents()
    rows = db.session.execute(select(*columns).where(Employee.id.in_(employee_ids)))
    return [
        Candidate(
            employee_id=row.id,
            place=Place(row.job_role, own_and_above(row.department_id, parents), row.location, row.region, row.cohort),
            hired_on=row.hire_date,
            active=row.status == "active",
            today=clock.today(row.time_zone),
        )
        for row in rows
    ]
