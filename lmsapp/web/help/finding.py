"""Finding the procedure: by the words of a section, of its page, and by other words for the same (HLP-1). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lmsapp.courses.finding.rules import Piece, asked_words, closest, fold, plain, words_of

MOST = 20
OF_A_PAGE = 3
AROUND = 90  # characters of a snippet on each side
HEADING = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>')
SPACED = re.compile(r" ([,.;:!?)])")  # where a tag ended
ALSO = re.compile(r'^\[also\]: # "([^"]*)"$', re.MULTILINE)  # shown by no reader of Markdown


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading. `anchor`: '' for what stands before the first; `also`: other words for it."""

    slug: str
    page: str
    title: str
    anchor: str
    text: str
    also: str


@dataclass(frozen=True, slots=True)
class Found:
    """A section, and the stretch of it that has the words."""

    section: Section
    pieces: Sequence[Piece]


def sections_of(slug: str, title: str, body_html: str, source: str) -> tuple[Section, ...]:
    """A page in its sections. `source` is its Markdown, which says the other words of each."""
    also = [" ".join(ALSO.findall(part)) for part in re.split(r"^## ", source, flags=re.MULTILINE)]
    first, *rest = HEADING.split(body_html)
    parts = [("", title, first), *zip(rest[::3], map(plain, rest[1::3]), rest[2::3], strict=True)]
    return tuple(
        Section(slug, title, heading, anchor, SPACED.sub(r"\1", plain(html)), words)
        for (anchor, heading, html), words in zip(parts, also, strict=True)
    )


def find(sections: Iterable[Section], q: str) -> list[Found]:
    """Those with most of the words, the best first; a word may be half typed. A word that is nowhere counts as the one
    most like it."""
    known = {section: _weighed(section) for section in sections}
    everywhere = {word for weighed in known.values() for word in weighed}
    words = [one if _begun(one, everywhere) else closest([one], everywhere)[0] for one in asked_words(q)]
    scored = []
    for place, (section, weighed) in enumerate(known.items()):
        weights = [max((weighed[word] for word in _begun(one, weighed)), default=0) for one in words]
        if hits := sum(weight > 0 for weight in weights):
            scored.append((-hits, -sum(weights), place, section))
    most = -min((hits for hits, *_rest in scored), default=0)
    if not most or 2 * most < len(words):
        return []
    found: list[Found] = []
    for hits, _sum, _place, section in sorted(scored, key=lambda one: one[:3]):
        of_the_page = sum(one.section.slug == section.slug for one in found)
        if -hits == most and of_the_page < OF_A_PAGE and len(found) < MOST:
            found.append(Found(section, _snippet(section.text, words)))
    return found


@lru_cache(maxsize=4000)
def _weighed(section: Section) -> dict[str, int]:
    """Each word with what it is worth where it stands best."""
    fields = ((section.text, 1), (section.page, 4), (section.also, 5), (section.title, 6))
    return {word: worth for text, worth in fields for word in words_of(text)}


def _begun(word: str, among: Collection[str]) -> list[str]:
    return [one for one in among if one.startswith(word)]


def _snippet(text: str, words: Sequence[str]) -> list[Piece]:
    """The first stretch with one of the words, each word marked; the beginning where none stands in the text."""
    wanted = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\w*", re.IGNORECASE)
    folded = fold(text)
    first = wanted.search(folded)
    start = max(0, first.start() - AROUND) if first else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = min(len(text), (first.end() if first else 0) + 2 * AROUND)
    end = text.find(" ", end) if " " in text[end:] else len(text)
    pieces, at = [Piece("… " if start else "")], start
    for hit in wanted.finditer(folded, start, end):
        pieces += [Piece(text[at : hit.start()]), Piece(text[hit.start() : hit.end()], True)]
        at = hit.end()
    return [*pieces, Piece(text[at:end]), Piece(" …" if end < len(text) else "")]
