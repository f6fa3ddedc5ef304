"""What was completed week by week or month by month, on time and late; certificates issued and ending (DSH-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.insight.figures.reading import added, counted, together
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
    """Twelve weeks or twelve months, this one included. One statement from what is kept, and one from the facts."""
    name = "weeks" if asking.filters.per == "week" else "months"
    counts = together(asking, lambda a: counted(a, name), _completed, added)
    return [Completed(span, *counts[2 * k : 2 * k + 2]) for k, span in enumerate(_spans(asking))]


def certified(asking: Asking) -> Certified:
    """One statement from what is kept, and three from the facts."""
    counts = together(asking, lambda a: counted(a, "issued", "ending", "lapsed"), _certified, added)
    back, ahead = months_back(asking.today), months_ahead(asking.today)
    issued, ending = counts[: len(back)], counts[len(back) : -1]
    return Certified(list(zip(back, issued, strict=True)), list(zip(ahead, ending, strict=True)), counts[-1])


def _spans(asking: Asking) -> Sequence[Span]:
    return weeks_back(asking.today, WEEKS) if asking.filters.per == "week" else months_back(asking.today, MONTHS)


def _completed(asking: Asking) -> list[int]:
    spans, day = _spans(asking), TrainingAssignment.completed_on
    statement = assignments(asking, day, func.count().filter(in_time()), func.count().filter(late())).where(
        *between(day, spans[0].first, spans[-1].last)
    )
    found = [(row[0], tuple(row[1:])) for row in db.session.execute(statement.group_by(day))]
    return [n for counts in by_span(found, spans, 2) for n in counts]


def _certified(asking: Asking) -> list[int]:
    back, ahead = months_back(asking.today), months_ahead(asking.today)
    on, until = Certificate.issued_on, CertificationPeriod.valid_until
    issued = certificates(asking, on, func.count()).where(*between(on, back[0].first, back[-1].last)).group_by(on)
    ending = periods(asking, until, func.count()).where(*between(until, asking.today, ahead[-1].last)).group_by(until)
    lapsed = periods(asking, func.count()).where(until < asking.today)
    return [*_monthly(issued, back), *_monthly(ending, ahead), db.session.scalar(lapsed) or 0]


def _monthly(statement: Statement, spans: Sequence[Span]) -> list[int]:
    """Counted by day, which needs no arithmetic for a million rows, and added up by month."""
    days = [(row[0], (row[1],)) for row in db.session.execute(statement)]
    return [counts[0] for counts in by_span(days, spans, 1)]
