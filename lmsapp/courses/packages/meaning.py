"""What terms mean for one very package, and what of them it cannot meet: sentences for its author. Pure (SCO-2, SCO-3).

Which parts are asked, and whether the package's own roll-up rules decide, is found in
`learning.scorm.outcome.rollup`; here it is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lmsapp.courses.packages.rules import DoneWhen, Edition, Item, ItemKind, Manifest, Of, PackageTerms, ScoreOf
from lmsapp.infra.words import N_

NARROW_SPACE = "\u202f"


class Weight(StrEnum):
    """How much a remark matters."""

    EASY = "easy"  # it is done by less than the author may think
    NOTE = "note"  # good to know, to be tried


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about terms and package that do not go together as they seem to."""

    weight: Weight
    words: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Play:
    """A package as it is judged. `parts`: those that are asked; `by_rules`: its own roll-up rules decide."""

    manifest: Manifest
    parts: tuple[Item, ...]
    by_rules: bool = False

    @property
    def reporting(self) -> tuple[Item, ...]:
        """The parts that report something."""
        return tuple(one for one in self.parts if one.kind is ItemKind.SCO)


Sentence = tuple[str, dict[str, Any]]

ONE_PART: dict[DoneWhen, str] = {
    DoneWhen.COMPLETED: N_("The lesson is done as soon as the content reports “completed” or “passed”."),
    DoneWhen.PASSED: N_("The lesson is done as soon as the content reports “passed”; “completed” is not enough."),
    DoneWhen.SCORE: N_("The lesson is done as soon as the content reports a score of at least %(percent)s."),
}
EVERY_PART: dict[DoneWhen, str] = {
    DoneWhen.COMPLETED: N_("The lesson is done when each of the %(n)s parts has reported “completed” or “passed”."),
    DoneWhen.PASSED: N_(
        "The lesson is done when each of the %(n)s parts has reported “passed”; “completed” is not enough."
    ),
    DoneWhen.SCORE: N_("The lesson is done when each of the %(n)s parts has reported a score of at least %(percent)s."),
}
ANY_PART: dict[DoneWhen, str] = {
    DoneWhen.COMPLETED: N_("The lesson is done when any one of the %(n)s parts reports “completed” or “passed”."),
    DoneWhen.PASSED: N_("The lesson is done when any one of the %(n)s parts reports “passed”."),
    DoneWhen.SCORE: N_("The lesson is done when any one of the %(n)s parts reports a score of at least %(percent)s."),
}
OWN_RULES: dict[DoneWhen, str] = {
    DoneWhen.COMPLETED: N_("The lesson is done when the package as a whole is “completed” or “passed”."),
    DoneWhen.PASSED: N_("The lesson is done when the package as a whole is “passed”."),
    DoneWhen.SCORE: N_("The lesson is done when the package as a whole has a score of at least %(percent)s."),
}
SCORES: dict[ScoreOf, str] = {
    ScoreOf.HIGHEST: N_("Its score is the highest of the parts."),
    ScoreOf.AVERAGE: N_("Its score is the average of the parts that have one."),
    ScoreOf.LOWEST: N_("Its score is the lowest of the parts."),
}


def meaning(play: Play, terms: PackageTerms) -> list[Sentence]:
    """What the terms come to with this package, sentence by sentence."""
    return [
        _done(play, terms),
        *_own_rules(play),
        *_parts_that_say_nothing(play, terms),
        *_scores(play, terms),
        *_stated(play),
        _closing(terms),
    ]


def _done(play: Play, terms: PackageTerms) -> Sentence:
    values = {"n": len(play.parts), "percent": f"{terms.percent}{NARROW_SPACE}%"}
    if play.by_rules:
        return OWN_RULES[terms.done_when], values
    if len(play.parts) < 2:
        return ONE_PART[terms.done_when], values
    return (EVERY_PART if terms.of is Of.ALL else ANY_PART)[terms.done_when], values


def _own_rules(play: Play) -> Iterator[Sentence]:
    if play.by_rules:
        yield (
            N_("The package has rules of its own for what its parts come to: they decide, not the number of parts."),
            {},
        )


def _parts_that_say_nothing(play: Play, terms: PackageTerms) -> Iterator[Sentence]:
    plain = len(play.parts) - len(play.reporting)
    if plain and play.reporting:
        yield N_("Plain pages among them (%(n)s) report nothing: they are done when they were opened."), {"n": plain}
    if terms.opened_counts and play.reporting:
        yield N_("A part that never reports anything is done when it was opened and left."), {}
    hidden = len(play.manifest.played) - len(play.parts)
    if hidden:
        yield N_("Parts that the package does not show in its list (%(n)s) are not asked for."), {"n": hidden}


def _scores(play: Play, terms: PackageTerms) -> Iterator[Sentence]:
    if len(play.reporting) > 1 and not play.by_rules:
        yield SCORES[terms.score], {}


def _stated(play: Play) -> Iterator[Sentence]:
    """What the package itself says of passing."""
    scores = [(one.title or one.id, said) for one in play.reporting if (said := mastery_of(one, play.manifest.edition))]
    if len(scores) == 1 and len(play.reporting) == 1:
        words = N_("This package states a mastery score of %(score)s: with less, the content has not been passed.")
        yield words, {"score": scores[0][1]}
    elif scores:
        named = ", ".join(f"“{title}” {score}" for title, score in scores[:3])
        more = N_("This package states mastery scores (%(named)s, and more): with less, that part is not passed.")
        words = N_("This package states mastery scores (%(named)s): with less, that part is not passed.")
        yield (more if len(scores) > 3 else words), {"named": named}


def _closing(terms: PackageTerms) -> Sentence:
    if terms.close_after == 0:
        return N_("Once the content is done, the player says so and waits for the learner to leave."), {}
    words = N_("Once the content is done, the player says so and closes by itself after %(seconds)s seconds.")
    return words, {"seconds": terms.close_after}


def mastery_of(item: Item, edition: Edition) -> str:
    """What passes a part, as its manifest states it: '80' (points of the content) in 1.2, '75 %' in 2004, where it is
    a share; empty: it states nothing."""
    passing = _passing(item, edition)
    if edition is Edition.V12 or passing is None:
        return item.mastery or ""
    return f"{passing:g}{NARROW_SPACE}%"


def _passing(item: Item, edition: Edition) -> float | None:
    try:
        stated = float(item.mastery) if item.mastery else None
    except ValueError:
        return None
    return stated * 100 if stated is not None and edition is Edition.V2004 else stated


def remarks(play: Play, terms: PackageTerms) -> list[Remark]:
    """What the author should know before publishing: first what makes it easier than it seems."""
    found = [Remark(weight, words, values) for weight, words, values in _remarks(play, terms)]
    return sorted(found, key=lambda one: list(Weight).index(one.weight))


Told = Iterator[tuple[Weight, str, dict[str, Any]]]


def _remarks(play: Play, terms: PackageTerms) -> Told:
    if not play.reporting:
        yield from _only_pages(terms)
        return
    if not play.by_rules:
        yield from _too_easy(play, terms)
    yield from _against_the_package(play, terms)


def _only_pages(terms: PackageTerms) -> Told:
    words = N_("Nothing in this package reports anything: it is made of plain pages, which are done when opened.")
    yield Weight.EASY, words, {}
    if terms.done_when is not DoneWhen.COMPLETED:
        words = N_("It will never say “passed” nor a score, so that they are not asked for. Put a quiz beside it.")
        yield Weight.NOTE, words, {}


def _too_easy(play: Play, terms: PackageTerms) -> Told:
    pages = [one for one in play.parts if one.kind is ItemKind.ASSET]
    if terms.of is Of.ANY and pages and len(play.parts) > 1:
        words = N_("Any one part is enough, and “%(title)s” is a plain page: opening it finishes the lesson.")
        yield Weight.EASY, words, {"title": pages[0].title or pages[0].id}
    if terms.opened_counts:
        words = N_("If the content reports nothing at all, opening it and leaving finishes the lesson.")
        yield Weight.EASY, words, {}


def _against_the_package(play: Play, terms: PackageTerms) -> Told:
    stated = [score for one in play.reporting if (score := _passing(one, play.manifest.edition)) is not None]
    if terms.done_when is DoneWhen.PASSED and not stated:
        words = N_("The package states no mastery score. Whether it ever reports “passed” is up to it: try it.")
        yield Weight.NOTE, words, {}
    if terms.done_when is not DoneWhen.SCORE:
        return
    yield Weight.NOTE, N_("Whether the content reports a score shows only when it is played: try it."), {}
    if terms.of is Of.ALL and len(play.reporting) > 1 and not play.by_rules:
        yield Weight.NOTE, N_("Each part has to report a score. Often only the last one, the test, does."), {}
    others = [score for score in stated if score != terms.percent]
    if others:
        values = {"mastery": f"{min(others):g}", "percent": f"{terms.percent}{NARROW_SPACE}%"}
        yield Weight.NOTE, _other_score(asks_more=min(others) < terms.percent), values


def _other_score(*, asks_more: bool) -> str:
    if asks_more:
        return N_("The content passes at %(mastery)s, you ask for %(percent)s: “passed” may not be enough here.")
    return N_("The content passes at %(mastery)s, you ask for %(percent)s: it may say “failed” and be done here.")
