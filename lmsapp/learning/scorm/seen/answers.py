"""Answers as content writes them, taken apart so that people can read them. Pure (SCO-5).

SCORM 2004 RTE 4.2.9.2 and 4.2.9.3 separate with [,] [.] and [:] and put marks such as {lang=en} in front; SCORM 1.2
RTE 3.4.4 separates with commas and dots, and puts sets in braces. Authoring tools mix the two, so either is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

MARK = re.compile(r"^\{(?:lang|case_matters|order_matters)=[^{}]{0,40}\}")
URN = re.compile(r"^urn:[A-Za-z0-9-]{1,40}:")
CHOICES = frozenset({"choice", "sequencing", "multiple-choice"})
PAIRS = frozenset({"matching", "performance"})
WORDS = frozenset({"fill-in", "long-fill-in", "other", "likert", ""})
YES, NO = frozenset({"true", "t", "1", "yes"}), frozenset({"false", "f", "0", "no"})


@dataclass(frozen=True, slots=True)
class Answer:
    """`truth` of true or false; `parts` chosen or written, in order where `ordered`; `pairs` matched, or steps and what
    was done in them; `least` and `most` of a range of numbers ('' where it is open)."""

    truth: bool | None = None
    parts: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    least: str | None = None
    most: str | None = None
    ordered: bool = False

    @property
    def key(self) -> str:
        """The same for the same answer, whatever the order where none is asked for."""
        parts = self.parts if self.ordered else tuple(sorted(self.parts))
        return repr((self.truth, parts, tuple(sorted(self.pairs)), self.least, self.most))


def read_answer(kind: str, text: str) -> Answer:
    """Never fails: what does not have the shape of its kind is shown as words."""
    text = _bare(text)
    word = text.strip().lower()
    if kind == "true-false" and word in YES | NO:
        return Answer(truth=word in YES)
    if kind in PAIRS:
        return _paired(text, kind)
    if kind == "numeric" and "[:]" in text:
        least, _colon, most = text.partition("[:]")
        return Answer(least=least.strip(), most=most.strip())
    if kind in CHOICES:
        return Answer(parts=_chosen(text), ordered=kind == "sequencing")
    pieces = text.split("[,]") if "[,]" in text else [text]
    clean = [_bare(one).strip() for one in pieces]
    return Answer(parts=tuple(readable_id(one) if kind == "likert" else one for one in clean if one), ordered=True)


def _bare(text: str) -> str:
    """Without the marks in front."""
    for _mark in range(4):
        shorter = MARK.sub("", text)
        if shorter == text:
            break
        text = shorter
    return text


def _chosen(text: str) -> tuple[str, ...]:
    pieces = text.split("[,]") if "[,]" in text else _unbraced(text).split(",")
    return tuple(readable_id(one) for one in pieces if one.strip())


def _unbraced(text: str) -> str:
    stripped = text.strip()
    return stripped[1:-1] if stripped.startswith("{") and stripped.endswith("}") else stripped


def _paired(text: str, kind: str) -> Answer:
    modern = "[.]" in text or "[,]" in text
    pieces = text.split("[,]") if modern else _unbraced(text).split(",")
    split = [one.partition("[.]" if modern else ".") for one in pieces if one.strip()]
    if not any(dot for _left, dot, _right in split):
        return Answer(parts=tuple(readable_id(left) for left, _dot, _right in split), ordered=kind == "performance")
    return Answer(pairs=tuple((readable_id(left), readable_id(right)) for left, _dot, right in split))


def readable_id(name: str) -> str:
    """A name made for machines as people read it: 'urn:scormdriver:Exit%20A' is 'Exit A', 'fire_door' 'fire door'."""
    text = URN.sub("", _bare(name).strip())
    if "%" in text:
        text = unquote(text, errors="replace")
    return " ".join(text.replace("_", " ").split())
