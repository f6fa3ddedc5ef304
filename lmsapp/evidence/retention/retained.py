"""The database's own view of what is kept, until when, and under which holds (`migrations/retention/views.sql`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, String, column, func, literal_column, table
from sqlalchemy.dialects.postgresql import ARRAY

DUE = table(
    "retained_due",
    column("kind", String),
    column("record_id", Integer),
    column("part", String),
    column("employee_id", Integer),
    column("course_id", Integer),
    column("type_ids", ARRAY(Integer)),
    column("made_on", Date),
    column("effect_on", Date),
    column("due_on", Date),
    column("duty_on", Date),
    column("ends_on", Date),
    column("longer_until", Date),
    column("policy_id", Integer),
    column("law", String),
)
FOREVER: ColumnElement[Any] = literal_column("date 'infinity'")
TODAY = func.retention_today(type_=Date)
ENDS_ON = func.nullif(DUE.c.ends_on, FOREVER, type_=Date)  # Python knows no infinite date: None is for ever
HOLDS = func.retention_holds(
    DUE.c.kind, DUE.c.employee_id, DUE.c.course_id, DUE.c.type_ids, DUE.c.made_on, type_=ARRAY(Integer)
)
# As `ends_on` will be once the person asked to be erased: what only the organisation's own rules keep goes at once.
ERASED_ON = func.nullif(
    func.greatest(func.coalesce(DUE.c.duty_on, DUE.c.made_on), DUE.c.longer_until, type_=Date), FOREVER, type_=Date
)
