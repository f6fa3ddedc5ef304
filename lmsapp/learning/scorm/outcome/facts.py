"""What is known of one part of a package, for the rules that hold it against terms. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ObjectiveFact:
    """One objective as content told of it. `measure` -1 to 1."""

    success: str = "unknown"
    measure: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PartFact:
    """What is known of one part: the best of all its visits. `score` in per cent.

    `opened`: it was launched; `left`: the content ended by itself and did not ask to go on later. `progress` 0 to 1.
    `objectives` by their ids, where the content told of any. `only_failed`: all it ever said of being done is the
    'failed' of SCORM 1.2, which ends an attempt (`completion` says so) without being what a lesson asks for.
    """

    completion: str = "unknown"
    success: str = "unknown"
    score: Decimal | None = None
    opened: bool = False
    left: bool = False
    progress: Decimal | None = None
    objectives: Mapping[str, ObjectiveFact] = field(default_factory=dict)
    only_failed: bool = False


class Reported(Protocol):
    """What a row of `ScormSco` has, as far as it is needed here."""

    @property
    def said_done(self) -> bool: ...
    @property
    def completion(self) -> str: ...
    @property
    def success(self) -> str: ...
    @property
    def score_scaled(self) -> Decimal | None: ...
    @property
    def score_raw(self) -> Decimal | None: ...
    @property
    def score_min(self) -> Decimal | None: ...
    @property
    def score_max(self) -> Decimal | None: ...
    @property
    def progress(self) -> Decimal | None: ...
    @property
    def exit(self) -> str: ...


def fact_of(row: Reported, *, ended: bool, objectives: Mapping[str, ObjectiveFact] | None = None) -> PartFact:
    """From what is kept of a part. `ended`: the content called LMSFinish or Terminate in one of its visits."""
    return PartFact(
        completion=row.completion,
        success=row.success,
        score=score_percent(row.score_scaled, row.score_raw, row.score_min, row.score_max),
        opened=True,
        left=ended and row.exit != "suspend",
        progress=row.progress,
        objectives=objectives or {},
        only_failed=row.completion == "completed" and not row.said_done,
    )


def score_percent(
    scaled: Decimal | None, raw: Decimal | None, least: Decimal | None, most: Decimal | None
) -> Decimal | None:
    """Per cent, 0 to 100 with two places; None where the content gave nothing to count with.

    The scaled score of SCORM 2004 comes first. A raw score counts within its own least and most; without them it is
    per cent already (SCORM 1.2 RTE 3.4.4, `cmi.core.score.raw`).
    """
    if scaled is not None:
        return _within(scaled * 100)
    if raw is None:
        return None
    low = least if least is not None else Decimal(0)
    if most is not None and most > low:
        return _within((raw - low) / (most - low) * 100)
    return _within(raw)


def _within(value: Decimal) -> Decimal:
    return min(Decimal(100), max(Decimal(0), value)).quantize(CENT)


def finished(fact: PartFact) -> bool:
    """Whether the content said that it is done."""
    return fact.success == "passed" or (fact.completion == "completed" and not fact.only_failed)


def opening_counts(fact: PartFact, allowed: bool) -> bool:
    """Whether having been there is enough: `allowed` by the terms, opened and left, and nothing was reported.

    Whoever reports 'incomplete' or 'failed' is taken at their word.
    """
    quiet = fact.completion in ("unknown", "browsed") and fact.success == "unknown"
    return allowed and quiet and fact.opened and fact.left


NOTHING = PartFact()
