"""OSHA monthly: who completed which safety training in a month, and how that certification stands (REP-2).

No rule lays down its form; it has what safety officers are asked for.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Float, Select, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from lmsapp.compliance.ledger.models import ComplianceType, ComplianceTypeCourse
from lmsapp.infra.words import N_
from lmsapp.insight.reports.reading import meant, month
from lmsapp.insight.reports.regulator.records import (
    COMPLETED_ON,
    Record,
    completed_between,
    record_ids,
    records,
    word_or,
)
from lmsapp.insight.reports.regulator.regulated import regulated
from lmsapp.insight.reports.regulator.subject import COURSES, TOPICS, TYPES, Subject, today_of
from lmsapp.insight.reports.report import Asking, Column, Field, Kind
from lmsapp.insight.sheets import in_words
from lmsapp.people.employees.models import Employee

SAFETY = Subject(
    r"OSHA|29 CFR (part )?19[0-9][0-9]",
    N_(
        "No course counts as safety training yet. Give a course a citation such as 29 CFR 1910.1030, let it support a"
        " compliance type whose regulator is OSHA, or choose courses or topics above."
    ),
)


def _last_month(asking: Asking) -> str:
    """The one before the day of the report, as 2026-10."""
    return f"{today_of(asking).replace(day=1) - dt.timedelta(days=1):%Y-%m}"


MONTH = Field("month", Kind.MONTH, N_("Month"), standard=_last_month)


def _month_asked(asking: Asking) -> tuple[dt.date, dt.date]:
    """Its first and last day."""
    first = meant(month, MONTH, asking)
    assert first is not None  # last month is a month
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    row = records(asking, SAFETY.courses(asking)).where(*completed_between(*_month_asked(asking)))
    kind = (
        select(func.string_agg(ComplianceType.name, aggregate_order_by(literal("; "), func.lower(ComplianceType.name))))
        .join(ComplianceTypeCourse, ComplianceTypeCourse.type_id == ComplianceType.id)
        .where(ComplianceTypeCourse.course_id == Record.subject_id, ComplianceType.archived_at.is_(None))
        .correlate(Record)
        .scalar_subquery()
    )
    found = row.add_columns(func.coalesce(kind, Record.title).label("kind")).subquery()
    return select(
        found.c.number,
        found.c.name,
        word_or(found.c.job_role),
        word_or(found.c.department),
        found.c.kind,
        found.c.title,
        found.c.completed_on,
        cast(found.c.score, Float),
        in_words(found.c.status, found.c.course_id, *asking.labels),
        found.c.valid_until,
        word_or(found.c.certificate, _("none")),
        found.c.record_id,
    ).order_by(found.c.sort_name, found.c.employee_id, found.c.completed_on, found.c.title, found.c.record_id)


def _ids(asking: Asking) -> Select[int]:
    order = (Employee.sort_name, Employee.id, COMPLETED_ON, Record.title, Record.id)
    found = record_ids(asking, SAFETY.courses(asking)).where(*completed_between(*_month_asked(asking)))
    return found.order_by(*order)


OSHA_MONTHLY = regulated(
    key="osha-monthly",
    title=N_("OSHA monthly report"),
    about=N_("Safety training completed in a month: worker, certification, day, score, and how it stands."),
    subject=SAFETY,
    asks=N_(
        "No rule lays down a form for this report. It has what safety officers are asked for: worker name,"
        " certification type, completion date, score and current status."
    ),
    counted=(N_("The status is that of the certification on the day of the report."),),
    nobody=N_("Nobody completed safety training in this month. Choose another month above."),
    fields=(MONTH, TYPES, TOPICS, COURSES),
    statuses="enrollments",
    rows=_rows,
    ids=_ids,
    columns=(
        Column(N_("employee number"), 8, counted=N_("people")),
        Column(N_("worker name"), 14),
        Column(N_("job title"), 11),
        Column(N_("department"), 12),
        Column(N_("certification type"), 16),
        Column(N_("course"), 15, counted=N_("courses")),
        Column(N_("completed on"), 9),
        Column(N_("score, %"), 6, right=True),
        Column(N_("current status"), 11, split=True),
        Column(N_("valid until"), 9),
        Column(N_("certificate number"), 10),
        Column(N_("record number"), 7, right=True),
    ),
)
