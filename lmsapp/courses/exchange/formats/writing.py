"""Drafts -> a file in the format asked for, and what that format cannot say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lmsapp.courses.exchange.formats.draft import (
    ALL,
    EACH,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    OPEN,
    ORDERING,
    SHORT,
    TRUE_FALSE,
    QuestionDraft,
)
from lmsapp.courses.exchange.formats.gift_writing import write_gift
from lmsapp.courses.exchange.formats.moodle_writing import write_moodle
from lmsapp.courses.exchange.formats.qti_writing import write_qti
from lmsapp.courses.exchange.formats.table_writing import write_csv
from lmsapp.infra.words import N_

CSV, GIFT, MOODLE, QTI = "csv", "gift", "moodle", "qti"


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files. `name` is its own, the same in every language."""

    key: str
    name: str
    suffix: str
    media_type: str
    write: Callable[[Sequence[QuestionDraft]], bytes]


FORMATS = {
    one.key: one
    for one in (
        Format(CSV, "CSV", ".csv", "text/csv; charset=utf-8", lambda drafts: write_csv(drafts).encode("utf-8-sig")),
        Format(
            GIFT, "Moodle GIFT", ".gift.txt", "text/plain; charset=utf-8", lambda drafts: write_gift(drafts).encode()
        ),
        Format(MOODLE, "Moodle XML", ".xml", "application/xml", lambda drafts: write_moodle(drafts).encode()),
        Format(QTI, "QTI 2.2", ".zip", "application/zip", write_qti),
    )
}

POINTS = N_("the points")
WORDS = N_("what true and false are called")
ALL_WORDS = N_("that all right answers, and only they, give points (each right one gives its share there)")
ALL_PAIRS = N_("that all pairs must be right (each right one gives its share there)")
PLACES = N_("that each item in its right place gives points (all must be right there)")
CASE = N_("that capital and small letters count")
UNITS = N_("the unit")
RUBRIC = N_("the rubric (it becomes a text for whoever grades)")
GRADER = N_("the rubric, the sample answer and the limits of words")
LIMITS = N_("the limits of words")
STARS = N_("that * stands for anything")
BACKSLASH = N_("a backslash before * in an accepted answer")
ARROWS = N_("“->” within what is matched")
SIGNS = N_("a comma, a semicolon or a line break within a tag")
BRACKETS = N_("brackets or line breaks within a tag")
LIKE_A_LINE = N_("“>” within the title of a criterion")


def losses(key: str, drafts: Sequence[QuestionDraft]) -> list[tuple[str, int]]:
    """(what the format cannot say, of how many questions), the most frequent first."""
    counted = Counter(words for draft in drafts for words in set(_LOST[key](draft)))
    return counted.most_common()


def _has(draft: QuestionDraft, kind: str, name: str, value: object) -> bool:
    return draft.kind == kind and draft.detail.get(name) == value


def _of_moodle(draft: QuestionDraft) -> Iterator[str]:
    """What both formats of Moodle cannot say."""
    if draft.kind == TRUE_FALSE and [one["text"] for one in draft.options] != ["True", "False"]:
        yield WORDS
    if _has(draft, MULTIPLE, "scoring", ALL):
        yield ALL_WORDS
    if _has(draft, MATCHING, "scoring", ALL):
        yield ALL_PAIRS
    if draft.kind == SHORT and any("\\*" in one["text"] for one in draft.detail["accepted"]):
        yield BACKSLASH


def _of_gift(draft: QuestionDraft) -> Iterator[str]:
    yield from _of_moodle(draft)
    if draft.points != 1:
        yield POINTS
    if _has(draft, SHORT, "case", True):
        yield CASE
    if draft.kind == NUMERIC and draft.detail.get("unit"):
        yield UNITS
    if draft.kind == OPEN and any(draft.detail.get(name) for name in ("rubric", "sample", "min_words", "max_words")):
        yield GRADER
    if draft.kind == MATCHING and any("->" in one["text"] for one in (*draft.options, *draft.detail["matches"])):
        yield ARROWS
    if any(sign in tag for tag in draft.tags for sign in "[]\n"):
        yield BRACKETS


def _of_xml(draft: QuestionDraft) -> Iterator[str]:
    yield from _of_moodle(draft)
    if draft.kind == OPEN and draft.detail.get("rubric"):
        yield RUBRIC


def _of_qti(draft: QuestionDraft) -> Iterator[str]:
    if _has(draft, ORDERING, "scoring", EACH):
        yield PLACES
    if draft.kind == NUMERIC and draft.detail.get("unit"):
        yield UNITS
    if draft.kind == SHORT and any("*" in one["text"] for one in draft.detail["accepted"]):
        yield STARS
    if draft.kind == OPEN and draft.detail.get("rubric"):
        yield RUBRIC
    if draft.kind == OPEN and (draft.detail.get("min_words") or draft.detail.get("max_words")):
        yield LIMITS


def _of_csv(draft: QuestionDraft) -> Iterator[str]:
    if any(sign in tag for tag in draft.tags for sign in ",;\n"):
        yield SIGNS
    if draft.kind == OPEN and any(" > " in one["title"] for one in draft.detail.get("rubric") or ()):
        yield LIKE_A_LINE


_LOST: dict[str, Callable[[QuestionDraft], Iterator[str]]] = {
    CSV: _of_csv,
    GIFT: _of_gift,
    MOODLE: _of_xml,
    QTI: _of_qti,
}
