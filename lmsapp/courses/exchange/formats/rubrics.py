"""A rubric as lines of text: 'Criterion > 3 > what earns three points'. One line a level, or one for the criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from lmsapp.courses.exchange.formats.answers import number
from lmsapp.infra.words import N_, RuleBroken

PARTED = " > "
NO_LINE = N_("“%(text)s” is no line of a rubric. Write: criterion > points > what earns them.")


def rubric_of(cell: str) -> list[dict[str, Any]]:
    """Criteria in the order of the lines. Raises RuleBroken."""
    rows: dict[str, dict[str, Any]] = {}
    for line in filter(None, (line.strip() for line in cell.split("\n"))):
        title, points, words = _line(line)
        row = rows.setdefault(title, {"key": f"r{len(rows) + 1}", "title": title, "points": points, "levels": []})
        row["points"] = max(row["points"], points, key=Decimal)
        if words:
            row["levels"].append({"points": points, "words": words})
    return list(rows.values())


def _line(line: str) -> tuple[str, str, str]:
    title, mark, rest = line.partition(PARTED)
    points, _mark, words = rest.partition(PARTED)
    if not mark or not title.strip():
        raise RuleBroken(NO_LINE, text=line[:60])
    return title.strip(), number(points), words.strip()


def lines_of(rubric: Iterable[Mapping[str, Any]]) -> str:
    """The cell for `rubric_of`."""
    lines = []
    for row in rubric:
        levels = row.get("levels") or ()
        top = any(Decimal(str(level["points"])) == Decimal(str(row["points"])) for level in levels)
        if not top:
            lines.append(f"{row['title']}{PARTED}{row['points']}")
        lines += [f"{row['title']}{PARTED}{level['points']}{PARTED}{level['words']}" for level in levels]
    return "\n".join(lines)
