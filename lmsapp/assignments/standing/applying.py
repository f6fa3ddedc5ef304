"""A training rule made true, a batch at a time: assigning, withdrawing, exceptions (CRS-5).

Every step looks at what is the case and does what is missing, so that it may be stopped anywhere and run again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, literal, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.events import AssignmentClosed
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing.facts import Look, judged, other_rule, read, terms_of
from lmsapp.assignments.standing.models import UNSETTLED, RuleException, TrainingRule
from lmsapp.assignments.standing.on_paths import give_path, take_off_paths
from lmsapp.assignments.standing.rules import Verdict
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.paths.rules import PathStatus
from lmsapp.evidence.audit.actions import record_changes
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.facts import in_force
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.settling import active_of
from lmsapp.people.audiences.models import AudienceMember
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

BATCH = 1000
TELL_JOB = "tell_assigned"
LEFT_AUDIENCE = N_("No longer in the audience that has to take it.")
RULE_ENDED = N_("The rule that assigned it was paused or ended.")


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of a step. `looked`: people it looked at, for the progress."""

    looked: int = 0
    people_joined: int = 0
    people_left: int = 0
    assigned: int = 0
    withdrawn: int = 0
    exceptions: int = 0
    settled: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return any(getattr(self, one.name) for one in fields(self) if one.name != "looked")


def give(rule: TrainingRule, due_on: Mapping[int, Any], *, by: Viewer | None = None) -> tuple[int, ...]:
    """The one place that hands out what a rule leads to: due dates by employee. As many ids as got something new.

    Enrollments that were withdrawn are open again.
    """
    if not due_on:
        return ()
    if rule.path_id is not None:
        return give_path(rule, due_on, by=by)
    assert rule.course is not None
    employees = db.session.scalars(select(Employee).where(Employee.id.in_(due_on)).order_by(Employee.id)).all()
    again = (
        update(Enrollment)
        .where(
            Enrollment.course_id == rule.course_id,
            Enrollment.employee_id.in_(due_on),
            Enrollment.withdrawn_at.is_not(None),
        )
        .values(withdrawn_at=None)
        .returning(Enrollment.id)
    )
    reopened = db.session.scalars(again).all()
    record_changes("enrolled again", [(("enrollment", one), {"source": "audience"}) for one in reopened], by=by)
    made = assign_many(
        employees, rule.course, dict(due_on), by=by, source="audience", note=rule.note, training_rule_id=rule.id
    )
    if made.created:
        ring(TELL_JOB)
    return made.created


def assign_batch(rule: TrainingRule, after: int = 0, only: Collection[int] | None = None) -> tuple[Counts, int | None]:
    """The next people the rule means and who have it not; and after which id to go on, None at the end."""
    if not acts(rule):
        return Counts(), None
    terms = terms_of(rule)
    chosen = true() if only is None else Employee.id.in_(only)
    look = Look(terms)
    statement = look.statement().where(*look.still_to_judge(), Employee.id > after, chosen)
    people = list(judged(terms, read(statement.order_by(Employee.id).limit(BATCH))))
    if not people:
        return Counts(), None
    made = give(rule, {one.employee_id: said.due_on for one, said in people if said.due_on is not None})
    refused = {one.employee_id: said for one, said in people if said.reason is not None}
    new = _note(rule.id, refused)
    resolved = _resolve(rule.id, [one.employee_id for one, _said in people if one.employee_id not in refused])
    last = people[-1][0].employee_id if len(people) == BATCH else None
    return Counts(len(people), assigned=len(made), exceptions=new, settled=resolved), last


def acts(rule: TrainingRule) -> bool:
    """Whether it may assign anything now: it waits while it is paused and while what it leads to is not published."""
    return rule.status == "active" and is_published(rule.target)


def is_published(target: Course | LearningPath) -> bool:
    """Whether it takes new learners."""
    return target.status == (PathStatus.PUBLISHED if isinstance(target, LearningPath) else CourseStatus.PUBLISHED)


def withdraw_batch(rule: TrainingRule, only: Collection[int] | None = None, *, everything: bool = False) -> Counts:
    """Close what the rule assigned to people who left its audience; `everything`: to anybody. The next batch.

    Where another rule for the same means them too, the assignment or path is that rule's from now on.
    """
    if rule.path_id is not None:
        there = false() if everything else _member(rule.audience_id, PathEnrollment.employee_id)
        chosen = true() if only is None else PathEnrollment.employee_id.in_(only)
        looked, taken_off = take_off_paths(rule, and_(~there, chosen), _why(everything=everything))
        return Counts(looked, withdrawn=taken_off)
    wanted = [TrainingAssignment.training_rule_id == rule.id, is_open()]
    if only is not None:
        wanted.append(TrainingAssignment.employee_id.in_(only))
    if not everything:
        wanted.append(~_member(rule.audience_id, TrainingAssignment.employee_id))
    rows = db.session.execute(
        select(TrainingAssignment, other_rule(rule, TrainingAssignment.employee_id).label("other"))
        .join(TrainingAssignment.enrollment)
        .options(contains_eager(TrainingAssignment.enrollment))
        .where(*wanted)
        .order_by(TrainingAssignment.id)
        .limit(BATCH)
        .with_for_update(of=TrainingAssignment, skip_locked=True)
    ).all()
    _hand_over([(row[0], row[1]) for row in rows if row[1] is not None])
    gone = [row[0] for row in rows if row[1] is None]
    _close(gone, _why(everything=everything))
    return Counts(len(rows), withdrawn=len(gone))


def tidy_exceptions(rule: TrainingRule, only: Collection[int] | None = None) -> Counts:
    """Exceptions of people who left, have it by now or completed it vanish from the list; they are kept."""
    there = _member(rule.audience_id, RuleException.employee_id)
    wanted = [RuleException.rule_id == rule.id, RuleException.resolved_at.is_(None)]
    if only is not None:
        wanted.append(RuleException.employee_id.in_(only))
    if rule.status != "archived":
        still = Look(terms_of(rule)).ids()
        wanted.append(~there | RuleException.employee_id.not_in(still))
    done = update(RuleException).where(*wanted).returning(RuleException.id)
    values = {"resolved_at": clock.now(), "resolved_as": case((there, literal("settled")), else_=literal("left"))}
    return Counts(settled=len(db.session.scalars(done.values(values), execution_options=BESIDE).all()))


def _why(*, everything: bool) -> str:
    return RULE_ENDED if everything else LEFT_AUDIENCE


BESIDE: dict[str, Any] = {"synchronize_session": False}


def _close(gone: Sequence[TrainingAssignment], reason: str) -> None:
    """Closed with its own word. An enrollment that the rule brought and nobody began goes with it, at that instant,
    unless it is part of a path they are on."""
    now, paths = clock.now(), active_of([one.employee_id for one in gone], hold=False) if gone else ()
    needed = {(row.employee_id, course_id) for row in paths for course_id in in_force(row.path).course_ids}
    for one in gone:
        one.closed_as, one.closed_at, one.close_reason, one.next_reminder_on = "withdrawn", now, reason, None
        enrollment = one.enrollment
        untouched = enrollment.started_at is None and enrollment.completed_at is None
        on_path = (one.employee_id, one.course_id) in needed
        if enrollment.source == "audience" and untouched and not on_path and enrollment.withdrawn_at is None:
            enrollment.withdrawn_at = now
    db.session.flush()
    told = [(("assignment", one.id), {"closed_as": "withdrawn", "due_on": one.due_on}) for one in gone]
    record_changes("withdrawn", told, by=None, reason=reason)
    left = [(("enrollment", one.enrollment_id), {"withdrawn_at": now}) for one in gone if one.enrollment.withdrawn_at]
    record_changes("withdrawn", left, by=None, reason=reason)
    for one in gone:
        emit(AssignmentClosed(one))


def _hand_over(kept: Sequence[tuple[TrainingAssignment, int]]) -> None:
    for one, other in kept:
        one.training_rule_id = other
    db.session.flush()
    told = [(("assignment", one.id), {"training_rule_id": other, "due_on": one.due_on}) for one, other in kept]
    record_changes("taken over by another rule", told, by=None)


def _member(audience_id: int, employee_id: Any) -> ColumnElement[bool]:
    """Looked up person by person, as in `facts.Look`: as EXISTS it may walk all of them for each."""
    present = select(AudienceMember.id).where(
        AudienceMember.audience_id == audience_id,
        AudienceMember.employee_id == employee_id,
        AudienceMember.left_at.is_(None),
    )
    return present.limit(1).scalar_subquery().is_not(None)


def _note(rule_id: int, refused: Mapping[int, Verdict]) -> int:
    """Keep the exceptions; one that is there already is kept as it is, unless its reason is another by now."""
    if not refused:
        return 0
    mine = (RuleException.rule_id == rule_id, RuleException.resolved_at.is_(None))
    there = {
        one.employee_id: one
        for one in db.session.scalars(select(RuleException).where(*mine, RuleException.employee_id.in_(refused)))
    }
    rows = []
    for employee_id, said in refused.items():
        assert said.reason is not None
        kept = there.get(employee_id)
        if kept is None:
            told = {"reason": said.reason.value, "facts": dict(said.facts or {})}
            rows.append({"rule_id": rule_id, "employee_id": employee_id, "since": clock.now(), **told})
        elif (kept.reason, kept.facts) != (said.reason.value, dict(said.facts or {})):
            kept.reason, kept.facts = said.reason.value, dict(said.facts or {})
    promise = insert(RuleException).on_conflict_do_nothing(
        index_elements=["rule_id", "employee_id"], index_where=UNSETTLED
    )
    return len(db.session.scalars(promise.returning(RuleException.id), rows).all()) if rows else 0


def _resolve(rule_id: int, employee_ids: Collection[int]) -> int:
    if not employee_ids:
        return 0
    settled = (
        update(RuleException)
        .where(
            RuleException.rule_id == rule_id,
            RuleException.employee_id.in_(employee_ids),
            RuleException.resolved_at.is_(None),
        )
        .values(resolved_at=clock.now(), resolved_as="settled")
        .returning(RuleException.id)
    )
    return len(db.session.scalars(settled, execution_options=BESIDE).all())
