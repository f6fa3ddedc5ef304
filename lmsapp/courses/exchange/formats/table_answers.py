"""The cells of one row -> what is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from lmsapp.courses.exchange.formats import answers
from lmsapp.courses.exchange.formats.draft import (
    ALL,
    EACH,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    OPEN,
    ORDERING,
    SHORT,
    SINGLE,
    TRUE_FALSE,
    Shape,
)
from lmsapp.courses.exchange.formats.rubrics import rubric_of
from lmsapp.courses.exchange.formats.table_words import CHOICE, KINDS, NO, OPTION, YES, bare
from lmsapp.infra.words import N_, RuleBroken

_PART = re.compile(r"\s*%(\d{1,3}(?:[.,]\d+)?)%\s*")
_TOLERANCE = re.compile(r"\s*(?:±|\+-|\+/-|:)\s*")
_ARROW = re.compile(r"(?<!\\)->")
_RANGE = re.compile(r"([-+]?[\d.,]*\d)\s*\.\.\s*([-+]?[\d.,]*\d)")
_LETTERS = re.compile(r"[A-Za-z]{1,10}")

NO_KIND = N_("The type “%(kind)s” is not known.")
NO_OPTION = N_("The right answer “%(text)s” is none of the options.")
UNSURE = N_("“%(text)s” may mean the option in that place or the one that says so. Write #1, #2 … for the place.")
NO_TRUTH = N_("A true/false question needs true or false as the right answer.")
NO_ARROW = N_("“%(text)s” has no “->” between what belongs together.")


class Row:
    """The cells of one question by column."""

    def __init__(self, values: Mapping[str, str]):
        self.values = values
        numbered = sorted((int(name.split()[1]), text) for name, text in values.items() if name.startswith("option "))
        self.options = [text for _at, text in numbered]
        while self.options and not self.options[-1]:
            self.options.pop()
        if not self.options and values.get(OPTION):
            self.options = _several(values[OPTION])
        self.wrong = [text for name, text in sorted(values.items()) if name.startswith("wrong ") and text]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def scoring(self, usual: str) -> str:
        """'all' or 'each', else as usual."""
        word = bare(self["scoring"])
        return (
            ALL if word in {"all", "allornothing", "todo"} else EACH if word in {"each", "part", "partial"} else usual
        )


def shape_of(row: Row) -> Shape:
    """Raises RuleBroken for what is no question."""
    said = bare(row["type"])
    kind = KINDS.get(said) or (_guessed(row) if not said else None)
    if kind is None:
        raise RuleBroken(NO_KIND, kind=row["type"][:40])
    return _MAKE[kind](row)


def _guessed(row: Row) -> str:
    """Without a type: by what is filled in."""
    if row.options or row.wrong:
        return CHOICE
    if not row["correct"]:
        return OPEN
    return TRUE_FALSE if bare(row["correct"]) in {"true", "false"} else SHORT


def _several(cell: str) -> list[str]:
    """All options in one cell: by lines, else bars, else semicolons."""
    sign = next((sign for sign in ("\n", "|", ";") if sign in cell), "\n")
    return [part.strip() for part in cell.split(sign) if part.strip()]


def _chosen(row: Row, kind: str) -> Shape:
    texts = list(row.options)
    if row.wrong and row["correct"]:
        texts = [row["correct"], *row.wrong]
        rights = {0}
    else:
        rights = _rights(row["correct"], texts)
    single = kind == SINGLE or (kind == CHOICE and len(rights) == 1)
    share = answers.FULL if single else answers.FULL / (len(rights) or 1)
    weighted = [(text, share if at in rights else Decimal(0) if single else -share) for at, text in enumerate(texts)]
    return answers.choice(weighted, single=single, all_or_nothing=not single and row.scoring(ALL) == ALL)


def _rights(cell: str, texts: list[str]) -> set[int]:
    """Places of the right options: 'B', 'A; C', 'ac', '2', '#2', or what an option says."""
    same = [at for at, text in enumerate(texts) if text and text.casefold() == cell.strip().casefold()]
    if same and len(cell.strip()) > 2:
        return {same[0]}
    words = [word.strip() for word in re.split(r"[;,\n|]| and | y ", cell) if word.strip()]
    if len(words) == 1 and _LETTERS.fullmatch(words[0]) and len(words[0]) > 1 and not same:
        spelt = {ord(letter) - ord("A") for letter in words[0].upper()}
        if len(spelt) == len(words[0]) and max(spelt) < len(texts):
            return spelt
    return {_right(word, texts) for word in words}


def _right(word: str, texts: list[str]) -> int:
    says = next((at for at, text in enumerate(texts) if text and text.casefold() == word.casefold()), None)
    exact = word.removeprefix("#")
    place = _place(exact)
    stands = place is not None and place < len(texts) and bool(texts[place])
    if place is not None and stands and (word.startswith("#") or says is None or says == place):
        return place
    if says is not None and stands:
        raise RuleBroken(UNSURE, text=word[:60])
    if says is None:
        raise RuleBroken(NO_OPTION, text=word[:60])
    return says


def _place(word: str) -> int | None:
    if len(word) == 1 and word.isascii() and word.isalpha():
        return ord(word.upper()) - ord("A")
    digits = word.lower().removeprefix("option").removeprefix("answer").strip()
    return int(digits) - 1 if digits.isdecimal() and len(digits) < 3 and int(digits) > 0 else None


def _truth(row: Row) -> Shape:
    said = bare(row["correct"])
    two = [text for text in row.options if text]
    words = (two[0], two[1]) if len(two) == 2 else ("True", "False")
    if len(two) == 2 and said in {"a", "b"}:
        said = "true" if said == "a" else "false"
    for at, word in enumerate(words):
        if row["correct"].strip().casefold() == word.casefold():
            return answers.true_false(at == 0, words)
    if said not in YES | NO:
        raise RuleBroken(NO_TRUTH)
    return answers.true_false(said in YES, words)


def _accepted(row: Row) -> list[tuple[str, Decimal]]:
    """Texts with their percent: '%50%nearly right'."""
    cells = row.options or _several(row["correct"])
    found = []
    for cell in filter(None, cells):
        part = _PART.match(cell)
        found.append((cell[part.end() :], answers.percent_of(part[1])) if part else (cell, answers.FULL))
    return found


def _short(row: Row) -> Shape:
    return answers.short(_accepted(row), case=bare(row["case"]) in YES)


def _numeric(row: Row) -> Shape:
    return answers.numeric(((*_value(text), percent) for text, percent in _accepted(row)), row["unit"])


def _value(text: str) -> tuple[str, str]:
    if found := _RANGE.fullmatch(text.strip()):
        return answers.between(found[1], found[2])
    value, *tolerance = _TOLERANCE.split(text, maxsplit=1)
    return value, tolerance[0] if tolerance else ""


def _match(row: Row) -> Shape:
    pairs = []
    for cell in filter(None, row.options):
        parts = _ARROW.split(cell, maxsplit=1)
        if len(parts) < 2:
            raise RuleBroken(NO_ARROW, text=cell[:60])
        pairs.append((parts[0].replace("\\->", "->"), parts[1].replace("\\->", "->")))
    return answers.matching(pairs, row.scoring(EACH))


def _order(row: Row) -> Shape:
    return answers.ordering(row.options, row.scoring(ALL))


def _open(row: Row) -> Shape:
    return answers.open_answer(
        row["sample"], _words(row["min words"]), _words(row["max words"]), rubric_of(row["rubric"])
    )


def _words(cell: str) -> int | None:
    return int(cell) if cell.isdecimal() and 0 < len(cell) < 6 else None


_MAKE = {
    SINGLE: lambda row: _chosen(row, SINGLE),
    MULTIPLE: lambda row: _chosen(row, MULTIPLE),
    CHOICE: lambda row: _chosen(row, CHOICE),
    TRUE_FALSE: _truth,
    SHORT: _short,
    NUMERIC: _numeric,
    MATCHING: _match,
    ORDERING: _order,
    OPEN: _open,
}
