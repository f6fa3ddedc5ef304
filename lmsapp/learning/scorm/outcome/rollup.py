"""What the parts of a package come to, held against the terms of its lesson (SCO-3, SCO-5). Pure.

Of a package without roll-up rules of its own the terms decide: all or any of the parts that are shown. A SCORM 2004
package that has such rules is judged by them, over its whole tree (`tree.py`); the terms then say which of the tree's
results is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lmsapp.courses.packages.rules import DoneWhen, Edition, Item, ItemKind, Manifest, Of, PackageTerms, ScoreOf
from lmsapp.learning.scorm.outcome.facts import CENT, NOTHING, PartFact, finished, opening_counts
from lmsapp.learning.scorm.outcome.tree import Leaf, Root, has_rules, judged

__all__ = ["Lacks", "OpenPart", "PartFact", "Result", "chosen_score", "lacks", "required", "rolled_up"]


class Lacks(StrEnum):
    """Why a part is still open."""

    NOT_OPENED = "not opened"
    SAYS_NOTHING = "says nothing"
    INCOMPLETE = "incomplete"
    BROWSED = "browsed"
    FAILED = "failed"
    NOT_PASSED = "not passed"  # completed, but it does not say whether it was passed
    NO_SCORE = "no score"
    LOW_SCORE = "low score"
    RULES = "rules"  # the package's own roll-up rules are not met


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part that keeps the lesson open. Without `item` it is the package as a whole."""

    item: str
    title: str
    why: Lacks
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the attempt comes to. `score` in per cent; `done`: the lesson's terms are met.

    `finished` of `asked` parts; `by_rules`: the package's own rules decided.
    """

    completion: str
    success: str
    score: Decimal | None
    done: bool
    open: tuple[OpenPart, ...] = ()
    finished: int = 0
    asked: int = 0
    by_rules: bool = False


def required(manifest: Manifest) -> tuple[Item, ...]:
    """The parts that count where the package has no rules of its own: what is shown and can be opened; of a package
    that shows nothing, all of them."""
    played = manifest.played
    return tuple(one for one in played if one.visible) or played


def rolled_up(manifest: Manifest, terms: PackageTerms, facts: Mapping[str, PartFact]) -> Result:
    """`facts` by item; parts that were never opened may be absent."""
    if manifest.edition is Edition.V2004 and has_rules(manifest):
        return _by_rules(manifest, terms, facts)
    return _by_terms(manifest, terms, facts)


def _by_terms(manifest: Manifest, terms: PackageTerms, facts: Mapping[str, PartFact]) -> Result:
    parts = [(one, facts.get(one.id, NOTHING)) for one in required(manifest)]
    lacking = [(part, lacks(part, fact, terms)) for part, fact in parts]
    score = chosen_score((fact.score for _part, fact in parts), terms.score)
    opened = tuple(
        OpenPart(part.id, part.title or part.id, why, facts.get(part.id, NOTHING).score)
        for part, why in lacking
        if why is not None
    )
    done = bool(parts) and (not opened if terms.of is Of.ALL else len(opened) < len(parts))
    return Result(
        completion=_completion(parts, terms),
        success=_success([fact for part, fact in parts if part.kind is ItemKind.SCO]),
        score=score,
        done=done,
        open=() if done else opened or (OpenPart("", manifest.title, Lacks.NOT_OPENED),),
        finished=len(parts) - len(opened),
        asked=len(parts),
    )


def _score_open(manifest: Manifest, score: Decimal | None) -> tuple[OpenPart, ...]:
    return (OpenPart("", manifest.title, Lacks.NO_SCORE if score is None else Lacks.LOW_SCORE, score),)


def lacks(part: Item, fact: PartFact, terms: PackageTerms) -> Lacks | None:
    """What one part still lacks under the terms; None: it counts.

    SCORM 1.2 says 'passed' instead of 'completed', so that either counts where completion is asked for (SCO-3).
    """
    if part.kind is not ItemKind.SCO:
        return None if fact.opened or finished(fact) else Lacks.NOT_OPENED
    if opening_counts(fact, terms.opened_counts):
        return None
    if terms.done_when is DoneWhen.SCORE:
        return _unscored(fact, terms.percent)
    if fact.success == "passed":
        return None
    if terms.done_when is DoneWhen.COMPLETED and finished(fact):
        return None
    return _unfinished(fact)


def _unscored(fact: PartFact, percent: int) -> Lacks | None:
    if fact.score is None:
        return Lacks.NO_SCORE if fact.opened else Lacks.NOT_OPENED
    return None if fact.score >= percent else Lacks.LOW_SCORE


def _unfinished(fact: PartFact) -> Lacks:
    if fact.success == "failed":
        return Lacks.FAILED
    said = {"incomplete": Lacks.INCOMPLETE, "browsed": Lacks.BROWSED, "completed": Lacks.NOT_PASSED}
    return said.get(fact.completion) or (Lacks.SAYS_NOTHING if fact.opened else Lacks.NOT_OPENED)


def chosen_score(scores: Iterable[Decimal | None], choice: ScoreOf) -> Decimal | None:
    """Of the parts that have one."""
    known = [one for one in scores if one is not None]
    if not known:
        return None
    if choice is ScoreOf.AVERAGE:
        return (sum(known, Decimal(0)) / len(known)).quantize(CENT)
    return max(known) if choice is ScoreOf.HIGHEST else min(known)


def _completion(parts: Sequence[tuple[Item, PartFact]], terms: PackageTerms) -> str:
    counted = [
        finished(fact) or (part.kind is not ItemKind.SCO and fact.opened) or opening_counts(fact, terms.opened_counts)
        for part, fact in parts
    ]
    if counted and (all(counted) if terms.of is Of.ALL else any(counted)):
        return "completed"
    said = {fact.completion for _part, fact in parts} - {"unknown"}
    if not said and not any(counted):
        return "unknown"
    return "browsed" if said == {"browsed"} and not any(counted) else "incomplete"


def _success(facts: Sequence[PartFact]) -> str:
    """Passed when every part that judges was passed; parts that only inform say nothing."""
    judged = {fact.success for fact in facts} - {"unknown"}
    if "failed" in judged:
        return "failed"
    quiet = any(fact.success == "unknown" and not finished(fact) for fact in facts)
    return "passed" if judged and not quiet else "unknown"


def _by_rules(manifest: Manifest, terms: PackageTerms, facts: Mapping[str, PartFact]) -> Result:
    root = judged(manifest, facts, opened_counts=terms.opened_counts)
    score = root.score
    if score is None:
        score = chosen_score((fact.score for fact in facts.values()), terms.score)
    done = _root_meets(terms, root, score)
    return Result(
        completion=root.completion,
        success=root.success,
        score=score,
        done=done,
        open=() if done else _open_under_rules(manifest, terms, root, score),
        finished=root.finished,
        asked=root.asked,
        by_rules=True,
    )


def _root_meets(terms: PackageTerms, root: Root, score: Decimal | None) -> bool:
    if terms.done_when is DoneWhen.SCORE:
        return score is not None and score >= terms.percent
    return root.success == "passed" or (terms.done_when is DoneWhen.COMPLETED and root.completion == "completed")


def _open_under_rules(
    manifest: Manifest, terms: PackageTerms, root: Root, score: Decimal | None
) -> tuple[OpenPart, ...]:
    """The parts that the rules look at and that do not say yet what is asked for; else the package as a whole."""
    found = [(leaf, _lacks_under_rules(leaf, terms)) for leaf in root.leaves]
    opened = tuple(OpenPart(leaf.id, leaf.title, why, leaf.fact.score) for leaf, why in found if why is not None)
    if opened:
        return opened
    if terms.done_when is DoneWhen.SCORE:
        return _score_open(manifest, score)
    return (OpenPart("", manifest.title, Lacks.RULES, score),)


def _lacks_under_rules(leaf: Leaf, terms: PackageTerms) -> Lacks | None:
    if terms.done_when is DoneWhen.SCORE:
        return None if leaf.completed else _unscored(leaf.fact, terms.percent)
    said = leaf.satisfied if terms.done_when is DoneWhen.PASSED else (leaf.completed or leaf.satisfied)
    counts = leaf.for_success if terms.done_when is DoneWhen.PASSED else leaf.for_completion
    if said or not counts:
        return None
    return _unfinished(leaf.fact)
