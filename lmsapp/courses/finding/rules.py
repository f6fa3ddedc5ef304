"""Text for the search, words of a query, and the marks in a snippet. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

CONFIGS = {"en": "english", "es": "spanish"}  # any other language: 'simple', words as they are written
MOST_WORDS, LONGEST_WORD = 8, 40
MOST_TEXT = 200_000  # characters of lesson texts; a search document has room for a megabyte
MOST_TOPICS, LONGEST_TOPIC = 8, 40
BEGIN, END = "\x02", "\x03"  # no text holds these: forms refuse them
CLOSE_ENOUGH = 0.7  # of difflib: two letters changed places in a word of seven, one wrong in a word of four
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a snippet; `hit`: it is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """What a course says, by weight: its title; summary, topics and citation; chapter and lesson titles; lesson texts.

    Words only, ready for the index. `said` is what people read, in one line.
    """

    title: str
    about: str
    titles: str
    lessons: str
    said: str
    names: str


def config_of(language: str) -> str:
    """PostgreSQL's name of how that language bends words."""
    return CONFIGS.get(language, "simple")


def fold(text: str) -> str:
    """Without accents and markup signs, and of the same length as `composed(text)`, so that places in both agree."""
    return "".join(" " if sign in "<>&" or not sign.isprintable() else _base(sign) for sign in composed(text))


def composed(text: str) -> str:
    """Each letter with its accent as one character."""
    return unicodedata.normalize("NFC", text)


def _base(sign: str) -> str:
    first = unicodedata.normalize("NFD", sign)[0]
    return first if sign.isalpha() and first.isalpha() else sign


def plain(body_html: str) -> str:
    """Clean HTML as one line of text."""
    return " ".join(html.unescape(_TAG.sub(" ", body_html)).split())


def words_of(text: str) -> list[str]:
    """Letters and figures, folded, in lower case."""
    return [word.lower() for word in _WORD.findall(fold(text))]


def texts_of(course: Mapping[str, Any], chapters: Iterable[Mapping[str, Any]], bodies: Iterable[str]) -> Texts:
    """`course`: title, summary, topics, citation. `chapters`: title and lessons with titles. `bodies`: plain texts."""
    titles = [*(one["title"] for one in chapters), *(line["title"] for one in chapters for line in one["lessons"])]
    about = " ".join([course["summary"], *course["topics"], course["citation"]])
    said = [" ".join(line.split()) for line in (course["summary"], *titles, *bodies)]
    return Texts(
        title=_indexed(course["title"]),
        about=_indexed(about),
        titles=_indexed(" ".join(titles)),
        lessons=_indexed(" ".join(bodies)),
        said=composed(" · ".join(line for line in said if line))[:MOST_TEXT],
        names=" ".join(sorted({*words_of(course["title"]), *words_of(" ".join([*course["topics"], *titles]))})),
    )


def _indexed(text: str) -> str:
    return " ".join(words_of(text[:MOST_TEXT]))


def asked_words(q: str) -> list[str]:
    """The words of a query; what is no word is left out. The last may be half a word: it is being typed."""
    return [word[:LONGEST_WORD] for word in words_of(q)][:MOST_WORDS]


def snippet(said: str, marked: str) -> list[Piece]:
    """The stretch of `said` that `marked` shows: `fold(said)` or a part of it, with BEGIN and END around each hit."""
    bare = marked.replace(BEGIN, "").replace(END, "")
    start = fold(said).find(bare)
    if start < 0 or BEGIN not in marked:
        return []
    pieces, at = [], start
    for text, hit in _stretches(marked):
        pieces.append(Piece(said[at : at + len(text)], hit))
        at += len(text)
    return [Piece("… " if start else ""), *pieces, Piece(" …" if at < len(said) else "")]


def _stretches(marked: str) -> Iterator[tuple[str, bool]]:
    for part in marked.split(BEGIN):
        hit, closed, rest = part.partition(END)
        if closed:
            yield hit, True
            yield rest, False
        else:
            yield part, False


def closest(words: Iterable[str], known: Iterable[str]) -> list[str]:
    """The words with each unknown one replaced by the known one most like it; as they are where nothing is like it."""
    vocabulary = sorted(set(known))
    there = set(vocabulary)
    found = []
    for word in words:
        near = [] if word in there or len(word) < 4 else get_close_matches(word, vocabulary, 1, CLOSE_ENOUGH)
        found.append(near[0] if near else word)
    return found


def cleaned_topics(topics: Iterable[str]) -> list[str]:
    """Each once, whatever its capitals, in the order given. Raises RuleBroken (field: topics)."""
    kept: dict[str, str] = {}
    for topic in topics:
        label = " ".join(topic.split())
        if not label:
            continue
        if len(label) > LONGEST_TOPIC or not label.isprintable():
            raise RuleBroken(
                N_("A topic has at most %(most)s characters that can be seen."), field="topics", most=LONGEST_TOPIC
            )
        kept.setdefault(label.casefold(), label)
    if len(kept) > MOST_TOPICS:
        raise RuleBroken(N_("Give at most %(most)s topics."), field="topics", most=MOST_TOPICS)
    return list(kept.values())
