"""What was asked to see of the matrix (HRD-7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lmsapp.compliance.ledger.expressions import LETTERS

SORTS = ("name", "department", "worst", "next")
STATUSES = tuple(LETTERS)


@dataclass(frozen=True, slots=True)
class MatrixFilters:
    """Empty filters nothing. `departments` with those below; `statuses`: letters, of which a person has at least one
    among the types shown; `types` and `regulators` choose the columns, and who has something in them.

    `page` from 1. `sort` is one of SORTS. `as_of`: at the end of that day, None: now.
    """

    search: str = ""
    departments: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    types: tuple[int, ...] = ()
    regulators: tuple[str, ...] = ()
    sort: str = "name"
    desc: bool = False
    page: int = 1
    as_of: dt.date | None = None

    @property
    def active(self) -> int:
        """How many filters are set."""
        lists = (self.departments, self.roles, self.locations, self.regions, self.cohorts, self.statuses)
        return sum(map(bool, (*lists, self.types, self.regulators)))
