"""Conditions of roll-up and sequencing rules, held against an activity. Pure (SCORM 2004 SN, RB.1.4 and RB.1.4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

Known = bool | None
"""True, False, or None where it is not known."""


class Activity(Protocol):
    """What conditions ask about."""

    @property
    def completed(self) -> Known: ...
    @property
    def satisfied(self) -> Known: ...
    @property
    def attempted(self) -> bool: ...
    @property
    def measure(self) -> Decimal | None: ...


def combined(values: Sequence[Known]) -> Known:
    """The default rules: every one of them, or no as soon as all are known; nothing of nothing."""
    if not values or any(one is None for one in values):
        return None
    return all(values)


@dataclass(frozen=True, slots=True)
class Rule:
    """One roll-up rule: what follows, of how many children (`percent` 0 to 100), under which conditions."""

    action: str
    consideration: str
    count: int
    percent: float
    settings: Mapping[str, Any]

    def of(self, child: Activity) -> Known:
        """Whether the conditions hold for that child."""
        return holds(self.settings, child)

    def met(self, answers: Sequence[Known]) -> bool:
        """Whether enough children meet the conditions; without children nothing follows."""
        if not answers:
            return False
        yes = sum(one is True for one in answers)
        if self.consideration == "any":
            return yes > 0
        if self.consideration == "none":
            return all(one is False for one in answers)
        if self.consideration == "atLeastCount":
            return yes >= self.count
        if self.consideration == "atLeastPercent":
            return yes * 100 >= self.percent * len(answers)
        return yes == len(answers)


def rules_for(settings: Mapping[str, Any], action: str) -> list[Rule]:
    """The rules of one action, in order. `settings`: {'rules': [...]}."""
    found = settings.get("rules")
    rules = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []
    return [
        Rule(
            action,
            str(one.get("consideration") or "all"),
            int(_figure(one.get("minimumCount"))),
            _figure(one.get("minimumPercent")),
            one,
        )
        for one in rules
        if one.get("action") == action
    ]


def _figure(value: Any) -> float:
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return 0.0


def holds(rule: Mapping[str, Any], activity: Activity) -> Known:
    """The conditions of one rule together: 'any' (the standard's default) or 'all'. No condition: always."""
    found = rule.get("conditions")
    conditions = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []
    answers = [_answer(one, activity) for one in conditions]
    if not answers:
        return True
    if rule.get("conditionCombination") in ("all", "and"):
        return _all(answers)
    negated = _all([None if one is None else not one for one in answers])
    return None if negated is None else not negated


def _all(answers: Iterable[Known]) -> Known:
    said = list(answers)
    if any(one is False for one in said):
        return False
    return None if any(one is None for one in said) else True


def _answer(condition: Mapping[str, Any], activity: Activity) -> Known:
    if condition.get("referencedObjective"):
        return None  # asks about another objective than the activity's own
    said = _asked(str(condition.get("condition") or ""), activity, condition.get("parameters"))
    return (None if said is None else not said) if condition.get("operator") == "not" else said


def _asked(name: str, activity: Activity, parameters: Any) -> Known:
    """One condition. Those about time and number of attempts are not known here: nothing follows from them."""
    known: dict[str, Known] = {
        "satisfied": activity.satisfied,
        "completed": activity.completed,
        "attempted": activity.attempted,
        "notAttempted": not activity.attempted,
        "objectiveStatusKnown": activity.satisfied is not None,
        "objectiveMeasureKnown": activity.measure is not None,
        "activityProgressKnown": activity.completed is not None,
        "progressKnown": activity.completed is not None,
        "always": True,
    }
    if name in ("objectiveMeasureGreaterThan", "objectiveMeasureLessThan"):
        return _compared(name, activity.measure, parameters)
    return known.get(name)


def _compared(name: str, measure: Decimal | None, parameters: Any) -> Known:
    given = parameters.get("threshold") if isinstance(parameters, Mapping) else None
    if measure is None or given is None:
        return None
    return float(measure) > _figure(given) if name.endswith("GreaterThan") else float(measure) < _figure(given)
