"""What terms mean for one very package, and what of them it cannot meet: sentences for its author. Pure (SCO-2, SCO-3).

Which part counts as done when is decided in `learning.scorm`; here it is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lmsapp.courses.packages.rules import DoneWhen, Item, ItemKind, Manifest, Of, PackageTerms, ScoreOf
from lmsapp.infra.words import N_

NARROW_SPACE = "\u202f"


class Weight(StrEnum):
    """How much a remark matters."""

    NEVER = "never"  # the lesson can never be done like this
    EASY = "easy"  # it is done by less than the author may think
    NOTE = "note"  # good to know, to be tried


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about terms and package that do not go together as they seem to."""

    weight: Weight
    words: str
    values: Mapping[str, Any]


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
SCORES: dict[ScoreOf, str] = {
    ScoreOf.HIGHEST: N_("Its score is the highest of the parts."),
    ScoreOf.AVERAGE: N_("Its score is the average of the parts that have one."),
    ScoreOf.LOWEST: N_("Its score is the lowest of the parts."),
}


def meaning(manifest: Manifest, terms: PackageTerms) -> list[Sentence]:
    """What the terms come to with this package, sentence by sentence."""
    return [
        _done(manifest, terms),
        *_parts_that_say_nothing(manifest, terms),
        *_scores(manifest, terms),
        *_stated(manifest),
        _closing(terms),
    ]


def _done(manifest: Manifest, terms: PackageTerms) -> Sentence:
    values = {"n": len(manifest.played), "percent": f"{terms.percent}{NARROW_SPACE}%"}
    if len(manifest.played) < 2:
        return ONE_PART[terms.done_when], values
    return (EVERY_PART if terms.of is Of.ALL else ANY_PART)[terms.done_when], values


def _parts_that_say_nothing(manifest: Manifest, terms: PackageTerms) -> Iterator[Sentence]:
    plain = len(manifest.played) - len(manifest.scos)
    if plain and manifest.scos:
        words = N_("%(n)s of them report nothing by nature (plain pages): those are done when they were opened.")
        yield words, {"n": plain}
    if terms.opened_counts and manifest.scos:
        yield N_("A part that never reports anything is done when it was opened and left."), {}


def _scores(manifest: Manifest, terms: PackageTerms) -> Iterator[Sentence]:
    if len(manifest.scos) > 1:
        yield SCORES[terms.score], {}


def _stated(manifest: Manifest) -> Iterator[Sentence]:
    """What the package itself says of passing."""
    scores = masteries(manifest)
    if len(scores) == 1 and len(manifest.scos) == 1:
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


def masteries(manifest: Manifest) -> list[tuple[str, str]]:
    """(title, score) of each part for which the manifest states what passes it."""
    return [(one.title or one.id, str(one.mastery)) for one in manifest.scos if one.mastery not in (None, "")]


def remarks(manifest: Manifest, terms: PackageTerms) -> list[Remark]:
    """What the author should know before publishing: first what can never be met."""
    found = [Remark(weight, words, values) for weight, words, values in _remarks(manifest, terms)]
    return sorted(found, key=lambda one: list(Weight).index(one.weight))


def _remarks(manifest: Manifest, terms: PackageTerms) -> Iterator[tuple[Weight, str, dict[str, Any]]]:
    if not manifest.scos:
        yield from _only_pages(terms)
        return
    yield from _too_easy(manifest, terms)
    yield from _against_the_package(manifest, terms)


def _only_pages(terms: PackageTerms) -> Iterator[tuple[Weight, str, dict[str, Any]]]:
    words = N_("Nothing in this package reports anything: it is made of plain pages, which are done when opened.")
    yield Weight.EASY, words, {}
    if terms.done_when is not DoneWhen.COMPLETED:
        yield Weight.NOTE, N_("It will never say “passed” or a score. Ask for those in a quiz beside it."), {}


def _too_easy(manifest: Manifest, terms: PackageTerms) -> Iterator[tuple[Weight, str, dict[str, Any]]]:
    pages = [one for one in manifest.played if one.kind is ItemKind.ASSET]
    if terms.of is Of.ANY and pages and len(manifest.played) > 1:
        words = N_("Any one part is enough, and “%(title)s” is a plain page: opening it finishes the lesson.")
        yield Weight.EASY, words, {"title": pages[0].title or pages[0].id}
    if terms.opened_counts:
        words = N_("If the content reports nothing at all, opening it and leaving finishes the lesson.")
        yield Weight.EASY, words, {}


def _against_the_package(manifest: Manifest, terms: PackageTerms) -> Iterator[tuple[Weight, str, dict[str, Any]]]:
    stated = [(one, score) for one in manifest.scos if (score := _number(one)) is not None]
    if terms.done_when is DoneWhen.PASSED and not stated:
        words = N_("The package states no mastery score. Whether it ever reports “passed” is up to it: try it.")
        yield Weight.NOTE, words, {}
    if terms.done_when is not DoneWhen.SCORE:
        return
    yield Weight.NOTE, N_("Whether the content reports a score shows only when it is played: try it."), {}
    if terms.of is Of.ALL and len(manifest.scos) > 1:
        yield Weight.NOTE, N_("Each part has to report a score. Often only the last one, the test, does."), {}
    others = [score for _item, score in stated if score != terms.percent]
    if others:
        words = N_("The content passes at %(mastery)s, you ask for %(percent)s: it may say “failed” where you say done.")
        if min(others) < terms.percent:
            words = N_("The content passes at %(mastery)s, you ask for %(percent)s: it may say “passed” and not be done.")
        yield Weight.NOTE, words, {"mastery": f"{min(others):g}", "percent": f"{terms.percent}{NARROW_SPACE}%"}


def _number(item: Item) -> float | None:
    try:
        return float(item.mastery) if item.mastery not in (None, "") else None
    except ValueError:
        return None
