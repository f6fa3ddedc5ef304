"""SCORM 2004 sequencing: the `imsss` elements of an item as JSON, in the shape of the library's activity settings.

Source: SCORM 2004 4th Edition, Sequencing and Navigation, 3 (definition model) and 5 (XML binding). Pure: it reads
elements only. What a package says nothing about is left out, and the library's defaults hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lmsapp.infra.xml import Node

Json = dict[str, Any]
Read = Callable[[str], Any]

NAMELESS = "_primary"  # a primary objective may go without a name; the library needs one to keep its passing score


def _flag(said: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(said.strip().lower())


def _number(said: str) -> float | None:
    try:
        number = float(said)
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None


def _count(said: str) -> int | None:
    number = _number(said)
    return None if number is None or number < 0 else int(number)


def _percent(said: str) -> float | None:
    share = _number(said)
    return None if share is None or not 0 <= share <= 1 else round(share * 100, 6)


def _word(said: str) -> str | None:
    return said.strip() or None


MODES = "choice choiceExit flow forwardOnly useCurrentAttemptObjectiveInfo useCurrentAttemptProgressInfo"
CONTROLS: dict[str, Read] = dict.fromkeys(MODES.split(), _flag)
CONSTRAINED: dict[str, Read] = {"preventActivation": _flag, "constrainChoice": _flag}
DELIVERY: dict[str, Read] = {"tracked": _flag, "completionSetByContent": _flag, "objectiveSetByContent": _flag}
ROLLED_UP: dict[str, Read] = {
    "rollupObjectiveSatisfied": _flag,
    "rollupProgressCompletion": _flag,
    "objectiveMeasureWeight": _number,
}
SELECTED: dict[str, Read] = {
    "selectionTiming": _word,
    "selectCount": _count,
    "randomizationTiming": _word,
    "reorderChildren": _flag,
}
LIMITS: dict[str, Read] = {
    "attemptLimit": _count,
    "attemptAbsoluteDurationLimit": _word,
    "activityAbsoluteDurationLimit": _word,
    "beginTimeLimit": _word,
    "endTimeLimit": _word,
}
CONSIDERED: dict[str, Read] = {
    "requiredForSatisfied": _word,
    "requiredForNotSatisfied": _word,
    "requiredForCompleted": _word,
    "requiredForIncomplete": _word,
    "measureSatisfactionIfActive": _flag,
}
MAPPED = [
    f"{may}{what}"
    for may in ("read", "write")
    for what in (
        "SatisfiedStatus",
        "NormalizedMeasure",
        "RawScore",
        "MinScore",
        "MaxScore",
        "CompletionStatus",
        "ProgressMeasure",
    )
]
RULES = {
    "preConditionRule": "preConditionRules",
    "exitConditionRule": "exitConditionRules",
    "postConditionRule": "postConditionRules",
}


def collections_of(manifest: Node) -> dict[str, Node]:
    """The shared `sequencing` elements of a manifest, by ID: what an item names by IDRef."""
    shared = manifest.first("sequencingCollection")
    return {one.get("ID"): one for one in shared.all("sequencing") if one.get("ID")} if shared else {}


def sequencing_of(holder: Node, collections: Mapping[str, Node]) -> Json | None:
    """What an `item` or `organization` says about sequencing, its shared data (4th edition) with it; None: nothing.

    Parts an item states itself stand before those of the collection it names (SN 5.1.1, IDRef). Percentages of rollup
    rules are 0 to 100 here, 0 to 1 in the XML.
    """
    own = holder.first("sequencing")
    shared = collections.get(own.get("IDRef")) if own else None
    said: Json = {}
    for element in (shared, own):
        if element is not None:
            said |= _sequencing(element)
    if maps := list(_data_maps(holder)):
        said["sharedDataMaps"] = maps
    return said or None


def passing_score(sequencing: Mapping[str, Any] | None) -> float | None:
    """The scaled score (-1 to 1) at which an activity is passed, None where its score does not decide."""
    primary = (sequencing or {}).get("primaryObjective") or {}
    if not primary.get("satisfiedByMeasure"):
        return None
    measure = primary.get("minNormalizedMeasure")
    return 1.0 if measure is None else float(measure)


def _sequencing(element: Node) -> Json:
    said: Json = {}
    controls = _controls(element)
    if controls:
        said["sequencingControls"] = controls
    if delivery := _attributes(element.first("deliveryControls"), DELIVERY):
        said["deliveryControls"] = delivery
    said |= _attributes(element.first("limitConditions"), LIMITS)
    if rules := _rules(element.first("sequencingRules")):
        said["sequencingRules"] = rules
    if rollup := _rollup(element.first("rollupRules")):
        said["rollupRules"] = {"rules": rollup}
    if considered := _attributes(element.first("rollupConsiderations"), CONSIDERED):
        said["rollupConsiderations"] = considered
    return said | _objectives(element.all("objectives"))


def _controls(element: Node) -> Json:
    mode = element.first("controlMode")
    controls = _attributes(mode, CONTROLS)
    if mode is not None:
        controls.setdefault("flow", False)  # the binding's own default, which the library does not share
    controls |= _attributes(
        element.first("constrainedChoiceConsiderations", "constrainChoiceConsiderations"), CONSTRAINED
    )
    controls |= _attributes(element.first("rollupRules"), ROLLED_UP)
    controls |= _attributes(element.first("randomizationControls"), SELECTED)
    if controls.get("reorderChildren"):
        controls["randomizeChildren"] = True
    return controls


def _attributes(element: Node | None, known: Mapping[str, Read]) -> Json:
    if element is None:
        return {}
    found = {name: read(element.get(name)) for name, read in known.items() if name in element.attributes}
    return {name: value for name, value in found.items() if value is not None}


def _rules(element: Node | None) -> Json:
    if element is None:
        return {}
    said: Json = {}
    for rule in element:
        action = rule.first("ruleAction")
        if rule.name in RULES and action is not None and action.get("action"):
            conditions = rule.first("ruleConditions")
            said.setdefault(RULES[rule.name], []).append(
                {
                    "action": action.get("action"),
                    "conditionCombination": conditions.get("conditionCombination", "all") if conditions else "all",
                    "conditions": [_condition(one) for one in conditions.all("ruleCondition")] if conditions else [],
                }
            )
    return said


def _condition(element: Node) -> Json:
    said: Json = {"condition": element.get("condition", "always")}
    if element.get("operator") == "not":
        said["operator"] = "not"
    if name := element.get("referencedObjective"):
        said["referencedObjective"] = name
    threshold = _number(element.get("measureThreshold"))
    if threshold is not None:
        said["parameters"] = {"threshold": threshold}
    return said


def _rollup(element: Node | None) -> list[Json]:
    return [_rollup_rule(rule) for rule in element.all("rollupRule")] if element is not None else []


def _rollup_rule(rule: Node) -> Json:
    conditions, action = rule.first("rollupConditions"), rule.first("rollupAction")
    said: Json = {
        "action": action.get("action", "satisfied") if action else "satisfied",
        "consideration": rule.get("childActivitySet", "all"),
        "conditionCombination": conditions.get("conditionCombination", "any") if conditions else "any",
        "conditions": [_rollup_condition(one) for one in conditions.all("rollupCondition")] if conditions else [],
    }
    return said | _attributes(rule, {"minimumCount": _count, "minimumPercent": _percent})


def _rollup_condition(element: Node) -> Json:
    name = element.get("condition", "always")
    said: Json = {"condition": "progressKnown" if name == "activityProgressKnown" else name}
    return said | ({"operator": "not"} if element.get("operator") == "not" else {})


def _objectives(elements: list[Node]) -> Json:
    """The 4th edition adds what is mapped in a second `objectives` element: both are told as one."""
    found: dict[str, Json] = {}
    primary = ""
    for objective in (one for element in elements for one in element if one.name in ("primaryObjective", "objective")):
        name = objective.get("objectiveID") or (NAMELESS if objective.name == "primaryObjective" else "")
        if not name:
            continue
        if objective.name == "primaryObjective":
            primary = name
        _merge(found.setdefault(name, {"objectiveID": name}), _objective(objective))
    said: Json = {}
    if primary and not (primary == NAMELESS and len(found[primary]) == 1):
        said["primaryObjective"] = found[primary]
    if others := [one for name, one in found.items() if name != primary]:
        said["objectives"] = others
    return said


def _objective(element: Node) -> Json:
    said = _attributes(element, {"satisfiedByMeasure": _flag})
    measure = _number(element.said("minNormalizedMeasure"))
    if measure is not None:
        said["minNormalizedMeasure"] = measure
    elif said.get("satisfiedByMeasure"):
        said["minNormalizedMeasure"] = 1.0  # SN 3.10.2: without one, only the whole score will do
    if maps := [_map(one) for one in element.all("mapInfo") if one.get("targetObjectiveID")]:
        said["mapInfo"] = maps
    return said


def _map(element: Node) -> Json:
    said: Json = {"targetObjectiveID": element.get("targetObjectiveID")}
    return said | _attributes(element, dict.fromkeys(MAPPED, _flag))


def _merge(kept: Json, more: Json) -> None:
    maps = {one["targetObjectiveID"]: one for one in kept.get("mapInfo", [])}
    for one in more.pop("mapInfo", []):
        maps[one["targetObjectiveID"]] = maps.get(one["targetObjectiveID"], {}) | one
    kept |= more
    if maps:
        kept["mapInfo"] = list(maps.values())


def _data_maps(holder: Node) -> Iterator[Json]:
    data = holder.first("data")
    for one in data.all("map") if data is not None else []:
        if target := one.get("targetID"):
            yield (
                {"targetID": target}
                | _attributes(one, {"readSharedData": _flag, "writeSharedData": _flag})
                | ({} if "writeSharedData" in one.attributes else {"writeSharedData": True})
            )
