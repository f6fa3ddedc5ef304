"""Moodle's cloze: a text with answers embedded. Each gap becomes a question of its own, with the whole text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lmsapp.courses.exchange.formats import answers
from lmsapp.courses.exchange.formats.draft import Note, QuestionDraft, Shape, draft_of
from lmsapp.courses.exchange.formats.moodle_text import rich
from lmsapp.courses.exchange.formats.plain import from_either
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import Node

GAP = "_____"
MOST_GAPS = 60
_GAP = re.compile(r"\{\s*(\d{0,3})\s*:\s*([A-Z_]{1,24})\s*:((?:[^{}\\]|\\.)*)\}", re.DOTALL)
_PIECE = re.compile(r"(?<!\\)~")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:[.,]\d*)?)%")
_ESCAPED = re.compile(r"\\([}#~/\"\\{=])")
SHORT = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
SEVERAL = {"MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"}

NO_GAP = N_("The text has no place to answer that could be read.")
TOO_MANY = N_("The text has more than %(most)s places to answer.")
ONE_OF = N_("Gap %(n)s of %(total)s of one text: each gap is a question here.")
UNKNOWN = N_("Places to answer of the type “%(kind)s” are not known here.")


def cloze_drafts(node: Node, rest: Mapping[str, Any]) -> list[QuestionDraft]:
    """A question for each gap; in its text the gap is a line, the others show their number in brackets.

    Raises RuleBroken.
    """
    text, notes = rich(node.first("questiontext"))
    gaps = list(_GAP.finditer(text))
    if not gaps:
        raise RuleBroken(NO_GAP)
    if len(gaps) > MOST_GAPS:
        raise RuleBroken(TOO_MANY, most=MOST_GAPS)
    explanation, more = rich(node.first("generalfeedback"))
    drafts = []
    for at, gap in enumerate(gaps):
        said = [Note(ONE_OF, {"n": at + 1, "total": len(gaps)})] if len(gaps) > 1 else []
        weight = Decimal(gap[1]) if gap[1] and int(gap[1]) else Decimal(1)
        draft = draft_of(
            _shape(gap[2], gap[3]),
            _around(text, gaps, at),
            explanation=explanation,
            notes=(*notes, *more, *said),
            points=weight,
            **rest,
        )
        drafts.append(draft)
    return drafts


def _around(text: str, gaps: list[re.Match[str]], here: int) -> str:
    parts, end = [], 0
    for at, gap in enumerate(gaps):
        parts += [text[end : gap.start()], GAP if at == here else f"[{at + 1}]"]
        end = gap.end()
    return "".join(parts) + text[end:]


def _shape(kind: str, body: str) -> Shape:
    pieces = [_piece(piece) for piece in _PIECE.split(body) if piece.strip()]
    weighted = [(text, percent) for text, percent, _remark in pieces]
    remarks = tuple((text, remark) for text, percent, remark in pieces if remark)
    if kind in SHORT:
        return replace(answers.short(weighted, case=kind.endswith("C")), remarks=remarks)
    if kind in {"NUMERICAL", "NM"}:
        listed = [(*_value(text), percent) for text, percent in weighted if text != "*"]
        return replace(answers.numeric(listed), remarks=remarks)
    if kind in SEVERAL:
        return replace(answers.choice(weighted, single=False), remarks=remarks)
    if kind.startswith(("MULTICHOICE", "MC")):
        return replace(answers.choice(weighted, single=True), remarks=remarks)
    raise RuleBroken(UNKNOWN, kind=kind)


def _piece(piece: str) -> tuple[str, Decimal, str]:
    """(answer, percent, remark) of '=Paris#Yes', '%50%Lyon', 'Nice'."""
    piece = piece.strip()
    percent = Decimal(0)
    if piece.startswith("="):
        percent, piece = answers.FULL, piece[1:]
    elif weight := _WEIGHT.match(piece):
        percent, piece = answers.percent_of(weight[1], Decimal(0)), piece[weight.end() :]
    answer, _hash, remark = re.sub(r"\\#", "\0", piece).partition("#")
    return _text(answer), percent, _text(remark)


def _text(said: str) -> str:
    return from_either(_ESCAPED.sub(r"\1", said.replace("\0", "#")).strip())[0]


def _value(text: str) -> tuple[str, str]:
    value, _colon, tolerance = text.partition(":")
    return value, tolerance
