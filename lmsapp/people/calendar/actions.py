"""Holidays come and go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.people.calendar.events import HolidaysChanged
from lmsapp.people.calendar.models import Holiday
from lmsapp.people.viewer import Viewer


def add_holidays(named: Mapping[dt.date, str], by: Viewer | None) -> int:
    """Add them; a day that is there gets the new name. Returns how many differ from what was there."""
    present = {row.day: row.name for row in db.session.execute(select(Holiday.day, Holiday.name))}
    fresh = {day: name for day, name in named.items() if present.get(day) != name}
    if not fresh:
        return 0
    statement = insert(Holiday)
    statement = statement.on_conflict_do_update(index_elements=["day"], set_={"name": statement.excluded.name})
    db.session.execute(statement, [{"day": day, "name": name} for day, name in fresh.items()])
    renamed = tuple((day, present[day]) for day in sorted(fresh) if day in present)
    emit(HolidaysChanged(tuple(sorted(fresh.items())), renamed, by))
    return len(fresh)


def remove_holiday(day: dt.date, by: Viewer | None) -> bool:
    """People work on that day after all. False when it was none."""
    name = db.session.scalar(delete(Holiday).where(Holiday.day == day).returning(Holiday.name))
    if name is None:
        return False
    emit(HolidaysChanged((), ((day, name),), by))
    return True
