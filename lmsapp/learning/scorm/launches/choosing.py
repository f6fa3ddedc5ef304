"""Which attempt goes on, which part is opened, and how: pure choices over what is known (SCO-2).

An attempt goes on until the content ended it for good. Then it is looked at again when it met the lesson's terms; if
not, the next opening begins a new attempt, so that nobody is stuck with a failed one. Learners in a newer version
go on with their attempt where its parts are the same, as in a package that was touched up; else they begin another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lmsapp.courses.packages.rules import Edition, Item, ItemKind, Manifest, PackageTerms
from lmsapp.learning.scorm.launches.prerequisites import waits_for
from lmsapp.learning.scorm.outcome.facts import NOTHING, PartFact
from lmsapp.learning.scorm.outcome.rollup import lacks


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest attempt of this time round. `same`: its package has the parts that are played now."""

    ended: bool
    done: bool
    same: bool


def begins_another(latest: Latest | None, *, again: bool) -> bool:
    """Whether opening the lesson begins a new attempt."""
    if latest is None or again or not latest.same:
        return True
    return latest.ended and not latest.done


def same_parts(one: Manifest, other: Manifest) -> bool:
    """Whether what a learner did in one can go on in the other."""
    return one.edition is other.edition and parts_of(one) == parts_of(other)


def parts_of(manifest: Manifest) -> list[tuple[str, str]]:
    """(id, kind) of what can be opened, in order."""
    return [(one.id, one.kind.value) for one in manifest.played]


def chosen_item(manifest: Manifest, terms: PackageTerms, facts: Mapping[str, PartFact], last: str | None) -> str | None:
    """The part to open where nobody names one: the one that was left, while it is open; else the first that is open
    and need not wait; else the one that was left, else the first."""
    played = shown_first(manifest)
    statuses = statuses_of(manifest, facts)
    lacking = [one for one in played if lacks(one, facts.get(one.id, NOTHING), terms) is not None]
    ready = [one for one in lacking if waits(one, manifest.edition, statuses) is None]
    left = next((one for one in played if one.id == last), None)
    if left is not None and (left in lacking or not ready):
        return left.id
    return next((one.id for one in (*ready, *played)), None)


def shown_first(manifest: Manifest) -> Sequence[Item]:
    """What can be opened; parts that the outline hides only where it hides all of them."""
    return [one for one in manifest.played if one.visible] or list(manifest.played)


def waits(item: Item, edition: Edition, statuses: Mapping[str, str]) -> tuple[str, ...] | None:
    """The ids it waits for; None: it is open. Only 1.2 has prerequisites; 2004 sequences in the player."""
    return waits_for(item.prerequisites, statuses) if edition is Edition.V12 else None


def statuses_of(manifest: Manifest, facts: Mapping[str, PartFact]) -> dict[str, str]:
    """Each part in the words of 1.2; a folder is completed when everything in it is."""
    said = {one.id: status_of(facts.get(one.id, NOTHING)) for one in manifest.played}
    for folder in reversed([one for one in manifest.items if one.kind is ItemKind.FOLDER]):
        inside = [said.get(one.id, "completed") for one in manifest.items if one.parent == folder.id]
        done = all(one in ("completed", "passed") for one in inside)
        said[folder.id] = "completed" if inside and done else "incomplete"
    return said


def status_of(fact: PartFact) -> str:
    """In the words of 1.2."""
    if fact.success in ("passed", "failed"):
        return fact.success
    return fact.completion if fact.completion != "unknown" else "incomplete" if fact.opened else "not attempted"


def mode_of(item: Item, fact: PartFact, terms: PackageTerms, *, part_over: bool, attempt_over: bool) -> str:
    """'review' for what is over and lacks nothing; else 'normal'.

    Over is only what the content itself ended without asking to go on later: whoever closed the window half-way may
    still raise their score.
    """
    lacks_nothing = fact.completion == "completed" and lacks(item, fact, terms) is None
    return "review" if attempt_over or (part_over and lacks_nothing) else "normal"
