"""The dates the completion report is asked for: of completion, by the clock of the person (REP-1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, or_

from lmsapp.learning.enrollments.models import Enrollment

DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(1900, 1, 1), dt.date(2900, 1, 1)  # what is asked beyond is as good as everything


def completed_on(zone: Any) -> ColumnElement[dt.date]:
    """The date of completion where the person is, whose time zone that column is."""
    return cast(func.timezone(zone, Enrollment.completed_at), Date)


def on_completed_days(since: dt.date | None, until: dt.date | None, zone: Any) -> list[ColumnElement[bool]]:
    """Of Enrollment: completed on those days where the person is. The date is worked out near the ends alone."""
    wanted, at = completed_around(since, until), Enrollment.completed_at
    if since:
        wanted.append(or_(at >= _midnight(since) + DAY, completed_on(zone) >= since))
    if until:
        wanted.append(or_(at < _midnight(until), completed_on(zone) <= until))
    return wanted


def completed_around(since: dt.date | None, until: dt.date | None) -> list[ColumnElement[bool]]:
    """What may have been completed on those dates, by instants: so that what stands beside all the others is not
    gathered. A day begins up to 14 hours before that of UTC, and ends 12 after."""
    wanted: list[ColumnElement[bool]] = []
    if since:
        wanted.append(Enrollment.completed_at >= _midnight(since) - DAY)
    if until:
        wanted.append(Enrollment.completed_at < _midnight(until) + 2 * DAY)
    return wanted


def between(since: dt.date | None, until: dt.date | None, dated: ColumnElement[dt.date]) -> list[ColumnElement[bool]]:
    """`dated`: the date they speak of."""
    return [*([dated >= since] if since else []), *([dated <= until] if until else [])]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(min(max(day, FIRST), LAST), dt.time(), dt.UTC)
