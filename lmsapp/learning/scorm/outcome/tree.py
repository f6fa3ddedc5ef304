"""A SCORM 2004 package as a tree of activities, judged by its own roll-up rules (SCO-3). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lmsapp.courses.packages.rules import Item, ItemKind, Manifest
from lmsapp.learning.scorm.outcome.activity import Node, contributes, weight
from lmsapp.learning.scorm.outcome.conditions import Known
from lmsapp.learning.scorm.outcome.facts import CENT, NOTHING, PartFact
from lmsapp.learning.scorm.outcome.objectives import written

DEEPEST = 40  # levels; what is nested deeper hangs on the package itself


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part as the rules see it. `for_completion`, `for_success`: whether it counts there at all."""

    id: str
    title: str
    fact: PartFact
    completed: Known
    satisfied: Known
    for_completion: bool
    for_success: bool


@dataclass(frozen=True, slots=True)
class Root:
    """What the package comes to. `score` in per cent; None where the rules let no score through."""

    completion: str
    success: str
    score: Decimal | None
    leaves: tuple[Leaf, ...]
    finished: int
    asked: int


def has_rules(manifest: Manifest) -> bool:
    """Whether the package says anything itself about how its parts come together."""
    every = [manifest.sequencing, *(one.sequencing for one in manifest.items)]
    folders = [manifest.sequencing, *(one.sequencing for one in manifest.items if one.kind is ItemKind.FOLDER)]
    return any(_speaks(one) for one in every if one) or any(_by_measure(one) for one in folders if one)


def _speaks(settings: Mapping[str, Any]) -> bool:
    node = Node("", "", settings)
    return bool(
        node.of("rollupRules").get("rules")
        or node.of("rollupConsiderations")
        or not node.tracked
        or not node.control("rollupObjectiveSatisfied", True)
        or not node.control("rollupProgressCompletion", True)
        or weight(node) != 1
    )


def _by_measure(settings: Mapping[str, Any]) -> bool:
    node = Node("", "", settings)
    return bool(node.primary.get("satisfiedByMeasure") or node.of("completionThreshold").get("completedByMeasure"))


def judged(manifest: Manifest, facts: Mapping[str, PartFact], *, opened_counts: bool) -> Root:
    """The whole tree; `facts` by item."""
    root = _grown(manifest, facts, opened_counts=opened_counts)
    leaves = tuple(_leaves(root, True, True))
    counted = [one for one in leaves if one.for_completion or one.for_success]
    measure = root.measure
    return Root(
        completion={True: "completed", False: "incomplete", None: "incomplete" if root.attempted else "unknown"}[
            root.completed
        ],
        success={True: "passed", False: "failed", None: "unknown"}[root.satisfied],
        score=None if measure is None else max(Decimal(0), measure * 100).quantize(CENT),
        leaves=leaves,
        finished=sum(bool(one.completed or one.satisfied) for one in counted),
        asked=len(counted),
    )


def _grown(manifest: Manifest, facts: Mapping[str, PartFact], *, opened_counts: bool) -> Node:
    root = Node("", manifest.title, manifest.sequencing or {})
    shared = written(manifest.items, facts)
    judging = any(one.success != "unknown" for one in facts.values())
    placed: dict[str, tuple[Node, int]] = {}
    for item in manifest.items:
        node = _node(item, facts.get(item.id, NOTHING))
        node.opened_counts, node.judging, node.shared = opened_counts, judging, shared
        above, depth = placed.get(item.parent or "", (root, 0))
        if depth >= DEEPEST:
            above, depth = root, 0
        placed[item.id] = node, depth + 1
        above.children.append(node)
    root.threshold = root.of("completionThreshold")
    root.shared = shared
    return root


def _node(item: Item, fact: PartFact) -> Node:
    settings = item.sequencing or {}
    own = settings.get("completionThreshold")
    threshold = item.completion_threshold or (own if isinstance(own, Mapping) else {})
    return Node(item.id, item.title or item.id, settings, fact, item.kind, threshold)


def _leaves(node: Node, completion: bool, success: bool) -> Iterable[Leaf]:
    for one in node.children:
        for_completion = completion and contributes(one, "completed")
        for_success = success and contributes(one, "satisfied")
        if one.children:
            yield from _leaves(one, for_completion, for_success)
        else:
            yield Leaf(one.id, one.title, one.fact, one.completed, one.satisfied, for_completion, for_success)
