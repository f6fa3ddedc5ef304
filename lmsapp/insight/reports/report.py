"""What a report is, whichever it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
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
    nobody words statuses, they stay as they are kept. `heads`: the departments it is of, see `reach.SeenAs`. `ids`:
    only these rows are wanted, see `Report.ids`."""

    viewer: Viewer
    terms: Terms
    now: dt.datetime
    line_only: bool = False
    labels: Labels = ({}, {})
    heads: tuple[int, ...] = ()
    ids: Sequence[int] | None = None


class Rows(Protocol):
    """The one statement of all rows, ordered, its columns those of `Report.columns`; of `Asking.ids` where some are
    given."""

    def __call__(self, asking: Asking, /) -> Select[*tuple[Any, ...]]: ...


class Ids(Protocol):
    """What tells one row from another, for every row and in their order: no column beside it."""

    def __call__(self, asking: Asking, /) -> Select[int]: ...


class First(Protocol):
    """The ids among which the first so many rows are."""

    def __call__(self, asking: Asking, most: int, /) -> Sequence[int]: ...


# Words (N_) and the values they are filled with.
Said = tuple[str, Mapping[str, object]]


class Kind(StrEnum):
    """What a parameter is, so that one page can draw the form of every report."""

    MONTH = "month"  # 2026-10
    DAY = "day"  # 2026-10-31
    DAYS = "days"  # a number of days
    COURSES = "courses"  # ids, several
    DEPARTMENTS = "departments"  # ids, several; those below are meant too
    LOCATIONS = "locations"  # as they are written, several
    REGIONS = "regions"  # the same
    COHORTS = "cohorts"  # the same
    ROLES = "roles"  # job roles as they are written, several
    PERSON = "person"  # the id of one employee
    CHOICE = "choice"  # one of `Field.choices`
    CHOICES = "choices"  # several of `Field.choices`
    FLAG = "flag"  # '1' or nothing


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of a report. `name` is that of the address; `label`, `help` are words (N_).

    `choices`: value and word, where the report knows them; the first is meant where nothing was chosen. `standard`:
    what is meant where nothing was typed. `needed`: without it the report has no rows.
    """

    name: str
    kind: Kind
    label: str
    help: str = ""
    choices: Callable[[Asking], Sequence[tuple[str, str]]] | None = None
    standard: Callable[[Asking], str] | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """`word` is English, translated where it is shown; `share` its part of a printed line; `right` for figures.

    For the totals above the rows: `counted` names how many different values there are ('people'), `split` asks how many
    rows there are of each value. `optional` columns stay out of a print when no row has anything in them.
    """

    word: str
    share: int = 10
    right: bool = False
    counted: str = ""
    split: bool = False
    optional: bool = False


def _nothing_said(_asking: Asking) -> Sequence[Said]:
    return ()


@dataclass(frozen=True, slots=True)
class Report:
    """`key` is part of addresses and files; `title`, `about` are words (N_). `fields` are the parameters it reads.

    `may`: whether the viewer may ask today, for the whole or for the own line. `why_empty`: in words (N_) with what
    to do next, asked only when there is no row. `statuses`: names the words the organisation has for its statuses,
    '' without. `rule`: the rule it answers, as it is cited ('29 CFR 1910.1030(h)(2)'). `notes`: what that rule asks
    for, what is counted and what is not, beside the rows. `help_page`: the slug of its help. `past`: it can be asked
    as of a past day.

    `ids`: which rows there are, found without what stands beside them. A page asks that first and for the rest of a
    hundred only, and counting needs nothing else; without it both work out every row. `first`: where the first rows are
    found in another way than in the order of the ids.
    """

    key: str
    title: str
    about: str
    columns: Sequence[Column]
    rows: Rows
    fields: Sequence[Field]
    may: Callable[[Viewer, bool], bool]
    why_empty: Callable[[Asking], str]
    statuses: str = ""
    rule: str = ""
    notes: Callable[[Asking], Sequence[Said]] = _nothing_said
    help_page: str = ""
    past: bool = True
    ids: Ids | None = None
    first: First | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the parameters it reads, the past day too."""
        return (*(field.name for field in self.fields), *(("as_of",) if self.past else ()))
