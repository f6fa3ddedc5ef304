"""A field of repeated rows: what a question accepts, its pairs, its items. Rows come and go without losing a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import Field

Row = dict[str, Any]
KEYS = ("key", "match_key")  # parts nobody types
LONGEST = 4000


class RowsField(Field):
    """Rows from repeated inputs `<name>-<part>`, each {part: as typed}.

    `begin`: how many empty rows a new question shows; `most`: how many there may be. KEYS travel along unseen.
    """

    def __init__(
        self, label: Any, parts: Sequence[str], *, begin: int = 3, most: int = 20, fixed: bool = False, **more: Any
    ):
        super().__init__(label, **more)
        self.parts, self.begin, self.most, self.fixed = tuple(parts), begin, most, fixed

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """What was sent, else what is stored."""
        del extra_filters
        self.process_errors = []
        self.data = [dict(row) for row in data] if isinstance(data, list) else []
        shown = next(part for part in self.parts if part not in KEYS)
        if formdata and formdata.getlist(f"{self.name}-{shown}"):
            self.data = self._sent(formdata, len(formdata.getlist(f"{self.name}-{shown}")))

    def _sent(self, formdata: Any, count: int) -> list[Row]:
        columns = {part: formdata.getlist(f"{self.name}-{part}") for part in self.parts}
        return [
            {part: (columns[part][n] if n < len(columns[part]) else "")[:LONGEST] for part in self.parts}
            for n in range(min(count, self.most + 1))
        ]

    def rows(self) -> list[Row]:
        """What to show: what there is, and room to begin with."""
        return self.data + [self.empty() for _n in range(self.begin - len(self.data))]

    def empty(self) -> Row:
        """A row nothing is written in."""
        return dict.fromkeys(self.parts, "")

    def written(self) -> list[Row]:
        """The rows in which something is written, without the blanks around it."""
        rows = [{part: str(value).strip() for part, value in row.items()} for row in self.data]
        return [row for row in rows if any(row[part] for part in self.parts if part not in KEYS)]

    def change(self, step: str, place: int) -> str:
        """Add, drop, move up or down a row; the id of what is to have the focus next, '' where nothing was done."""
        self.data = self.rows()
        steps: dict[str, Callable[[int], str]] = {
            "add": self._add,
            "drop": self._drop,
            "up": lambda n: self._move(n, n - 1, "up"),
            "down": lambda n: self._move(n, n + 1, "down"),
        }
        known = step in steps and not self.fixed and (step == "add" or 0 <= place < len(self.data))
        return steps[step](place) if known else ""

    def _add(self, _place: int) -> str:
        if len(self.data) < self.most:
            self.data.append(self.empty())
        return self.id_of(len(self.data) - 1)

    def _drop(self, place: int) -> str:
        del self.data[place]
        return self.id_of(min(place, len(self.rows()) - 1))

    def _move(self, place: int, there: int, step: str) -> str:
        if not 0 <= there < len(self.data):
            return ""
        self.data.insert(there, self.data.pop(place))
        end = there in (0, len(self.data) - 1)
        return self.id_of(there) if end else f"{self.name}-{step}-{there}"

    def id_of(self, place: int) -> str:
        """The id of a row's first input."""
        return f"{self.name}-{place}"


class ChoicesField(RowsField):
    """Answers to choose from, with which of them are right: <name>-right carries the numbers of their rows."""

    def __init__(self, label: Any, **more: Any):
        super().__init__(label, ("key", "text"), **more)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """As every row, and whether it is right."""
        super().process(formdata, data, extra_filters)
        if formdata and formdata.getlist(f"{self.name}-text"):
            right = set(formdata.getlist(f"{self.name}-right"))
            for place, row in enumerate(self.data):
                row["correct"] = str(place) in right

    def empty(self) -> Row:
        """A wrong answer nobody has written yet."""
        return {"key": "", "text": "", "correct": False}

    def written(self) -> list[Row]:
        """Those with words."""
        rows = [{**row, "text": str(row["text"]).strip()} for row in self.data]
        return [row for row in rows if row["text"]]
