"""Whose figures end soon together, and which are over for everybody, as SQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import TIMESTAMP, distinct_on

from lmsapp.insight.figures.models import EnrolledFigures, PersonFigures
from lmsapp.people.employees.models import Employee

Dated = type[PersonFigures] | type[EnrolledFigures]
AT, HOUR = TIMESTAMP(timezone=True), dt.timedelta(hours=1)
LAST_ZONE = dt.timezone(dt.timedelta(hours=-12))  # where every day ends last


def ending(
    model: Dated, zone: Any, soon: tuple[dt.datetime, dt.datetime], at_least: int, *who: ColumnElement[bool]
) -> Select[int, dt.datetime]:
    """Of the employees `who` says, those whose latest figures end at one instant, after the first and up to the second
    of `soon`: the instant at which most do, which are `at_least` so many; id and instant. Days end where `zone` is."""
    latest = (
        select(
            model.employee_id,
            model.made_at,
            func.least(model.until, _end_of_day(model.last_day, zone), type_=AT).label("ends_at"),
        )
        .join(Employee, Employee.id == model.employee_id)
        .where(*who)
        .ext(distinct_on(model.employee_id))
        .order_by(model.employee_id, model.made_at.desc())
        .subquery("latest")
    )
    ends_at = latest.c.ends_at
    found = (
        select(latest.c.employee_id, ends_at)
        .where(ends_at > soon[0], ends_at <= soon[1], ends_at > latest.c.made_at)
        .cte("soon")
    )
    most = (
        select(found.c.ends_at)
        .group_by(found.c.ends_at)
        .having(func.count() >= at_least)
        .order_by(func.count().desc(), found.c.ends_at)
        .limit(1)
        .scalar_subquery()
    )
    return select(found.c.employee_id, found.c.ends_at).where(found.c.ends_at == most)


def _end_of_day(day: Any, zone: Any) -> ColumnElement[dt.datetime]:
    """The first instant after it. Where clocks are set back at one in the morning there are two midnights, of which
    PostgreSQL names the later one."""
    midnight = func.timezone(zone, cast(day + 1, TIMESTAMP(timezone=False)), type_=AT)
    earlier = midnight - HOUR
    return case((cast(func.timezone(zone, earlier), Date) > day, earlier), else_=midnight)


def over_for_everybody(model: Dated, now: dt.datetime) -> ColumnElement[bool]:
    """They hold on no day that it is anywhere."""
    return or_(model.until <= now, model.last_day < now.astimezone(LAST_ZONE).date())
