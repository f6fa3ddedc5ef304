"""What a block of the statistics page is made of: pictures with their tables, and links to the rows of each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.insight.statistics.asking import Asking
from lmsapp.web import dates
from lmsapp.web.statistics_asked import pairs, row_pairs

CHOICES = ("per", "figure", "by", "curve")
TITLES: dict[str, Any] = {
    "compliance": __("Mandatory training compliance"),
    "segments": __("Where the gaps are"),
    "completions": __("Completions over time"),
    "dropoff": __("Enrollment and drop-off"),
    "times": __("Time to complete"),
    "scores": __("Average assessment score"),
    "certificates": __("Certificates"),
    "reminders": __("Reminders, and what followed"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table; `href` opens its rows."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What a picture shows, as figures; the first cell of a row is its name."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def plain(self) -> list[list[str]]:
        """Without links, for a sheet."""
        return [[cell.text for cell in row] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Picture:
    """`kind`: 'bars', 'lines', 'levels' or 'ranges', with what that macro draws as `data`. `finding`: the
    sentence to leave with; `said`: the same for who cannot see the picture. `place`: of its table in the block."""

    key: str
    title: str
    finding: str
    kind: str
    data: Mapping[str, Any]
    table: Table
    said: str = ""
    note: str = ""
    place: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice inside a block. `items`: (label, page, part, current)."""

    label: str
    items: Sequence[tuple[str, str, str, bool]]


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the page, fetched by itself. `tiles`: (label, value, note, href, tone). `empty`: (title, text)
    instead of everything where there is nothing to count. `select`: (value, label, chosen) of a list to choose from."""

    key: str
    title: str
    pictures: Sequence[Picture] = ()
    tiles: Sequence[tuple[str, str, str, str, str]] = ()
    note: str = ""
    choices: Sequence[Choice] = ()
    select: Sequence[tuple[Any, str, bool]] = ()
    empty: tuple[str, str] | None = None


@dataclass(frozen=True)
class Place:
    """Where the page stands: a wing, and in the studio a course. Makes every address of it."""

    wing: str
    asking: Asking
    as_of: str = ""
    course_id: int | None = None

    def page(self, anchor: str = "", **changes: Any) -> str:
        """The whole page, after `changes` of its filters."""
        return self._to("", self._words(**changes)) + (f"#{anchor}" if anchor else "")

    def part(self, block: str, **changes: Any) -> str:
        """One block of it."""
        return self._to("_part", self._words(**changes), block=block)

    def sheet(self, block: str, table: int) -> str:
        """A table of a block as CSV."""
        return self._to("_csv", [*self._words(), *([("table", str(table))] if table else [])], block=block)

    def rows(self, what: str, **asked: Any) -> str:
        """The rows behind a number."""
        return self._to("_rows", [*self._filters(), *row_pairs(what, **asked)])

    def rows_sheet(self, query: str) -> str:
        """The list that `query` asks for, as CSV."""
        return self._to("_rows_csv", []) + (f"?{query}" if query else "")

    def cell(self, n: int, what: str, **asked: Any) -> Cell:
        """A count; of nothing there are no rows to open."""
        return Cell(dates.counted(n), self.rows(what, **asked) if n else "")

    def part_base(self, block: str) -> str:
        """A block without filters, for a form that holds them."""
        return self._to("_part", [], block=block)

    def kept(self, *, choices_only: bool = False) -> list[tuple[str, str]]:
        """What a form has to keep: with `choices_only` what blocks show, else all but the course of the curve."""
        words = self._words(curve=None) if not choices_only else self._words()
        return [(name, value) for name, value in words if not choices_only or name in (*CHOICES, "as_of")]

    def word(self, block: str) -> str:
        """The title of a block."""
        return str(TITLES[block])

    def base(self) -> str:
        """The page without filters."""
        return self._to("", [("as_of", self.as_of)] if self.as_of else [])

    def _filters(self) -> list[tuple[str, str]]:
        """Without what single blocks show."""
        return [(name, value) for name, value in self._words() if name not in CHOICES]

    def _words(self, **changes: Any) -> list[tuple[str, str]]:
        return pairs(self.asking.filters, **changes) + ([("as_of", self.as_of)] if self.as_of else [])

    def _to(self, which: str, words: Sequence[tuple[str, str]], **args: Any) -> str:
        if self.course_id:
            args["course_id"] = self.course_id
        base = "course_statistics" if self.wing == "studio" else "statistics"
        address = url_for(f"{self.wing}.{base}{which}", **args)
        return address + ("?" + urlencode(words) if words else "")


def of_people(n: int) -> str:
    """'12 people'."""
    return ngettext("%(num)s person", "%(num)s people", n)


def in_days(n: int) -> str:
    """'12 days'."""
    return ngettext("%(num)s day", "%(num)s days", n)


def points(difference: float) -> str:
    """A difference of two shares, in words."""
    n = round(abs(difference))
    if not n:
        return _("about the same")
    if difference > 0:
        return ngettext("%(num)s point more", "%(num)s points more", n)
    return ngettext("%(num)s point less", "%(num)s points less", n)
