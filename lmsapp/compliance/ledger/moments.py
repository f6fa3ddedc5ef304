"""The instant the ledger is read at: now, or the end of a day that is past (EVD-5).

Now, every status is of the day it is where the employee is, as in the employee file: of all zones together there are
two or three different days at a time, so that this costs a short CASE. A past day is the same day for everybody,
the one that ended in the organisation's zone: a report of 31 March has one date in its head.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, literal, or_, select
from sqlalchemy import Date as SqlDate

from lmsapp.compliance.ledger.models import ComplianceDuty, EmployeeCompliance
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee

_LAST = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """`at`: what was decided until then counts. `day`: the day for everybody, where it is past; else `days` by zone."""

    at: dt.datetime
    day: dt.date | None = None
    days: Mapping[str, dt.date] = field(default_factory=dict)

    @property
    def past(self) -> bool:
        """Whether it is another moment than now."""
        return self.day is not None

    def today_in(self, zone: str) -> dt.date:
        """The day it is for somebody of that zone."""
        return self.day or self.days.get(zone) or self.at.astimezone(clock.zone(zone)).date()

    @property
    def today(self) -> ColumnElement[dt.date]:
        """The day it is for an Employee, as SQL."""
        if self.day is not None:
            return cast(literal(self.day, SqlDate), SqlDate)
        by_day: dict[dt.date, list[str]] = {}
        for zone, day in self.days.items():
            by_day.setdefault(day, []).append(zone)
        most = max(by_day, key=lambda day: len(by_day[day]), default=self.at.date())
        apart = ((day, zones) for day, zones in by_day.items() if day != most)
        others = [(Employee.time_zone.in_(sorted(zones)), literal(day, SqlDate)) for day, zones in apart]
        whole = cast(literal(most, SqlDate), SqlDate)
        return case(*others, else_=whole) if others else whole

    @property
    def decided(self) -> ColumnElement[bool]:
        """Of EmployeeCompliance: the decision that holds."""
        if not self.past:
            return EmployeeCompliance.replaced_at.is_(None)
        return and_(EmployeeCompliance.decided_at <= self.at, _after(EmployeeCompliance.replaced_at, self.at))

    @property
    def asked(self) -> ColumnElement[bool]:
        """Of ComplianceDuty: it is asked for."""
        if not self.past:
            return ComplianceDuty.until.is_(None)
        return and_(ComplianceDuty.since <= self.at, _after(ComplianceDuty.until, self.at))

    @property
    def employed(self) -> ColumnElement[bool]:
        """Of Employee: works here. Of a past day: was here, as far as the days of coming and leaving say."""
        if not self.past:
            return Employee.status == "active"
        here = or_(Employee.hire_date.is_(None), Employee.hire_date <= self.day)
        return and_(here, or_(Employee.left_on.is_(None), Employee.left_on >= self.day))


def present() -> Moment:
    """Now. One statement, for the zones there are."""
    at = clock.now()
    zones = db.session.scalars(select(Employee.time_zone).distinct())
    return Moment(at, days={zone: at.astimezone(clock.zone(zone)).date() for zone in zones})


def end_of(day: dt.date, zone: str) -> Moment:
    """The last instant of a past day in the organisation's zone."""
    return Moment(clock.end_of_day(day, zone) - _LAST, day)


def _after(column: Any, at: dt.datetime) -> ColumnElement[bool]:
    return or_(column.is_(None), column > at)
