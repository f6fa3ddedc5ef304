"""The holidays."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.calendar.models import Holiday


def holidays() -> frozenset[dt.date]:
    """Every one of them, past and to come: a few dozen."""
    return frozenset(db.session.scalars(select(Holiday.day)))
