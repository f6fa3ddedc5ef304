"""What content means by what it says: completion and success apart, the best of all visits (SCO-2, SCO-3). Pure.

Sources: SCORM 1.2 RTE 3.4.4 (`cmi.core.lesson_status`), SCORM 2004 4th Edition RTE 4.2.4 and 4.2.22.
What was once reported as done, passed or scored is never taken back by what comes later, in whichever order it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from lmsapp.courses.packages.rules import Edition, Item, Manifest
from lmsapp.learning.scorm.commits.elements import number

SILENT_AFTER = 5 * 60  # seconds without a word from the player
LEFT = ("finished", "left", "moved on")  # ways of closing a visit that are no accident
ENDING = frozenset({"exit", "exitAll", "abandon", "abandonAll", "suspendAll"})  # requests that end a visit


class Completion(StrEnum):
    """Lowest first."""

    UNKNOWN = "unknown"
    INCOMPLETE = "incomplete"
    BROWSED = "browsed"
    COMPLETED = "completed"


class Success(StrEnum):
    """Lowest first."""

    UNKNOWN = "unknown"
    FAILED = "failed"
    PASSED = "passed"


class End(StrEnum):
    """How a visit stands: under way, ended by the content itself (LMSFinish, Terminate), or in any other way."""

    NOT = ""
    CLEAN = "clean"
    LEFT = "left"


COMPLETIONS, SUCCESSES = list(Completion), list(Success)


@dataclass(frozen=True, slots=True)
class Names:
    """Where an edition keeps what is judged. `status` is the completion of 2004."""

    status: str
    success: str
    score: str
    progress: str
    exit: str
    session_time: str
    location: str


NAMES = {
    Edition.V12: Names(
        "cmi.core.lesson_status",
        "",
        "cmi.core.score",
        "",
        "cmi.core.exit",
        "cmi.core.session_time",
        "cmi.core.lesson_location",
    ),
    Edition.V2004: Names(
        "cmi.completion_status",
        "cmi.success_status",
        "cmi.score",
        "cmi.progress_measure",
        "cmi.exit",
        "cmi.session_time",
        "cmi.location",
    ),
}


def deciding(edition: Edition) -> frozenset[str]:
    """The elements that completion, success or score follow from."""
    return DECIDING[edition]


DECIDING = {
    edition: frozenset(
        {one.status, one.success, one.progress, *(f"{one.score}.{part}" for part in ("scaled", "raw", "min", "max"))}
        - {""}
    )
    for edition, one in NAMES.items()
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the manifest asks of a part: `mastery` in the content's raw score (1.2), `passing` -1 to 1 and `threshold`
    0 to 1 (2004); None: nothing."""

    edition: Edition
    mastery: Decimal | None = None
    passing: Decimal | None = None
    threshold: Decimal | None = None


def asked_of(manifest: Manifest, item: Item | None) -> Asked:
    """Of one part."""
    if item is None:
        return Asked(manifest.edition)
    if manifest.edition is Edition.V12:
        return Asked(Edition.V12, mastery=_number(item.mastery))
    return Asked(Edition.V2004, passing=passing_of(item), threshold=threshold_of(item))


def passing_of(item: Item) -> Decimal | None:
    """The scaled score its primary objective asks for (`imsss:minNormalizedMeasure`)."""
    primary = (item.sequencing or {}).get("primaryObjective") or {}
    if not primary.get("satisfiedByMeasure"):
        return None
    measure = primary.get("minNormalizedMeasure")
    return Decimal(1) if measure is None else _number(measure)


def threshold_of(item: Item) -> Decimal | None:
    """The measure of progress at which it is completed (`adlcp:completionThreshold`)."""
    said = item.completion_threshold
    if not said or said.get("completedByMeasure") is False:
        return None
    measure = said.get("minProgressMeasure")
    return Decimal(1) if measure is None and said.get("completedByMeasure") else _number(measure)


def _number(said: Any) -> Decimal | None:
    return None if said is None else number(str(said))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a part came to; the fields are those of `ScormSco`. `said_done`: completed otherwise than by 'failed'."""

    completion: Completion = Completion.UNKNOWN
    success: Success = Success.UNKNOWN
    score_scaled: Decimal | None = None
    score_raw: Decimal | None = None
    score_min: Decimal | None = None
    score_max: Decimal | None = None
    progress: Decimal | None = None
    said_done: bool = False

    def best(self, other: Facts) -> Facts:
        """Of two, in each respect. Equal scores: the one that was there."""
        score = other if _rank(other) > _rank(self) else self
        progress = [one for one in (self.progress, other.progress) if one is not None]
        return replace(
            score,
            completion=max(self.completion, other.completion, key=COMPLETIONS.index),
            success=max(self.success, other.success, key=SUCCESSES.index),
            progress=max(progress, default=None),
            said_done=self.said_done or other.said_done,
        )

    @property
    def percent(self) -> Decimal | None:
        """The score in per cent, 0 to 100; None where there is none.

        A raw score counts within its own least and most; without them it is per cent already.
        """
        if self.score_scaled is not None:
            return _percent(self.score_scaled * 100)
        if self.score_raw is None:
            return None
        low, high = self.score_min or Decimal(0), self.score_max
        if high is not None and high > low:
            return _percent((self.score_raw - low) / (high - low) * 100)
        return _percent(self.score_raw)


def _percent(value: Decimal) -> Decimal:
    return min(Decimal(100), max(Decimal(0), value)).quantize(Decimal("0.01"))


def _rank(facts: Facts) -> tuple[bool, Decimal, Decimal, Decimal]:
    """A scaled score says more than a raw one: (any, per cent, scaled, raw)."""
    percent = facts.percent
    nothing = Decimal(-(10**10))
    return (
        percent is not None,
        nothing if percent is None else percent,
        nothing if facts.score_scaled is None else facts.score_scaled,
        nothing if facts.score_raw is None else facts.score_raw,
    )


def judged(asked: Asked, cmi: Mapping[str, Any], end: End = End.NOT) -> Facts:
    """What the elements say, `cmi` as the content set them last, and what follows when the visit ends so."""
    scored = _scored(asked.edition, cmi)
    said = _said_12(asked, cmi, scored, end) if asked.edition is Edition.V12 else _said_2004(asked, cmi, scored, end)
    only_failed = said[1] is Success.FAILED and asked.edition is Edition.V12 and not _says_completed(cmi)
    done = said[0] is Completion.COMPLETED and not only_failed
    return replace(scored, completion=said[0], success=said[1], said_done=done)


def _says_completed(cmi: Mapping[str, Any]) -> bool:
    return cmi.get("cmi.core.lesson_status") == "completed"


def _scored(edition: Edition, cmi: Mapping[str, Any]) -> Facts:
    at = NAMES[edition]
    scaled, raw, least, most = (_number(cmi.get(f"{at.score}.{part}")) for part in ("scaled", "raw", "min", "max"))
    return Facts(
        score_scaled=scaled,
        score_raw=raw,
        score_min=None if raw is None else least,
        score_max=None if raw is None else most,
        progress=_number(cmi.get(at.progress)) if at.progress else None,
    )


def _said_12(asked: Asked, cmi: Mapping[str, Any], scored: Facts, end: End) -> tuple[Completion, Success]:
    status, mastered = cmi.get("cmi.core.lesson_status"), _mastered(asked, scored)
    if status == "passed":
        return Completion.COMPLETED, Success.PASSED
    if status == "failed":
        return Completion.COMPLETED, Success.FAILED
    if status == "completed":
        return Completion.COMPLETED, mastered
    if status == "browsed":
        return Completion.BROWSED, Success.UNKNOWN
    base = Completion.INCOMPLETE if status == "incomplete" else Completion.UNKNOWN
    return _at_the_end_12(base, mastered, end, suspended=suspends(asked.edition, cmi))


def _at_the_end_12(base: Completion, mastered: Success, end: End, *, suspended: bool) -> tuple[Completion, Success]:
    """The rule of RTE 3.4.4 for content that leaves the verdict to the system.

    Who has mastered it is done however they left. Not mastered, or without any status, it is over only when the content
    ended by itself and did not ask to go on later.
    """
    if end is End.NOT:
        return base, Success.UNKNOWN
    over = end is End.CLEAN and not suspended
    if mastered is Success.PASSED or (mastered is Success.FAILED and over):
        return Completion.COMPLETED, mastered
    return (Completion.COMPLETED if over and base is Completion.UNKNOWN else base), Success.UNKNOWN


def _mastered(asked: Asked, scored: Facts) -> Success:
    if asked.mastery is None or scored.score_raw is None:
        return Success.UNKNOWN
    return Success.PASSED if scored.score_raw >= asked.mastery else Success.FAILED


def _said_2004(asked: Asked, cmi: Mapping[str, Any], scored: Facts, end: End) -> tuple[Completion, Success]:
    success = Success(cmi.get("cmi.success_status") or "unknown")
    if asked.passing is not None and scored.score_scaled is not None:
        success = Success.PASSED if scored.score_scaled >= asked.passing else Success.FAILED
    status = cmi.get("cmi.completion_status")
    completion = Completion(status) if status in ("completed", "incomplete") else Completion.UNKNOWN
    if asked.threshold is not None:
        if scored.progress is not None:
            completion = Completion.COMPLETED if scored.progress >= asked.threshold else Completion.INCOMPLETE
    elif completion is Completion.UNKNOWN and end is End.CLEAN and not suspends(asked.edition, cmi):
        completion = Completion.COMPLETED  # SN 4.5, End Attempt: what content does not say, ending it says
    return completion, success


def suspends(edition: Edition, cmi: Mapping[str, Any]) -> bool:
    """Whether the content asked to go on later."""
    return cmi.get(NAMES[edition].exit) == "suspend"


def begun(edition: Edition, cmi: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a visit's elements when the next begins: exit and session time are of one visit only."""
    gone = of_one_visit(edition)
    return {name: value for name, value in cmi.items() if name not in gone}


def of_one_visit(edition: Edition) -> list[str]:
    """The elements that end with the visit."""
    return [NAMES[edition].exit, NAMES[edition].session_time, "adl.nav.request"]


class Key(NamedTuple):
    """The order of commits: launch, load of the page, number in it."""

    launch: int
    sitting: int
    seq: int


@dataclass(frozen=True, slots=True)
class Heard:
    """One commit: what it set, without suspend data, and how it came."""

    key: Key
    said: Mapping[str, Any]
    how: str = "set"


def replayed(asked: Asked, commits: Iterable[Heard]) -> Facts:
    """The best that a part came to, all its commits heard in their own order whatever order they came in.

    A commit holds whatever was not acknowledged when it was sent, so that the loss of an earlier one loses nothing.
    """
    facts, cmi, visit, end = Facts(), dict[str, Any](), None, End.NOT
    for one in sorted(commits, key=lambda commit: commit.key):
        if one.key[:2] != visit:
            visit, end, cmi = one.key[:2], End.NOT, begun(asked.edition, cmi)
        cmi |= one.said
        end = End.CLEAN if one.how == "finish" else end
        facts = facts.best(judged(asked, cmi, end))
    return facts
