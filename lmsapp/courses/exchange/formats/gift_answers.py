"""What stands between the braces of GIFT."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from lmsapp.courses.exchange.formats import answers
from lmsapp.courses.exchange.formats.draft import ALL, EACH, Note, Shape
from lmsapp.courses.exchange.formats.gift_text import shown, written
from lmsapp.infra.words import N_, RuleBroken

_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:[.,]\d*)?)%")
_TRUTH = re.compile(r"\s*(TRUE|FALSE|T|F)\s*(?:#(.*))?", re.DOTALL)
_ORDER = re.compile(
    r">\s*(?:\d+\s+)?(?:(?:ALL|EXACT|RANDOM|REL|CONTIGUOUS|CONTIG)\s+)?"
    r"(?:(?:HORIZONTAL|HORI|H|1|VERTICAL|VERT|V|0)\s+)?(?:(ALL_OR_NOTHING|ABSOLUTE_POSITION|ABSOLUTE|ABS|RELATIVE[A-Z_]*|"
    r"LONGEST[A-Z_]*)\s+)?(?:(?:SHOW|HIDE|TRUE|FALSE|YES|NO)\s+)?(?:(?:none|abc|ABCD|123|iii|IIII?)\s+)?(.*)",
    re.DOTALL,
)
PLACE = Note(N_("In the file items next to each other gave points. Here each item in its right place does."))
NO_PAIR = N_("“%(text)s” has no “->” between what belongs together.")
PIECE = Note(N_("The pictures or formats of an answer were left out."))

Remarks = tuple[tuple[str, str], ...]
Piece = tuple[str, Decimal | None, str]
"""An answer, its percent where one is written, and the remark on it."""


def shape_of(body: str, default: str) -> Shape:
    """By what it begins with and holds, as Moodle decides it. `default`: text format of the question."""
    if truth := _TRUTH.fullmatch(body):
        return _truth(truth[1] in {"T", "TRUE"}, truth[2] or "", default)
    kinds: tuple[tuple[bool, Callable[[str, str], Shape]], ...] = (
        (not body, _open),
        (body.startswith(">"), _order),
        (body.startswith("#"), _numeric),
        ("~" in body, _choice),
        ("=" in body and "->" in body, _match),
    )
    return next((make for holds, make in kinds if holds), _short)(body, default)


def _open(_body: str, _default: str) -> Shape:
    return answers.open_answer()


def _truth(right: bool, remarks: str, default: str) -> Shape:
    said = [written(part, default)[0] for part in remarks.split("#", 1)]
    return replace(answers.true_false(right), remarks=tuple(("", part) for part in said if part))


def _choice(body: str, default: str) -> Shape:
    pieces = [(piece.lstrip()[:1] == "=", piece) for piece in _split(body.replace("=", "~="), "~")]
    read = [(right, _piece(piece.strip().removeprefix("=") if right else piece, default)) for right, piece in pieces]
    weighted = [
        (text, percent if percent is not None else Decimal(100 if right else 0))
        for right, (text, percent, _remark) in read
    ]
    shape = answers.choice(weighted, single="=" in body)
    return replace(shape, remarks=_remarks([piece for _right, piece in read]))


def _short(body: str, default: str) -> Shape:
    pieces = [_piece(piece, default) for piece in _split(body, "=")]
    shape = answers.short([(text, answers.FULL if percent is None else percent) for text, percent, _said in pieces])
    return replace(shape, remarks=_remarks(pieces))


def _numeric(body: str, default: str) -> Shape:
    right, _mark, wrong = body[1:].partition("~")
    pieces = [_piece(piece, default) for piece in _split(right, "=")]
    shape = answers.numeric(
        (*_value(text), answers.FULL if percent is None else percent) for text, percent, _said in pieces
    )
    otherwise = written(wrong.partition("#")[2], default)[0]
    return replace(shape, remarks=(*_remarks(pieces), *([("", otherwise)] if otherwise else [])))


def _value(text: str) -> tuple[str, str]:
    """'3.14:0.01', '3..4', '3'."""
    if ".." in text:
        low, _dots, high = text.partition("..")
        return answers.between(low, high)
    value, _colon, tolerance = text.partition(":")
    return value, tolerance


def _match(body: str, default: str) -> Shape:
    pairs = []
    for piece in _split(body, "="):
        item, arrow, match = piece.partition("->")
        if not arrow:
            raise RuleBroken(NO_PAIR, text=shown(piece).strip()[:60])
        pairs.append((written(item, default)[0], written(match.partition("#")[0], default)[0]))
    return answers.matching(pairs)


def _order(body: str, default: str) -> Shape:
    found = _ORDER.fullmatch(body + "\n")
    grading, items = (found[1] or "", found[2]) if found else ("", body[1:])
    lines = [written(line, default)[0] for line in re.split(r"\n|=(?=\s)", items)]
    scoring = ALL if grading in {"", "ALL_OR_NOTHING"} else EACH
    shape = answers.ordering(lines, scoring)
    return replace(shape, notes=(PLACE,)) if grading.startswith(("RELATIVE", "LONGEST")) else shape


def _piece(piece: str, default: str) -> Piece:
    weight = _WEIGHT.match(piece)
    answer, _hash, remark = (piece[weight.end() :] if weight else piece).partition("#")
    percent = answers.percent_of(weight[1]) if weight else None
    return written(answer, default)[0], percent, written(remark, default)[0]


def _split(body: str, sign: str) -> list[str]:
    """The pieces that `sign` begins; before the first there is usually nothing."""
    return [piece for piece in body.split(sign) if piece.strip()]


def _remarks(pieces: list[Piece]) -> Remarks:
    return tuple((text, said) for text, _percent, said in pieces if said)
