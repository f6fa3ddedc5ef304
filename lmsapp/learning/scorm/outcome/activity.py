"""One activity of a SCORM 2004 package in the roll-up: what it comes to from what is below it. Pure.

After SCORM 2004 4th Edition, Sequencing and Navigation: RB.1.1 measure, RB.1.2 objective, RB.1.3 activity progress,
RB.1.4 rules, RB.1.4.2 which children contribute. Settings are in the shape of the run-time library's activity settings
(`courses.packages.manifests.sequencing` writes them); what is left out has the standard's default. True, False, or
None for 'not known' throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from lmsapp.courses.packages.rules import ItemKind
from lmsapp.learning.scorm.outcome.conditions import Known, Rule, combined, holds, rules_for
from lmsapp.learning.scorm.outcome.facts import NOTHING, PartFact, opening_counts
from lmsapp.learning.scorm.outcome.objectives import Global, read_measure, read_satisfied


@dataclass(eq=False)
class Node:
    """An item, or the package itself, with what is below it."""

    id: str
    title: str
    settings: Mapping[str, Any]
    fact: PartFact = NOTHING
    kind: ItemKind = ItemKind.FOLDER
    threshold: Mapping[str, Any] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    opened_counts: bool = False
    judging: bool = False  # some part of the package says 'passed' or 'failed'
    shared: Mapping[str, Global] = field(default_factory=dict)

    def control(self, name: str, usual: Any) -> Any:
        """A setting of the sequencing controls."""
        value = self.of("sequencingControls").get(name)
        return usual if value is None else value

    def of(self, name: str) -> Mapping[str, Any]:
        """A group of settings, or an empty one."""
        found = self.settings.get(name)
        return found if isinstance(found, Mapping) else {}

    @property
    def tracked(self) -> bool:
        """Whether anything is kept of it at all; by the controls of delivery, or where the library has it as well."""
        return bool(self.of("deliveryControls").get("tracked", self.control("tracked", True)))

    @property
    def primary(self) -> Mapping[str, Any]:
        """The objective that stands for the whole activity."""
        return self.of("primaryObjective")

    @cached_property
    def attempted(self) -> bool:
        """Whether it, or anything below it, was opened."""
        return self.fact.opened or any(one.attempted for one in self.children)

    @cached_property
    def measure(self) -> Decimal | None:
        """-1 to 1: of the children by their weights (RB.1.1), where one that has none yet counts as nought."""
        if not self.children:
            own = None if self.fact.score is None else self.fact.score / 100
            return own if own is not None else read_measure(self.primary, self.shared)
        weighed = [(one, weight(one)) for one in self.children if one.tracked]
        known = [(one.measure, weight) for one, weight in weighed if one.measure is not None and weight]
        whole = sum((weight for _one, weight in weighed), Decimal(0))
        if not known or not whole:
            return None
        return sum((measure * weight for measure, weight in known), Decimal(0)) / whole

    @cached_property
    def completed(self) -> Known:
        """RB.1.3."""
        if not self.children:
            return self._own_completion()
        if self.threshold.get("completedByMeasure"):
            return self._by_progress()
        return self._rolled("completed", "incomplete", lambda one: one.completed)

    @cached_property
    def satisfied(self) -> Known:
        """RB.1.2: by measure, by rules, or by the default rules."""
        if self.primary.get("satisfiedByMeasure") and (self.children or self.measure is not None):
            return None if self.measure is None else self.measure >= _least(self.primary)
        if not self.children:
            return self._own_success()
        return self._rolled("satisfied", "notSatisfied", lambda one: one.satisfied)

    def _own_completion(self) -> Known:
        if self.kind is not ItemKind.SCO:
            return True if self.fact.opened else None
        if opening_counts(self.fact, self.opened_counts):
            return True
        return {"completed": True, "incomplete": False, "browsed": False}.get(self.fact.completion)

    def _own_success(self) -> Known:
        """What the content said; else what a shared objective says; else, where it is done and leaves the judging to
        others, satisfied (UP.4), so that pages to read do not keep a passed test from counting."""
        said = {"passed": True, "failed": False}.get(self.fact.success)
        if said is None:
            said = read_satisfied(self.primary, self.shared)
        by_content = bool(self.of("deliveryControls").get("objectiveSetByContent"))
        if said is None and self.completed and self.judging and not by_content:
            return True
        return said

    def _by_progress(self) -> Known:
        weighed = [(one, _number(one.threshold.get("progressWeight"), "1")) for one in self.children if one.tracked]
        whole = sum((weight for _one, weight in weighed), Decimal(0))
        if not whole or not self.attempted:
            return None
        reached = sum(((_progress(one)) * weight for one, weight in weighed), Decimal(0)) / whole
        return reached >= _number(self.threshold.get("minProgressMeasure"), "1")

    def _rolled(self, yes: str, no: str, value: Any) -> Known:
        """By its own rules for either answer, the affirmative last, as RB.1.2 and RB.1.3 do; else by the default."""
        own = [*rules_for(self.of("rollupRules"), no), *rules_for(self.of("rollupRules"), yes)]
        if not own:
            return combined([value(one) for one in self.children if contributes(one, yes)])
        found: Known = None
        for rule in own:
            if self._met(rule):
                found = rule.action == yes
        return found if found is not None or not self.attempted else False

    def _met(self, rule: Rule) -> bool:
        there = [one for one in self.children if contributes(one, rule.action)]
        return rule.met([rule.of(one) for one in there])


def contributes(child: Node, action: str) -> bool:
    """RB.1.4.2: whether a child counts in its parent's roll-up for that action."""
    if not child.tracked or (child.kind is ItemKind.FOLDER and not child.children):
        return False
    success = action in ("satisfied", "notSatisfied")
    if not child.control("rollupObjectiveSatisfied" if success else "rollupProgressCompletion", True):
        return False
    wanted = child.of("rollupConsiderations").get(REQUIRED[action], "always")
    if wanted == "ifAttempted":
        return child.attempted
    if wanted == "ifNotSkipped":
        return not _skipped(child)
    if wanted == "ifNotSuspended":
        return child.attempted and (child.fact.left or bool(child.children))
    return True


REQUIRED = {
    "satisfied": "requiredForSatisfied",
    "notSatisfied": "requiredForNotSatisfied",
    "completed": "requiredForCompleted",
    "incomplete": "requiredForIncomplete",
}


def _skipped(node: Node) -> bool:
    """Whether a rule of its own skips it as things stand."""
    found = node.of("sequencingRules").get("preConditionRules")
    rules = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return any(one.get("action") == "skip" and holds(one, node) for one in rules)


def weight(node: Node) -> Decimal:
    return _number(node.control("objectiveMeasureWeight", 1), "1")


def _least(objective: Mapping[str, Any]) -> Decimal:
    return _number(objective.get("minNormalizedMeasure"), "1")


def _progress(node: Node) -> Decimal:
    if node.fact.progress is not None:
        return node.fact.progress
    return Decimal(1) if node.completed else Decimal(0)


def _number(value: Any, usual: str) -> Decimal:
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return Decimal(usual)
    return found if found.is_finite() else Decimal(usual)
