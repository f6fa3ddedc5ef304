"""What was completed week by week or month by month, on time and late; certificates issued and ending (DSH-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import Statement, assignments, between, certificates, in_time, late, periods
from lmsapp.insight.statistics.rules import MONTHS, Span, by_span, months_ahead, months_back, weeks_back
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.validity.models import CertificationPeriod

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Completed:
    """Of one week or month."""

    span: Span
    on_time: int
    late: int


@dataclass(frozen=True, slots=True)
class Certified:
    """`issued`: month and how many, the last twelve; `ending`: the rest of this month and twelve more. `lapsed` ended
    before today and were not renewed."""

    issued: Sequence[tuple[Span, int]]
    ending: Sequence[tuple[Span, int]]
    lapsed: int


def completions(asking: Asking) -> list[Completed]:
    """Twelve weeks or twelve months, this one included. One statement."""
    weekly = asking.filters.per == "week"
    spans = weeks_back(asking.today, WEEKS) if weekly else months_back(asking.today, MONTHS)
    day = TrainingAssignment.completed_on
    statement = assignments(asking, day, func.count().filter(in_time()), func.count().filter(late())).where(
        *between(day, spans[0].first, spans[-1].last)
    )
    found = [(row[0], tuple(row[1:])) for row in db.session.execute(statement.group_by(day))]
    return [Completed(span, *counts) for span, counts in zip(spans, by_span(found, spans, 2), strict=True)]


def certified(asking: Asking) -> Certified:
    """Three statements."""
    back, ahead = months_back(asking.today), months_ahead(asking.today)
    on, until = Certificate.issued_on, CertificationPeriod.valid_until
    issued = certificates(asking, on, func.count()).where(*between(on, back[0].first, back[-1].last)).group_by(on)
    ending = periods(asking, until, func.count()).where(*between(until, asking.today, ahead[-1].last)).group_by(until)
    lapsed = periods(asking, func.count()).where(until < asking.today)
    return Certified(_monthly(issued, back), _monthly(ending, ahead), db.session.scalar(lapsed) or 0)


def _monthly(statement: Statement, spans: Sequence[Span]) -> list[tuple[Span, int]]:
    """Counted by day, which needs no arithmetic for a million rows, and added up by month."""
    days = [(row[0], (row[1],)) for row in db.session.execute(statement)]
    return [(span, counts[0]) for span, counts in zip(spans, by_span(days, spans, 1), strict=True)]
