"""A question as a file has it, before it is one of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lmsapp.infra.words import N_, RuleBroken

MOST_BYTES = 50 << 20
MOST_QUESTIONS = 2000
TOO_MANY = N_("The file holds more than %(most)s questions. Divide it into several.")

SINGLE, MULTIPLE, TRUE_FALSE, SHORT = "single", "multiple", "true_false", "short"
NUMERIC, MATCHING, ORDERING, OPEN = "numeric", "matching", "ordering", "open"
ALL, EACH = "all", "each"


@dataclass(frozen=True, slots=True)
class Note:
    """Words for whoever looks at the file, with %(name)s places filled from `values`."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: `entry` names the file within a package, `line` counts from 1 (0: no line to name)."""

    line: int = 0
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is answered and how it is scored. `options` and `detail` as a question row keeps them, by kind."""

    kind: str
    options: tuple[Mapping[str, Any], ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    """(answer, what the file says to whoever gives it)."""


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """One question. `title`: its name in the file. `notes`: what was lost or changed on the way."""

    kind: str
    prompt: str
    options: tuple[Mapping[str, Any], ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    points: Decimal = Decimal(1)
    explanation: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    title: str = ""
    place: Place = Place()
    notes: tuple[Note, ...] = ()

    def said(self) -> tuple[Any, ...]:
        """What two drafts that ask the same have in common: neither place nor notes."""
        return (self.kind, self.prompt, self.options, self.detail, self.points, self.explanation, self.tags)


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not become a question: where, why, and how it begins."""

    place: Place
    note: Note
    excerpt: str = ""


@dataclass(slots=True)
class Found:
    """What a file holds. `format`: 'csv', 'gift', 'moodle', 'qti'. `notes` are about the file as a whole."""

    format: str
    drafts: list[QuestionDraft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def take(self, draft: QuestionDraft) -> None:
        """One more question. Raises RuleBroken (field 'file') beyond the most a file may hold."""
        if len(self.drafts) + len(self.problems) >= MOST_QUESTIONS:
            raise TooManyError(TOO_MANY, field="file", most=MOST_QUESTIONS)
        self.drafts.append(draft)

    def refuse(self, place: Place, broken: RuleBroken, excerpt: str = "") -> None:
        """One that is none, with the words of the rule."""
        if len(self.drafts) + len(self.problems) >= MOST_QUESTIONS:
            raise TooManyError(TOO_MANY, field="file", most=MOST_QUESTIONS)
        self.problems.append(Problem(place, Note(broken.message, broken.values), shortened(excerpt)))

    def note(self, message: str, **values: Any) -> None:
        """About the file as a whole, said once."""
        if (said := Note(message, values)) not in self.notes:
            self.notes.append(said)


class TooManyError(RuleBroken):
    """More than a file may hold: no matter of one question."""


def draft_of(
    shape: Shape, prompt: str, *, explanation: str = "", notes: Sequence[Note] = (), **rest: Any
) -> QuestionDraft:
    """The question around what is answered. Remarks on single answers go into the explanation."""
    said = [explanation.strip(), *(_remark(answer, words) for answer, words in shape.remarks)]
    kept = once((*notes, *shape.notes, *([REMARKS] if shape.remarks else [])))
    draft = QuestionDraft(shape.kind, prompt.strip(), shape.options, shape.detail, **rest)
    return replace(draft, explanation="\n".join(part for part in said if part), notes=kept)


def _remark(answer: str, words: str) -> str:
    said = " ".join(words.split())
    return f"{answer}: {said}" if answer else said


def once(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Each note once, in their order."""
    kept: list[Note] = []
    for note in notes:
        if note not in kept:
            kept.append(note)
    return tuple(kept)


def shortened(text: str, most: int = 120) -> str:
    """The beginning, on one line."""
    line = " ".join(text[: most * 4].split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


REMARKS = Note(N_("The remarks on single answers stand in the explanation."))
