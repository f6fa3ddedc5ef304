"""A draft as plain JSON and back; fitted to what a question of ours may be, and recognised when it is there already.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lmsapp.courses.exchange.formats.draft import TRUE_FALSE, Note, QuestionDraft, once
from lmsapp.courses.quizzes.tags import LONGEST_TAG, MOST_TAGS
from lmsapp.infra.words import N_

LONGEST = 4000
SMALLEST, LARGEST = Decimal("0.01"), Decimal(1000)
ENGLISH = ("True", "False")

FEWER_TAGS = Note(N_("Tags were shortened or left out: at most %(most)s, each at most %(length)s characters."),
                  {"most": MOST_TAGS, "length": LONGEST_TAG})  # fmt: skip
CUT = Note(N_("The explanation was too long and was cut."))
ROUNDED = Note(N_("The points were rounded to a hundredth."))


def kept(draft: QuestionDraft) -> dict[str, Any]:
    """As a line keeps it."""
    return {
        "kind": draft.kind,
        "prompt": draft.prompt,
        "options": [dict(one) for one in draft.options],
        "detail": dict(draft.detail),
        "points": str(draft.points),
        "explanation": draft.explanation,
        "tags": list(draft.tags),
        "category": draft.category,
        "title": draft.title,
        "notes": [[note.message, dict(note.values)] for note in draft.notes],
    }


def fitted(draft: QuestionDraft, words: Sequence[str] = ENGLISH) -> QuestionDraft:
    """Made to fit where that changes nothing of what is asked. `words`: what true and false are called."""
    tags = tuple(dict.fromkeys(" ".join(tag.replace(",", " ").split())[:LONGEST_TAG].strip() for tag in draft.tags))
    tags = tuple(tag for tag in tags if tag)[:MOST_TAGS]
    points = min(max(draft.points, SMALLEST), LARGEST).quantize(SMALLEST).normalize() + 0
    notes = [
        *draft.notes,
        *([FEWER_TAGS] if tags != draft.tags else []),
        *([CUT] if len(draft.explanation) > LONGEST else []),
        *([ROUNDED] if points != draft.points else []),
    ]
    options = draft.options
    if draft.kind == TRUE_FALSE and [one["text"] for one in options] == list(ENGLISH):
        options = tuple({**one, "text": word} for one, word in zip(options, words, strict=True))
    explanation = draft.explanation[:LONGEST]
    return replace(draft, tags=tags, points=points, options=options, explanation=explanation, notes=once(notes))


def sign_of(said: Mapping[str, Any]) -> str:
    """The same for questions that ask the same: text and answers, whatever their order, case and blanks."""
    accepted = said["detail"].get("accepted") or ()
    answers = sorted(_flat(one["text"]) for one in said["options"])
    typed = sorted(_flat(str(one.get("text", one.get("value", "")))) for one in accepted)
    return "\n".join([said["kind"], _flat(said["prompt"]), *answers, *typed])


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


def tags_with(draft: Mapping[str, Any], more: Sequence[str], *, categories: bool) -> list[str]:
    """Its own, those added, and the last part of its category; as many as a question may have."""
    category = draft["category"].replace(",", " ").rpartition("/")[2]
    own = [
        *draft["tags"],
        *more,
        *([" ".join(category.split())[:LONGEST_TAG]] if categories and category.strip() else []),
    ]
    unlike = {tag.casefold(): tag for tag in reversed(own)}
    return [tag for tag in dict.fromkeys(own) if unlike[tag.casefold()] == tag][:MOST_TAGS]
