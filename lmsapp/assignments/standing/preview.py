"""What would come of a rule before it is saved: the same facts and the same judging as when it is (CRS-5)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing.actions import RuleFacts, target_ids
from lmsapp.assignments.standing.applying import acts, is_published
from lmsapp.assignments.standing.facts import Look, Terms, judged, other_rule, read, terms_of, with_target
from lmsapp.assignments.standing.models import RuleException, TrainingRule
from lmsapp.assignments.standing.on_paths import on_path_by
from lmsapp.assignments.standing.rules import Stand, Verdict
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.queries import belongs
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.audiences.settling import joining, leaving
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.queries import department_parents

NAMED = 10
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class RulePreview:
    """Of one training rule: how many it assigns, withdraws, cannot assign (by reason; `new` of them not on the list
    yet), and who has it. `waits`: nothing happens until the course is published or the rule goes on."""

    title: str
    assigned: int = 0
    withdrawn: int = 0
    new: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    has_it: int = 0
    waits: bool = False
    samples: Sequence[tuple[str, Any]] = ()

    @property
    def fingerprint(self) -> str:
        """The same as long as the same would happen."""
        told = [self.title, self.assigned, self.withdrawn, self.new, self.reasons, self.waits]
        told.append([(name, str(said)) for name, said in self.samples])
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class AudiencePreview:
    """Who joins and leaves, the first of them by name, and what each of its training rules makes of it."""

    members: int
    joins: int
    leaves: int
    joining: Sequence[Any]
    leaving: Sequence[Any]
    rules: Sequence[RulePreview]

    @property
    def changes(self) -> bool:
        """Whether saving does anything to anybody."""
        return bool(self.joins or self.leaves or any(one.assigned or one.withdrawn or one.new for one in self.rules))

    @property
    def fingerprint(self) -> str:
        """The same as long as the same would happen."""
        told = [self.joins, self.leaves, [one.fingerprint for one in self.rules]]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def preview_audience(audience: Audience, rule: AudienceRule) -> AudiencePreview:
    """What saving that rule for the audience would do now. Raises RuleBroken when it is archived."""
    if audience.archived_at is not None:
        raise RuleBroken(N_("This audience is archived."))
    now, parents = clock.now(), department_parents()
    comes, goes = joining(audience.id, rule, now), leaving(audience.id, rule, now)
    taken = belongs(rule, parents, now)
    mine = (TrainingRule.audience_id == audience.id, TrainingRule.status != "archived")
    rules = db.session.scalars(with_target().where(*mine).order_by(TrainingRule.id)).all()
    return AudiencePreview(
        members=_count(select(Employee.id).where(taken)),
        joins=_count(comes),
        leaves=_count(goes),
        joining=_names(comes),
        leaving=_names(goes),
        rules=[_of_rule(one, taken) for one in rules],
    )


def preview_rule(
    audience_id: int, target: Course | LearningPath, facts: RuleFacts, rule: TrainingRule | None = None
) -> RulePreview:
    """What saving a training rule would do now, with what follows for three people. `rule`: the kept one."""
    course_id, path_id = target_ids(target)
    when = (facts.due, facts.starts_on, facts.joined_from)
    terms = Terms(rule.id if rule else None, audience_id, course_id, *when, path_id)
    active = (rule is None or rule.status == "active") and is_published(target)
    verdicts = _verdicts(terms, None)
    found = _counted(target.title, terms, verdicts, waits=not active)
    return RulePreview(**{**{name: getattr(found, name) for name in found.__slots__}, "samples": _samples(verdicts)})


def _of_rule(rule: TrainingRule, taken: ColumnElement[bool]) -> RulePreview:
    terms = terms_of(rule)
    waits = not acts(rule)
    verdicts = [] if waits else _verdicts(terms, taken)
    goes = 0 if rule.status != "active" else _withdrawn(rule, taken)
    return _counted(rule.target.title, terms, verdicts, waits=waits, withdrawn=goes)


def _verdicts(terms: Terms, people: ColumnElement[bool] | None) -> list[tuple[Stand, Verdict]]:
    look = Look(terms)
    wanted = look.is_member if people is None else people
    return list(judged(terms, read(look.statement().where(wanted, or_(look.has_it, ~look.done)))))


def _counted(
    title: str, terms: Terms, verdicts: Sequence[tuple[Stand, Verdict]], *, waits: bool, withdrawn: int = 0
) -> RulePreview:
    refused = {one.employee_id: said.reason for one, said in verdicts if said.reason is not None}
    there = select(RuleException.employee_id).where(
        RuleException.rule_id == terms.rule_id, RuleException.resolved_at.is_(None)
    )
    known = set(db.session.scalars(there)) if terms.rule_id and refused else set()
    return RulePreview(
        title=title,
        assigned=sum(said.due_on is not None for _one, said in verdicts),
        withdrawn=withdrawn,
        new=len(refused.keys() - known),
        reasons=dict(sorted(Counter(reason.value for reason in refused.values()).items())),
        has_it=sum(one.open_assignment is not None for one, _said in verdicts),
        waits=waits,
    )


def _withdrawn(rule: TrainingRule, taken: ColumnElement[bool]) -> int:
    """How many of its open assignments are of people who would not belong, and whom no other rule means."""
    if rule.path_id is not None:
        return _count(on_path_by(rule).join(Employee, Employee.id == PathEnrollment.employee_id).where(~taken))
    goes = select(TrainingAssignment.id).join(Employee, Employee.id == TrainingAssignment.employee_id)
    alone = other_rule(rule, TrainingAssignment.employee_id).is_(None)
    return _count(goes.where(TrainingAssignment.training_rule_id == rule.id, is_open(), alone, ~taken))


def _samples(verdicts: Sequence[tuple[Stand, Verdict]]) -> list[tuple[str, Verdict]]:
    """Three people with what follows for them: as different as there are."""
    wanted: dict[Any, tuple[int, Verdict]] = {}
    for one, said in verdicts:
        if one.open_assignment is None:
            wanted.setdefault((said.due_on, said.reason), (one.employee_id, said))
    chosen = sorted(wanted.values(), key=lambda pair: pair[1].due_on is None)[:SAMPLES]
    if len(chosen) < SAMPLES:
        more = [(one.employee_id, said) for one, said in verdicts if said.due_on is not None]
        chosen += [pair for pair in more if pair not in chosen][: SAMPLES - len(chosen)]
    named = select(Employee.id, Employee.name).where(Employee.id.in_([key for key, _said in chosen]))
    names = {row.id: row.name for row in db.session.execute(named)}
    return [(names[key], said) for key, said in chosen]


def _names(ids: Any) -> list[str]:
    named = select(Employee.name).where(Employee.id.in_(ids)).order_by(Employee.sort_name, Employee.id)
    return list(db.session.scalars(named.limit(NAMED)))


def _count(statement: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
