"""A completion rule: criteria combined with all and any, judged, and refused where it makes no sense (CRS-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from lmsapp.courses.completion.facts import Criterion, CriterionKind, CriterionState, Facts, Mode, latest
from lmsapp.courses.completion.kinds import KINDS
from lmsapp.courses.completion.kinds.lessons import needed
from lmsapp.infra.words import N_, RuleBroken


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of a course's completion rule. `version` 0: not stated yet."""

    version: int = 0
    mode: Mode = Mode.ALL
    criteria: tuple[Criterion, ...] = ()

    @classmethod
    def from_json(cls, version: int, mode: str, criteria: Iterable[Mapping[str, Any]]) -> Rule:
        """From a row of `completion_rule`, however old."""
        return cls(version, Mode(mode), tuple(Criterion.from_json(one) for one in criteria))

    @property
    def measures_time(self) -> bool:
        """Whether time alone can meet one of its criteria."""
        return any("minutes" in KINDS[one.kind].says for one in self.criteria)

    def names(self, lesson_id: int) -> bool:
        """Whether a criterion is about this very lesson."""
        return any(lesson_id == one.lesson_id or lesson_id in one.lessons for one in self.criteria)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands together in a rule: one criterion by itself, or a group combined with `mode`."""

    mode: Mode
    met: bool
    states: tuple[CriterionState, ...]

    @property
    def since(self) -> dt.datetime | None:
        """When it was met; None while it is not."""
        return met_since(self.mode, self.met, [(one.met, one.since) for one in self.states])


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the rule is met, criterion by criterion, in the rule's order."""

    met: bool
    mode: Mode
    criteria: tuple[CriterionState, ...]

    @property
    def open(self) -> tuple[CriterionState, ...]:
        """What is still missing; empty once the rule is met. Of a group that is met, nothing is missing."""
        if self.met:
            return ()
        return tuple(state for part in self.parts if not part.met for state in part.states if not state.met)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The criteria as they stand together, in order."""
        made = []
        for group, states in groupby(_in_order(self.criteria), key=lambda one: one.group):
            together = tuple(states)
            if group:
                made.append(Part(self.mode.other, combine(self.mode.other, (one.met for one in together)), together))
            else:
                made += [Part(self.mode, one.met, (one,)) for one in together]
        return tuple(made)

    @property
    def since(self) -> dt.datetime | None:
        """When the whole was met."""
        return met_since(self.mode, self.met, [(one.met, one.since) for one in self.parts])


def judge(rule: Rule, facts: Facts) -> Judgement:
    """Hold the facts against the rule."""
    states = tuple(replace(KINDS[one.kind].judge(one, facts), group=one.group) for one in rule.criteria)
    parts = Judgement(False, rule.mode, states).parts
    return Judgement(combine(rule.mode, (part.met for part in parts)), rule.mode, states)


def combine(mode: Mode, met: Iterable[bool]) -> bool:
    """All or any; a rule without criteria is never met."""
    values = list(met)
    return bool(values) and (all(values) if mode is Mode.ALL else any(values))


def met_since(mode: Mode, met: bool, parts: Iterable[tuple[bool, dt.datetime | None]]) -> dt.datetime | None:
    """All: when the last was met. Any: when the first was."""
    if not met:
        return None
    instants = [since for one_met, since in parts if one_met]
    if mode is Mode.ALL:
        return latest(instants)
    return min((one for one in instants if one is not None), default=None)


def refusals(rule: Rule, course: Facts) -> Iterator[RuleBroken]:
    """Everything that makes the rule impossible, empty or contradictory in a course with these lessons."""
    if not rule.criteria:
        yield RuleBroken(N_("Choose at least one criterion: opening a page completes nothing."), field="criteria")
    for criterion in rule.criteria:
        yield from KINDS[criterion.kind].misfits(criterion, course)
    groups = {one.group for one in rule.criteria if one.group}
    if len(groups) > 1 or (groups and rule.mode is Mode.ANY):
        yield RuleBroken(N_("A rule asks for all of one list and for one of another; more nobody can read."))
    said = [tuple(sorted((name, str(value)) for name, value in one.as_json().items())) for one in rule.criteria]
    if len(set(said)) < len(said):
        yield RuleBroken(N_("The same is asked twice. Leave one of them out."), field="criteria")
    yield from _idle_shares(rule, course)


def _idle_shares(rule: Rule, course: Facts) -> Iterator[RuleBroken]:
    """A share of the lessons and required lessons side by side, one of which changes nothing."""
    total = len(course.lessons)
    for share in (one for one in rule.criteria if one.kind is CriterionKind.LESSONS):
        for required in (one for one in rule.criteria if one.kind is CriterionKind.REQUIRED):
            if required.group != share.group:
                continue
            need, chosen = needed(share, total), len(required.lessons)
            if need >= total:
                yield RuleBroken(
                    N_("All lessons are asked for already. Leave the required ones out, or ask for a share."),
                    field="required",
                )
            elif chosen >= need:
                yield RuleBroken(
                    N_(
                        "%(chosen)s lessons are required, and the share asks for %(need)s of %(total)s: one of the two "
                        "changes nothing. Ask for a larger share, or leave one of them out."
                    ),
                    field="share",
                    chosen=chosen,
                    need=need,
                    total=total,
                )


def _in_order(states: Iterable[CriterionState]) -> list[CriterionState]:
    """By themselves first, then group by group; within each as stated."""
    return sorted(states, key=lambda one: one.group)
