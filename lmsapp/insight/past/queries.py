"""Since when the past is known; completions of before a day that were recorded after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, text

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import employee_ids_visible_to, line_of
from lmsapp.people.viewer import Viewer

SHOWN = 200
KNOWN = text("SELECT nullif(max(since), '-infinity') FROM past.known")


def first_recorded_at() -> dt.datetime | None:
    """When the first person was recorded; before that there is nothing to show. None: nobody yet."""
    return db.session.scalar(select(func.min(Employee.created_at)))


def known_since() -> dt.datetime | None:
    """From when on every change is kept as it happened. Of the time before, what rows, records and the trail still
    say. None: there is no such time, all of it is known."""
    return db.session.scalar(KNOWN)


def count_recorded_later(viewer: Viewer, end: dt.datetime, *, line_only: bool) -> int:
    """How many completions were dated before `end` and recorded from then on."""
    found = _later(select(CompletionRecord.id), viewer, end, line_only=line_only)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def recorded_later(viewer: Viewer, end: dt.datetime, *, line_only: bool) -> Sequence[Any]:
    """Those, the latest recorded first, at most 200. Columns: id, employee_id, number, name, title, local_time,
    recorded_at, how, actor_name, reason."""
    columns: Select[*tuple[Any, ...]] = select(
        CompletionRecord.id,
        CompletionRecord.employee_id,
        CompletionRecord.employee_number.label("number"),
        CompletionRecord.employee_name.label("name"),
        CompletionRecord.title,
        CompletionRecord.local_time,
        CompletionRecord.recorded_at,
        CompletionRecord.how,
        CompletionRecord.actor_name,
        CompletionRecord.reason,
    )
    found = _later(columns, viewer, end, line_only=line_only)
    return db.session.execute(found.order_by(CompletionRecord.id.desc()).limit(SHOWN)).all()


def _later(
    columns: Select[*tuple[Any, ...]], viewer: Viewer, end: dt.datetime, *, line_only: bool
) -> Select[*tuple[Any, ...]]:
    reach = line_of(viewer) if line_only else employee_ids_visible_to(viewer)
    return columns.where(
        CompletionRecord.occurred_at < end,
        CompletionRecord.recorded_at >= end,
        CompletionRecord.how != "taken back",
        CompletionRecord.employee_id.in_(reach),
    )
