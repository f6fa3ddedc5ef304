"""Who has to hold what, kept true: at once for the few whose records change, a statement a type for the many (HRD-3).

The rule of a type and its SQL agree (`people.audiences`), so that both ways come to the same. A type that names an
audience follows the audience's rule itself, not the rows of its members, which may lag behind. Whoever changes a rule
takes the lock alone, whoever looks at changed records shares it: a record changed at the same moment is judged by the
new rule, or is seen by whoever makes the type true.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, cast, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType
from lmsapp.evidence.audit.actions import record_changes
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.queries import belongs
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.audiences.settling import candidates
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.viewer import Viewer

LOCK = 0x0849  # advisory
BATCH = 5000
NOBODY = AudienceRule()
PRESENT = ComplianceDuty.until.is_(None)
IS_PRESENT = ComplianceDuty.__table__.c.until.is_(None)
BESIDE = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Moves:
    """How many people are asked from now on, and how many are not any more."""

    asked: int = 0
    released: int = 0

    def __add__(self, other: Moves) -> Moves:
        return Moves(self.asked + other.asked, self.released + other.released)

    def __bool__(self) -> bool:
        return bool(self.asked or self.released)


def lock_types() -> None:
    """Whoever changes whom a type asks waits for those who judge by it."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def live_rules(type_id: int | None = None) -> dict[int, AudienceRule]:
    """Type -> whom it asks. An archived type or audience asks nobody. One statement."""
    rows = select(
        ComplianceType.id, ComplianceType.rule, ComplianceType.audience_id, ComplianceType.archived_at,
        Audience.rule.label("audience_rule"), Audience.archived_at.label("audience_archived_at"),
    ).outerjoin(Audience, Audience.id == ComplianceType.audience_id)  # fmt: skip
    if type_id is not None:
        rows = rows.where(ComplianceType.id == type_id)
    found = {}
    for row in db.session.execute(rows.order_by(ComplianceType.id)):
        gone = row.archived_at is not None or row.audience_archived_at is not None
        kept = row.audience_rule if row.audience_id is not None else row.rule
        found[row.id] = NOBODY if gone else AudienceRule.from_json(kept)
    return found


def settle_people(employee_ids: Collection[int], by: Viewer | None) -> Moves:
    """A few people, in every type, in this transaction. Seven statements, however many types."""
    db.session.flush()
    db.session.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
    rules, people = live_rules(), candidates(employee_ids)
    should = {(key, one.employee_id) for key, rule in rules.items() for one in people if rule.takes(one)}
    present = select(ComplianceDuty.type_id, ComplianceDuty.employee_id)
    does = {
        (row.type_id, row.employee_id)
        for row in db.session.execute(present.where(ComplianceDuty.employee_id.in_(employee_ids), PRESENT))
    }
    began, ended = _begin_pairs(sorted(should - does)), _end_pairs(sorted(does - should))
    _note(began, ended, by)
    return Moves(len(began), len(ended))


def settle_type(type_id: int, most: int | None = None) -> Moves:
    """Everybody, in one type: whoever is not meant any more is released, whoever is, is asked. Two statements.

    `most`: so many of each at a time; nothing left when it answers no moves.
    """
    lock_types()
    rule = live_rules(type_id)[type_id]
    return Moves(_ask(type_id, rule, most), _release(type_id, rule, most))


def preview(type_id: int | None, rule: AudienceRule) -> tuple[int, Moves]:
    """How many that rule would ask, and what it would change. Three counts."""
    asked = _count(_meant(rule))
    if type_id is None:
        return asked, Moves(asked, 0)
    return asked, Moves(_count(_missing(type_id, rule)), _count(_spare(type_id, rule)))


def count_asked(type_id: int) -> int:
    """How many it asks now."""
    return _count(select(ComplianceDuty.id).where(ComplianceDuty.type_id == type_id, PRESENT))


def _meant(rule: AudienceRule) -> Select[int]:
    return select(Employee.id).where(belongs(rule, department_parents(), clock.now()))


def _missing(type_id: int, rule: AudienceRule) -> Select[int]:
    there = select(ComplianceDuty.employee_id).where(ComplianceDuty.type_id == type_id, PRESENT)
    # Compared as two sets: one walk of the duties of the type, however many people there are.
    return _meant(rule).where(Employee.id.not_in(there))


def _spare(type_id: int, rule: AudienceRule) -> Select[int]:
    return (
        select(ComplianceDuty.id)
        .join(Employee, Employee.id == ComplianceDuty.employee_id)
        .where(ComplianceDuty.type_id == type_id, PRESENT, ~belongs(rule, department_parents(), clock.now()))
    )


def _ask(type_id: int, rule: AudienceRule, most: int | None) -> int:
    missing = _missing(type_id, rule).order_by(Employee.id).limit(most).subquery()
    rows = select(literal(type_id), missing.c.id, literal(clock.now()))
    promise = insert(ComplianceDuty).from_select(["type_id", "employee_id", "since"], rows)
    promise = promise.on_conflict_do_nothing(index_elements=["type_id", "employee_id"], index_where=IS_PRESENT)
    return _changed(promise)


def _release(type_id: int, rule: AudienceRule, most: int | None) -> int:
    spare = _spare(type_id, rule).order_by(ComplianceDuty.id).limit(most)
    gone = update(ComplianceDuty).where(ComplianceDuty.id.in_(spare), PRESENT).values(until=clock.now())
    return _changed(gone)


def _changed(statement: Any) -> int:
    """How many rows it changed, without fetching them."""
    db.session.flush()
    result: Any = db.session.connection().execute(statement, execution_options={"preserve_rowcount": True})
    assert result.rowcount >= 0
    return int(result.rowcount)


def _begin_pairs(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    if not pairs:
        return []
    types, people = ([pair[place] for pair in pairs] for place in (0, 1))
    given = func.unnest(cast(types, ARRAY(Integer)), cast(people, ARRAY(Integer)))
    table = given.table_valued("type_id", "employee_id").render_derived()
    rows = select(table.c.type_id, table.c.employee_id, literal(clock.now()))
    promise = insert(ComplianceDuty).from_select(["type_id", "employee_id", "since"], rows)
    promise = promise.on_conflict_do_nothing(index_elements=["type_id", "employee_id"], index_where=IS_PRESENT)
    done = db.session.execute(promise.returning(ComplianceDuty.type_id, ComplianceDuty.employee_id))
    return [(row.type_id, row.employee_id) for row in done]


def _end_pairs(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    if not pairs:
        return []
    pair = tuple_(ComplianceDuty.type_id, ComplianceDuty.employee_id)
    gone = update(ComplianceDuty).where(pair.in_(pairs), PRESENT).values(until=clock.now())
    done = db.session.execute(
        gone.returning(ComplianceDuty.type_id, ComplianceDuty.employee_id), execution_options=BESIDE
    )
    return [(row.type_id, row.employee_id) for row in done]


def _note(began: Sequence[tuple[int, int]], ended: Sequence[tuple[int, int]], by: Viewer | None) -> None:
    """One entry a person, with the names of what is asked of them now and what is not any more."""
    changed = sorted({employee_id for _type, employee_id in (*began, *ended)})
    if not changed:
        return
    ids = {type_id for type_id, _employee in (*began, *ended)}
    named = select(ComplianceType.id, ComplianceType.name).where(ComplianceType.id.in_(ids))
    names = {row.id: row.name for row in db.session.execute(named)}
    entries = []
    for one in changed:
        asks = [names[type_id] for type_id, employee_id in began if employee_id == one]
        released = [names[type_id] for type_id, employee_id in ended if employee_id == one]
        after = {"must hold": asks, "need not hold any more": released}
        entries.append((("employee", one), {name: value for name, value in after.items() if value}))
    record_changes("duties changed", entries, by=by)


def _count(statement: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
