"""How many people a run will look at, for its progress and to know whether it is for the worker. Counts only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing.facts import Look, terms_of
from lmsapp.assignments.standing.models import RulePath, TrainingRule
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.queries import count_members
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.audiences.settling import joining, leaving


def size_of(audience_id: int | None, rule_id: int | None, *, withdraws: bool = False) -> int:
    """People to look at, roughly: those who move, and for each rule those whom it has not assigned yet."""
    if withdraws:
        made = (TrainingAssignment.training_rule_id == rule_id, is_open())
        paths = select(RulePath.path_enrollment_id).where(RulePath.rule_id == rule_id, RulePath.withdrawn_at.is_(None))
        return _count(select(TrainingAssignment.id).where(*made)) + _count(paths)
    moves = {} if rule_id is not None else _moves(audience_id)
    people = sum(left + joined for left, joined in moves.values())
    rules = select(TrainingRule).where(TrainingRule.status == "active")
    if rule_id is not None:
        rules = rules.where(TrainingRule.id == rule_id)
    if audience_id is not None:
        rules = rules.where(TrainingRule.audience_id == audience_id)
    for rule in db.session.scalars(rules):
        people += _count(Look(terms_of(rule)).ids())
        people += sum(moves.get(rule.audience_id, (0, 0)))
    return people


def _moves(audience_id: int | None) -> dict[int, tuple[int, int]]:
    """Audience -> how many leave it and join it."""
    one = Audience.id == audience_id if audience_id else Audience.archived_at.is_(None)
    found, now = {}, clock.now()
    for audience in db.session.scalars(select(Audience).where(one)):
        if audience.archived_at is not None:
            found[audience.id] = (count_members(audience.id), 0)
            continue
        rule = AudienceRule.from_json(audience.rule)
        found[audience.id] = (
            _count(leaving(audience.id, rule, now)),
            _count(joining(audience.id, rule, now)),
        )
    return found


def _count(statement: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
