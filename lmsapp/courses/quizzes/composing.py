"""From rows as an author types them to the options and the detail of a question, and back (QIZ-1). Pure.

Keys stay with what they name, so that a pair or an item can be renamed and moved; what is new takes the next free key.
Numbers come as people write them, with comma or point, and leave as decimal strings.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lmsapp.courses.quizzes.checking import decimal_text
from lmsapp.courses.tasks.rules import RubricRow, written_rubric
from lmsapp.infra.words import N_, RuleBroken

Row = Mapping[str, Any]
Content = tuple[list[dict[str, Any]], dict[str, Any]]
"""(options, detail) of a question."""
NO_NUMBER = N_("“%(typed)s” is not a number. Write it like 9.81 or 9,81.")
NO_PERCENT = N_("“%(typed)s” is no percentage. Write a whole number from 1 to 100.")
HALF_PAIR = N_("Write both sides of each pair; “%(text)s” stands alone.")


def choice(rows: Iterable[Row], scoring: str | None = None) -> Content:
    """Answers to choose from: rows of key, text, correct. `scoring` where several may be right."""
    written = list(rows)
    keys = _keyed([str(row.get("key") or "") for row in written], _letters())
    options = [
        {"key": key, "text": str(row["text"]).strip(), "correct": bool(row["correct"])}
        for key, row in zip(keys, written, strict=True)
    ]
    return options, ({"scoring": scoring} if scoring else {})


def short(rows: Iterable[Row], *, case: bool) -> Content:
    """Accepted texts: rows of text and percent ('' is 100)."""
    accepted = [{"text": str(row["text"]).strip(), "percent": percent(str(row["percent"]))} for row in rows]
    return [], {"accepted": accepted, "case": case}


def numeric(rows: Iterable[Row], unit: str) -> Content:
    """Accepted values: rows of value, tolerance ('' is 0) and percent ('' is 100)."""
    accepted = [
        {
            "value": number(str(row["value"])),
            "tolerance": number(str(row["tolerance"]) or "0"),
            "percent": percent(str(row["percent"])),
        }
        for row in rows
    ]
    return [], {"accepted": accepted, "unit": unit.strip()}


def matching(pairs: Iterable[Row], extras: Iterable[Row], scoring: str) -> Content:
    """Pairs: rows of key, text, match_key, match; what matches nothing: rows of key and text.

    Two pairs may share a match: said in the same words, it is one. Raises RuleBroken for half a pair.
    """
    rows, more = [dict(row) for row in pairs], [dict(row) for row in extras]
    for row in rows:
        if not str(row["text"]).strip() or not str(row["match"]).strip():
            raise RuleBroken(HALF_PAIR, field="options", text=str(row["text"] or row["match"]).strip())
    keys = _keyed([str(row.get("key") or "") for row in rows], _letters())
    held = [str(row.get("match_key") or "") for row in rows] + [str(row.get("key") or "") for row in more]
    texts = [str(row["match"]).strip() for row in rows] + [str(row["text"]).strip() for row in more]
    found: dict[str, str] = {}  # match text -> key
    matches: list[dict[str, Any]] = []
    for key, words in zip(_keyed(held, _numbers("m")), texts, strict=True):
        if words not in found:
            found[words] = key
            matches.append({"key": key, "text": words})
    options = [
        {"key": key, "text": str(row["text"]).strip(), "match": found[str(row["match"]).strip()]}
        for key, row in zip(keys, rows, strict=True)
    ]
    return options, {"matches": matches, "scoring": scoring}


def ordering(rows: Iterable[Row], scoring: str) -> Content:
    """Items in the right order: rows of key and text."""
    items = list(rows)
    keys = _keyed([str(row.get("key") or "") for row in items], _letters())
    options = [{"key": key, "text": str(row["text"]).strip()} for key, row in zip(keys, items, strict=True)]
    return options, {"scoring": scoring}


def written_open(
    rows: Iterable[Mapping[str, str]],
    sample: str,
    least: int | None,
    most: int | None,
    known: Iterable[str] = (),
) -> Content:
    """A rubric as assignment lessons have it, a model answer, and how many words are asked for."""
    rubric = [row.as_json() for row in written_rubric(rows, known)]
    return [], {"rubric": rubric, "sample": sample.strip(), "min_words": least, "max_words": most}


def pair_rows(options: Sequence[Row], detail: Row) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(pairs, extras) as they are typed."""
    texts = {one["key"]: one["text"] for one in detail.get("matches", ())}
    pairs = [
        {"key": one["key"], "text": one["text"], "match_key": one["match"], "match": texts.get(one["match"], "")}
        for one in options
    ]
    used = {one["match"] for one in options}
    return pairs, [dict(one) for one in detail.get("matches", ()) if one["key"] not in used]


def rubric_of(detail: Row) -> tuple[RubricRow, ...]:
    """The rubric of an open question."""
    return tuple(RubricRow.from_json(one) for one in detail.get("rubric", ()))


def number(typed: str) -> str:
    """'9,81' -> '9.81', read as an answer is read. Raises RuleBroken for what is no number."""
    found = decimal_text(typed)
    if not found:
        raise RuleBroken(NO_NUMBER, field="accepted", typed=typed.strip()[:40])
    return found


def percent(typed: str) -> int:
    """'50', '50 %' -> 50; nothing is 100. Raises RuleBroken."""
    bare = re.sub(r"[\s%\u202f\u00a0]", "", typed)
    if not bare:
        return 100
    if not re.fullmatch(r"[0-9]{1,3}", bare) or not 1 <= int(bare) <= 100:
        raise RuleBroken(NO_PERCENT, field="accepted", typed=typed.strip()[:40])
    return int(bare)


def _keyed(held: Sequence[str], free: Iterator[str]) -> list[str]:
    """Keys that are there stay, once each; the rest take the next free one."""
    taken = {key for key in held if key}
    seen: set[str] = set()
    found = []
    for key in held:
        kept = key if key and key not in seen else next(one for one in free if one not in taken)
        taken.add(kept)
        seen.add(kept)
        found.append(kept)
    return found


def _letters() -> Iterator[str]:
    yield from string.ascii_lowercase
    yield from _numbers("o")


def _numbers(letter: str) -> Iterator[str]:
    return (f"{letter}{n}" for n in range(1, 1000))
