"""The holidays."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.calendar.models import Holiday


def holidays() -> frozenset[dt.date]:
    """Every one of them, past and to come: a few dozen."""
    return frozenset(db.session.scalars(select(Holiday.day)))


def list_holidays() -> list[tuple[dt.date, str]]:
    """(day, name), earliest first."""
    rows = db.session.execute(select(Holiday.day, Holiday.name).order_by(Holiday.day))
    return [(row.day, row.name) for row in rows]
