"""Objectives that parts of a SCORM 2004 package share: one part writes what another reads. Pure (SN 3.10.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lmsapp.courses.packages.rules import Item
from lmsapp.learning.scorm.outcome.facts import NOTHING, ObjectiveFact, PartFact


@dataclass(frozen=True, slots=True)
class Global:
    """A shared objective. `satisfied`: None while nobody wrote it."""

    satisfied: bool | None = None
    measure: Decimal | None = None


def written(items: Iterable[Item], facts: Mapping[str, PartFact]) -> dict[str, Global]:
    """Every shared objective as the parts wrote it. Satisfied once stays so: the best of all counts."""
    found: dict[str, Global] = {}
    for item in items:
        fact = facts.get(item.id, NOTHING)
        settings = item.sequencing or {}
        primary = settings.get("primaryObjective")
        if isinstance(primary, Mapping):
            own = ObjectiveFact(fact.success, None if fact.score is None else fact.score / 100)
            said = fact.objectives.get(str(primary.get("objectiveID")), own)
            _write(found, primary, said if own.success == "unknown" else own)
        for one in _listed(settings.get("objectives")):
            _write(found, one, fact.objectives.get(str(one.get("objectiveID")), ObjectiveFact()))
    return found


def _write(found: dict[str, Global], objective: Mapping[str, Any], said: ObjectiveFact) -> None:
    satisfied = {"passed": True, "failed": False}.get(said.success)
    for one in _listed(objective.get("mapInfo")):
        key, before = str(one.get("targetObjectiveID")), found.get(str(one.get("targetObjectiveID")), Global())
        status, measure = before.satisfied, before.measure
        if one.get("writeSatisfiedStatus") and satisfied is not None:
            status = satisfied or bool(status)
        if one.get("writeNormalizedMeasure") and said.measure is not None:
            measure = said.measure if measure is None else max(measure, said.measure)
        found[key] = Global(status, measure)


def read_satisfied(objective: Mapping[str, Any], shared: Mapping[str, Global]) -> bool | None:
    """What an objective learns from those it reads; reading is the default of the standard."""
    for one in _listed(objective.get("mapInfo")):
        there = shared.get(str(one.get("targetObjectiveID")))
        if there is not None and one.get("readSatisfiedStatus", True) and there.satisfied is not None:
            return there.satisfied
    return None


def read_measure(objective: Mapping[str, Any], shared: Mapping[str, Global]) -> Decimal | None:
    """The same for its measure."""
    for one in _listed(objective.get("mapInfo")):
        there = shared.get(str(one.get("targetObjectiveID")))
        if there is not None and one.get("readNormalizedMeasure", True) and there.measure is not None:
            return there.measure
    return None


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []
