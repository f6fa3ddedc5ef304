"""What differs between two packages of one lesson, in sentences for its author. Pure (SCO-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lmsapp.courses.packages.rules import Item, Manifest
from lmsapp.infra.words import N_

NAMED = 5  # so many titles still make a sentence

Sentence = tuple[str, dict[str, Any]]


def differences(before: Manifest, after: Manifest) -> list[Sentence]:
    """From `before` to `after`; empty where edition, outline and what they state are the same."""
    return [*_whole(before, after), *_parts(before, after)]


def _whole(before: Manifest, after: Manifest) -> Iterator[Sentence]:
    if before.version != after.version:
        yield N_("SCORM %(before)s became SCORM %(after)s"), {"before": before.version, "after": after.version}
    if before.title != after.title:
        yield N_("“%(before)s” is now called “%(after)s”"), {"before": before.title, "after": after.title}


def _parts(before: Manifest, after: Manifest) -> Iterator[Sentence]:
    old, new = {one.id: one for one in before.items}, {one.id: one for one in after.items}
    yield from _named(N_("New: %(titles)s"), [one for key, one in new.items() if key not in old])
    yield from _named(N_("Gone: %(titles)s"), [one for key, one in old.items() if key not in new])
    both = [(old[key], one) for key, one in new.items() if key in old]
    for was, now in both:
        yield from _part(was, now)
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield N_("The parts stand in another order"), {}


def _named(words: str, items: Sequence[Item]) -> Iterator[Sentence]:
    if items:
        titles = ", ".join(f"“{one.title or one.id}”" for one in items[:NAMED])
        yield words, {"titles": titles + (f" +{len(items) - NAMED}" if len(items) > NAMED else "")}


def _part(was: Item, now: Item) -> Iterator[Sentence]:
    title = now.title or now.id
    if was.title != now.title:
        yield N_("“%(before)s” is now called “%(after)s”"), {"before": was.title or was.id, "after": title}
    if was.kind is not now.kind:
        yield N_("“%(title)s” is another kind of part"), {"title": title}
    if (was.mastery or None) != (now.mastery or None):
        words = N_("Mastery score of “%(title)s”: %(before)s before, %(after)s now")
        yield words, {"title": title, "before": was.mastery or "–", "after": now.mastery or "–"}
    if was.visible != now.visible:
        words = N_("“%(title)s” is shown now") if now.visible else N_("“%(title)s” is hidden now")
        yield words, {"title": title}
    if (was.sequencing or None) != (now.sequencing or None) or was.prerequisites != now.prerequisites:
        yield N_("When “%(title)s” may be opened has changed"), {"title": title}
