"""What a report is, whichever it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Select

from lmsapp.people.viewer import Viewer

# The parameters of its address: name -> values. What is unknown, empty or makes no sense filters nothing.
Terms = Mapping[str, Sequence[str]]
# A status of a family ("completion", "assignments", ...) in a course, as the reader's organisation says it.
Labels = tuple[Mapping[str, str], Mapping[int, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what, at which moment. `line_only`: of the viewer's own line. `labels`: see `sheets.in_words`; where
    nobody words statuses, they stay as they are kept."""

    viewer: Viewer
    terms: Terms
    now: dt.datetime
    line_only: bool = False
    labels: Labels = ({}, {})


class Rows(Protocol):
    """The one statement of all rows, ordered, its columns those of `Report.head`."""

    def __call__(self, asking: Asking, /) -> Select[*tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Column:
    """`word` is English, translated where it is shown; `share` its part of a printed line; `right` for figures."""

    word: str
    share: int = 10
    right: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """`key` is part of addresses and files; `title`, `about` are words (N_). `terms` are the parameters it reads.

    `may`: whether the viewer may ask today, for the whole or for the own line. `why_empty`: in words (N_), asked only
    when there is no row. `statuses`: names the words the organisation has for its statuses, '' without.
    """

    key: str
    title: str
    about: str
    columns: Sequence[Column]
    rows: Rows
    terms: Sequence[str]
    may: Callable[[Viewer, bool], bool]
    why_empty: Callable[[Asking], str]
    statuses: str = ""
