"""The elements that content finds when it begins: its own of earlier visits, and the system's. Pure (SCO-2).

What counts is read back: a part that was completed or passed says so again, even where a later visit said less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lmsapp.courses.packages.rules import Edition, Item
from lmsapp.learning.scorm.commits.times import written
from lmsapp.learning.scorm.outcome.facts import PartFact
from lmsapp.learning.scorm.outcome.rules import passing_of, threshold_of

NAMELESS = "_primary"  # what a primary objective without a name is called inside the house


@dataclass(frozen=True, slots=True)
class Given:
    """What is known. `said`: the content's own elements; `total`: the time of earlier visits in hundredths."""

    item: Item
    learner_id: str
    learner_name: str
    mode: str
    entry: str
    fact: PartFact
    said: Mapping[str, Any]
    total: int

    @property
    def credit(self) -> str:
        return "credit" if self.mode == "normal" else "no-credit"


def given_12(told: Given) -> dict[str, str]:
    """In the names of SCORM 1.2."""
    item = told.item
    system = {
        "cmi.core.student_id": told.learner_id,
        "cmi.core.student_name": told.learner_name,
        "cmi.core.credit": told.credit,
        "cmi.core.entry": told.entry,
        "cmi.core.lesson_mode": told.mode,
        "cmi.core.total_time": written(told.total, Edition.V12),
        "cmi.core.lesson_status": _status_12(told),
        "cmi.launch_data": item.launch_data or "",
        "cmi.student_data.mastery_score": item.mastery or "",
        "cmi.student_data.max_time_allowed": item.max_time or "",
        "cmi.student_data.time_limit_action": item.time_limit_action or "",
    }
    return {**told.said, **system}


def _status_12(told: Given) -> str:
    said = str(told.said.get("cmi.core.lesson_status") or "not attempted")
    if told.fact.success == "passed":
        return "passed"
    if told.fact.completion == "completed" and said not in ("completed", "passed", "failed"):
        return "failed" if told.fact.success == "failed" else "completed"
    return said


def given_2004(told: Given) -> dict[str, str]:
    """In the names of SCORM 2004."""
    item, said = told.item, told.said
    system = {
        "cmi.learner_id": told.learner_id,
        "cmi.learner_name": told.learner_name,
        "cmi.credit": told.credit,
        "cmi.entry": told.entry,
        "cmi.mode": told.mode,
        "cmi.total_time": written(told.total, Edition.V2004),
        "cmi.completion_status": _best(told.fact.completion, ("completed",), said.get("cmi.completion_status")),
        "cmi.success_status": _best(told.fact.success, ("passed",), said.get("cmi.success_status")),
        "cmi.launch_data": item.launch_data or "",
    }
    limits = {
        "cmi.completion_threshold": threshold_of(item),
        "cmi.scaled_passing_score": passing_of(item),
        "cmi.max_time_allowed": item.max_time,
        "cmi.time_limit_action": item.time_limit_action,
    }
    system |= {name: str(value) for name, value in limits.items() if value is not None and value != ""}
    return {**_objectives(told), **said, **system}


def _best(known: str, best: tuple[str, ...], said: Any) -> str:
    return known if known in best else str(said or "unknown")


def _objectives(told: Given) -> dict[str, str]:
    """Those its manifest states, before the content has set any (RTE 4.2.17)."""
    if any(name.startswith("cmi.objectives.") for name in told.said):
        return {}
    said = told.item.sequencing or {}
    stated = [said.get("primaryObjective") or {}, *(said.get("objectives") or [])]
    names = dict.fromkeys(one.get("objectiveID") for one in stated)
    return {
        f"cmi.objectives.{number}.id": str(name)
        for number, name in enumerate(name for name in names if name and name != NAMELESS)
    }
