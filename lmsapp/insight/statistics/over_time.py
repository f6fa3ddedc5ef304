"""What was completed week by week or month by month, on time and late; certificates issued and ending (DSH-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import assignments, between, certificates, in_time, late, periods, span_of
from lmsapp.insight.statistics.rules import MONTHS, Span, months_ahead, months_back, weeks_back
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
    which = span_of(TrainingAssignment.completed_on, spans).label("span")
    statement = assignments(asking, which, func.count().filter(in_time()), func.count().filter(late())).where(
        *between(TrainingAssignment.completed_on, spans[0].first, spans[-1].last)
    )
    found = {row[0]: row[1:] for row in db.session.execute(statement.group_by(which))}
    return [Completed(span, *found.get(k, (0, 0))) for k, span in enumerate(spans, 1)]


def certified(asking: Asking) -> Certified:
    """Three statements."""
    back, ahead = months_back(asking.today), months_ahead(asking.today)
    which = span_of(Certificate.issued_on, back).label("span")
    issued = certificates(asking, which, func.count()).where(*between(Certificate.issued_on, back[0].first, None))
    until = CertificationPeriod.valid_until
    month = span_of(until, ahead).label("span")
    ending = periods(asking, month, func.count()).where(*between(until, asking.today, ahead[-1].last))
    lapsed = periods(asking, func.count()).where(until < asking.today)
    done: dict[int, int] = dict(db.session.execute(issued.group_by(which)).all())
    ends: dict[int, int] = dict(db.session.execute(ending.group_by(month)).all())
    return Certified(
        [(span, done.get(k, 0)) for k, span in enumerate(back, 1)],
        [(span, ends.get(k, 0)) for k, span in enumerate(ahead, 1)],
        db.session.scalar(lapsed) or 0,
    )
