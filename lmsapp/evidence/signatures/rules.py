"""What is bound by which fingerprint, which signature still counts, what changed between two texts (ORG-7). Pure."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

LONGEST_TITLE = 200
LONGEST_MEANING = 300
LONGEST_NOTE = 500
LANGUAGES = ("en", "es")
SEALED = (
    "employee_id", "user_id", "printed_name", "employee_number", "text_version_id", "text_sha256", "meaning",
    "signed_at", "local_time", "time_zone", "method", "reason",
)  # fmt: skip
UNCHANGED_SHOWN = 12  # words of an unchanged stretch shown on either side of a change


class TextKind(StrEnum):
    """What a text is. Lessons write theirs themselves."""

    POLICY = "policy"
    ONBOARDING = "onboarding document"
    LESSON = "lesson"


class TextStatus(StrEnum):
    """Only a published text can be signed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


# What a signature can mean; the author may say it in other words (21 CFR 11.50(a)(3)).
MEANING = N_("I have read and understood this and will follow it.")


@dataclass(frozen=True, slots=True)
class Words:
    """What is signed, exactly. `body` is Markdown."""

    title: str
    meaning: str
    body: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text beside another version. `kind`: 'same', 'added', 'removed', 'left out' (words unchanged)."""

    kind: str
    text: str


def cleaned(words: Words) -> Words:
    """Line ends as one character and no blanks around: what is shown, kept and signed is the same."""
    body = words.body.replace("\r\n", "\n").replace("\r", "\n").strip()
    return Words(" ".join(words.title.split()), " ".join(words.meaning.split()), body)


def check_words(words: Words, *, complete: bool) -> None:
    """Raises RuleBroken, naming the field. `complete`: it is about to be published."""
    if not words.title:
        raise RuleBroken(N_("Give it a title."), field="title")
    if complete and not words.body:
        raise RuleBroken(N_("Write what is to be signed."), field="body")
    if complete and not words.meaning:
        raise RuleBroken(N_("Say in words what a signature under this means."), field="meaning")
    if "\x00" in words.title + words.meaning + words.body:
        raise RuleBroken(N_("There is a character in it that cannot be kept. Paste it as plain text."), field="body")


def fingerprint(words: Words) -> str:
    """SHA-256 (hex) of the JSON list [title, meaning, body] in UTF-8, without blanks: unambiguous, and easy to redo."""
    plain = json.dumps([words.title, words.meaning, words.body], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def seal_of(said: Mapping[str, object]) -> str:
    """SHA-256 (hex) over everything a signature says: name, text, meaning and time cannot be taken apart (11.70).

    `said` has the columns of SEALED by name; instants count in UTC.
    """
    parts = [_plain(said[name]) for name in SEALED]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return value


def still_counts(number: int, counts_from: int | None) -> bool:
    """Whether a signature under version `number` is still good."""
    return counts_from is not None and number >= counts_from


def difference(before: str, after: str) -> list[Piece]:
    """What changed, word by word; long unchanged stretches are left out but for a few words around each change."""
    if before == after:
        return []
    old, new = _words(before), _words(after)
    pieces: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.extend(_shortened(new[c:d], first=c == 0, last=d == len(new)))
            continue
        if a < b:
            pieces.append(Piece("removed", "".join(old[a:b])))
        if c < d:
            pieces.append(Piece("added", "".join(new[c:d])))
    return pieces


def _words(text: str) -> list[str]:
    """Words with the blanks after them, and line ends by themselves, so that joining gives the text again."""
    return re.findall(r"\n|[^\s]+[^\S\n]*|[^\S\n]+", text)


def _shortened(words: list[str], *, first: bool, last: bool) -> list[Piece]:
    before = 0 if first else UNCHANGED_SHOWN
    after = 0 if last else UNCHANGED_SHOWN
    hidden = len(words) - before - after
    if hidden <= UNCHANGED_SHOWN:
        return [Piece("same", "".join(words))]
    shown = [Piece("same", "".join(words[:before]))] if before else []
    tail = [Piece("same", "".join(words[len(words) - after :]))] if after else []
    return [*shown, Piece("left out", str(hidden)), *tail]
