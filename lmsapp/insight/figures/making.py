"""Whose figures are made, at which moment, and the spans of time they are counted by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, any_, cast, literal

from lmsapp.insight.figures.cells import WEEKS
from lmsapp.insight.statistics.rules import Span, months_ahead, months_back, weeks_back

NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)  # until when figures hold that time alone does not end


@dataclass(frozen=True)
class Making:
    """Of whom, at which moment; `today`: the day where the organisation is."""

    ids: Sequence[int]
    now: dt.datetime
    today: dt.date

    @cached_property
    def back(self) -> tuple[Span, ...]:
        """Twelve months, the present one to its end: whoever looks later in it sees what came meanwhile."""
        spans = months_back(self.today)
        return (*spans[:-1], Span(spans[-1].first, self.ahead[0].last))

    @cached_property
    def ahead(self) -> tuple[Span, ...]:
        """The rest of this month, and twelve more."""
        return months_ahead(self.today)

    @cached_property
    def weeks(self) -> tuple[Span, ...]:
        """Twelve weeks, this one included."""
        return weeks_back(self.today, WEEKS)

    def theirs(self, column: Any) -> ColumnElement[bool]:
        """Of these people."""
        return column == any_(cast(literal(list(self.ids), ARRAY(Integer)), ARRAY(Integer)))
