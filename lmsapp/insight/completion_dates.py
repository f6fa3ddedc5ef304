"""The dates a completion report is asked for, as conditions; both ends are included (REP-1)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Select, select

from lmsapp.learning.enrollments.models import Enrollment

FIRST, LAST = dt.date(1900, 1, 1), dt.date(2900, 1, 1)  # what is asked beyond is as good as everything


def completed_around(since: dt.date | None, until: dt.date | None) -> Select[int]:
    """The enrollments that may have been completed on those dates, by instants: so that what stands beside all the
    others is not gathered. A day begins up to 14 hours before that of UTC, and ends 12 after."""
    found, around = select(Enrollment.id), dt.timedelta(days=1)
    if since:
        found = found.where(Enrollment.completed_at >= _midnight(max(since, FIRST) - around))
    if until:
        found = found.where(Enrollment.completed_at < _midnight(min(until, LAST) + 2 * around))
    return found


def between(since: dt.date | None, until: dt.date | None, dated: ColumnElement[dt.date]) -> list[ColumnElement[bool]]:
    """`dated`: the date they speak of."""
    return [*([dated >= since] if since else []), *([dated <= until] if until else [])]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
