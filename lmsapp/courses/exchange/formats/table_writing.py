"""Drafts -> our own CSV: UTF-8 with its mark, commas, as spreadsheets open it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lmsapp.courses.exchange.formats.answers import plain_number
from lmsapp.courses.exchange.formats.draft import QuestionDraft
from lmsapp.courses.exchange.formats.rubrics import lines_of
from lmsapp.courses.exchange.formats.table import SIGNS
from lmsapp.courses.exchange.formats.table_words import COLUMNS

LEAST_OPTIONS = 4


def write_csv(drafts: Sequence[QuestionDraft]) -> str:
    """The file as text, without the mark."""
    rows = [_row(draft) for draft in drafts]
    most = max([LEAST_OPTIONS, *(len(options) for _cells, options in rows)])
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    numbered = [f"option {at}" for at in range(1, most + 1)]
    writer.writerow([*COLUMNS[:3], *numbered, *COLUMNS[3:]])
    for cells, options in rows:
        padded = [*options, *[""] * (most - len(options))]
        before, after = ([cells.get(name, "") for name in names] for names in (COLUMNS[:3], COLUMNS[3:]))
        writer.writerow([_closed(cell) for cell in (*before, *padded, *after)])
    return out.getvalue()


def _row(draft: QuestionDraft) -> tuple[dict[str, str], list[str]]:
    cells = {
        "type": draft.kind,
        "question": draft.prompt,
        "points": plain_number(draft.points),
        "explanation": draft.explanation,
        "tags": ", ".join(draft.tags),
        "category": draft.category,
        "scoring": str(draft.detail.get("scoring", "")),
    }
    more, options = _WRITE[draft.kind](draft)
    return {**cells, **more}, options


Written = tuple[dict[str, str], list[str]]


def _chosen(draft: QuestionDraft) -> Written:
    texts = [one["text"] for one in draft.options]
    places = [at for at, one in enumerate(draft.options) if one["correct"]]
    return {"correct": "; ".join(f"#{at + 1}" if _misread(at, texts) else chr(65 + at) for at in places)}, texts


def _misread(at: int, texts: list[str]) -> bool:
    """A letter that an option says, or beyond Z."""
    return at > 25 or any(text.casefold() == chr(97 + at) for text in texts)


def _truth(draft: QuestionDraft) -> Written:
    texts = [one["text"] for one in draft.options]
    right = next(one["text"] for one in draft.options if one["correct"])
    return ({"correct": right.lower()}, []) if texts == ["True", "False"] else ({"correct": right}, texts)


def _short(draft: QuestionDraft) -> Written:
    case = "yes" if draft.detail.get("case") else ""
    return {"case": case}, [_part(one, one["text"]) for one in draft.detail["accepted"]]


def _numeric(draft: QuestionDraft) -> Written:
    accepted = draft.detail["accepted"]
    return {"unit": str(draft.detail.get("unit") or "")}, [_part(one, _value(one)) for one in accepted]


def _value(one: Mapping[str, Any]) -> str:
    return one["value"] if one["tolerance"] == "0" else f"{one['value']} ± {one['tolerance']}"


def _part(one: Mapping[str, Any], text: str) -> str:
    return text if one["percent"] == 100 and not text.startswith("%") else f"%{one['percent']}%{text}"


def _match(draft: QuestionDraft) -> Written:
    texts = {one["key"]: one["text"] for one in draft.detail["matches"]}
    used = {one["match"] for one in draft.options}
    pairs = [(one["text"], texts[one["match"]]) for one in draft.options]
    pairs += [("", text) for key, text in texts.items() if key not in used]
    return {}, [f"{_arrowless(item)} -> {_arrowless(match)}".strip() for item, match in pairs]


def _arrowless(text: str) -> str:
    return text.replace("->", "\\->")


def _open(draft: QuestionDraft) -> Written:
    detail = draft.detail
    return {
        "sample": str(detail.get("sample") or ""),
        "min words": str(detail.get("min_words") or ""),
        "max words": str(detail.get("max_words") or ""),
        "rubric": lines_of(detail.get("rubric") or ()),
    }, []


def _closed(cell: str) -> str:
    """A spreadsheet runs nothing of it."""
    return "'" + cell if cell.lstrip(" \u00a0\r\n")[:1] in {*SIGNS} and cell.strip() else cell


_WRITE: dict[str, Callable[[QuestionDraft], Written]] = {
    "single": _chosen,
    "multiple": _chosen,
    "true_false": _truth,
    "short": _short,
    "numeric": _numeric,
    "matching": _match,
    "ordering": lambda draft: ({}, [one["text"] for one in draft.options]),
    "open": _open,
}
