"""Questions of ours -> drafts to be written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lmsapp.courses.exchange.formats.draft import MULTIPLE, NUMERIC, OPEN, SHORT, QuestionDraft
from lmsapp.courses.quizzes.models import Question

USUAL: Mapping[str, Mapping[str, Any]] = {
    MULTIPLE: {"scoring": "all"},
    "matching": {"scoring": "all"},
    "ordering": {"scoring": "all"},
    SHORT: {"case": False},
    NUMERIC: {"unit": ""},
    OPEN: {"rubric": [], "sample": "", "min_words": None, "max_words": None},
}
"""What a question that does not say it means."""


@dataclass(frozen=True, slots=True)
class Exported:
    """`drafts` in the order of the bank; `ids` of the questions they were."""

    ids: tuple[int, ...]
    drafts: tuple[QuestionDraft, ...]


def exported(questions: Sequence[Question], pools: Mapping[int, str]) -> Exported:
    """`pools`: title by id; it becomes the category."""
    drafts = tuple(_draft(one, pools.get(one.pool_id or 0, "")) for one in questions)
    return Exported(tuple(one.id for one in questions), drafts)


def _draft(one: Question, category: str) -> QuestionDraft:
    detail = {**USUAL.get(one.kind, {}), **one.detail}
    if one.kind == NUMERIC:
        detail["accepted"] = [
            {"percent": 100, **said, "tolerance": str(said.get("tolerance") or "0")} for said in detail["accepted"]
        ]
    if one.kind == SHORT:
        detail["accepted"] = [{"percent": 100, **said} for said in detail["accepted"]]
    return QuestionDraft(
        one.kind,
        one.prompt,
        tuple(one.options),
        detail,
        Decimal(one.points),
        one.explanation,
        tuple(one.tags),
        category.replace("\n", " "),
    )
