"""Learning paths that training rules hand out and take back (CRS-4, CRS-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.assignments.paths import assign_path_many
from lmsapp.assignments.standing.facts import other_rule
from lmsapp.assignments.standing.models import RulePath, TrainingRule
from lmsapp.evidence.audit.actions import record_changes
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.paths.actions import withdraw_from_path
from lmsapp.learning.paths.events import PathWithdrawn
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.settling import active_of
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

BATCH = 200  # each is taken off on its own, with the courses that came along

OPEN = (PathEnrollment.withdrawn_at.is_(None), PathEnrollment.completed_at.is_(None))


def give_path(rule: TrainingRule, due_on: Mapping[int, Any], *, by: Viewer | None) -> tuple[int, ...]:
    """The path with its due dates, by employee. Ids of the path enrollments that got one now."""
    assert rule.path is not None
    employees = db.session.scalars(select(Employee).where(Employee.id.in_(due_on)).order_by(Employee.id)).all()
    made = assign_path_many(employees, rule.path, dict(due_on), by=by, source="audience", note=rule.note)
    mine = (PathEnrollment.path_id == rule.path_id, PathEnrollment.employee_id.in_(made.created))
    rows = db.session.execute(select(PathEnrollment.id, PathEnrollment.due_on).where(*mine)).all()
    if not rows:
        return ()
    kept: dict[str, Any] = {"rule_id": rule.id, "given_at": clock.now(), "withdrawn_at": None}
    promise = insert(RulePath).on_conflict_do_update(index_elements=["path_enrollment_id"], set_=kept)
    db.session.execute(promise, [{"path_enrollment_id": row.id, **kept} for row in rows])
    told = {"path": rule.path.title, "source": "audience", "training_rule_id": rule.id}
    record_changes("assigned", [(("path_enrollment", row.id), {**told, "due_on": row.due_on}) for row in rows], by=by)
    return tuple(row.id for row in rows)


def on_path_by(rule: TrainingRule) -> Select[int]:
    """Path enrollments that are open by this rule and no other rule means."""
    return (
        select(PathEnrollment.id)
        .join(RulePath, RulePath.path_enrollment_id == PathEnrollment.id)
        .where(RulePath.rule_id == rule.id, *OPEN, other_rule(rule, PathEnrollment.employee_id).is_(None))
    )


def take_off_paths(rule: TrainingRule, wanted: ColumnElement[bool], reason: str) -> tuple[int, int]:
    """Take those who are `wanted` off the path they have by this rule. (looked at, taken off) of the next batch.

    Who completed it keeps it. Where another rule for the path means them too, it is that rule's from now on.
    """
    rows = db.session.execute(
        select(RulePath, PathEnrollment.employee_id, other_rule(rule, PathEnrollment.employee_id).label("other"))
        .join(PathEnrollment, PathEnrollment.id == RulePath.path_enrollment_id)
        .where(RulePath.rule_id == rule.id, *OPEN, wanted)
        .order_by(RulePath.path_enrollment_id)
        .limit(BATCH)
        .with_for_update(of=RulePath, skip_locked=True)
    ).all()
    _hand_over([(row[0], row.other) for row in rows if row.other is not None])
    gone = {row[0].path_enrollment_id: row[0] for row in rows if row.other is None}
    held = active_of([row.employee_id for row in rows if row.other is None]) if gone else ()
    leaving = [row for row in held if row.id in gone and row.completed_at is None]
    for row in leaving:
        withdraw_from_path(row, by=None, reason=reason)
        gone[row.id].withdrawn_at = row.withdrawn_at
    db.session.flush()
    return len(rows), len(leaving)


def forget_rule(event: PathWithdrawn) -> None:
    """Staff took somebody off: whether they come back is for staff to say, and no rule withdraws it then."""
    if event.by is not None:
        db.session.execute(delete(RulePath).where(RulePath.path_enrollment_id == event.enrollment.id))


def _hand_over(kept: Sequence[tuple[RulePath, int]]) -> None:
    for one, other in kept:
        one.rule_id = other
    db.session.flush()
    told = [(("path_enrollment", one.path_enrollment_id), {"training_rule_id": other}) for one, other in kept]
    record_changes("taken over by another rule", told, by=None)
