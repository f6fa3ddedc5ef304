"""Certificates that expire in the next days, or have (CRS-6, REP-2); what it counts is in `insight.expiring`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select

from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.expiring import HEAD, ExpiringFilters, expiring_ids, expiring_sheet
from lmsapp.insight.reports.fields import COURSES, DEPARTMENTS, LOCATIONS, ROLES
from lmsapp.insight.reports.reading import number, numbers, one_of, texts
from lmsapp.insight.reports.regulator.records import may_ask
from lmsapp.insight.reports.report import Asking, Column, Field, Kind, Report

NEXT_DAYS, MOST_DAYS = 60, 3660
COUNTED = {"employee number": N_("people"), "course": N_("courses")}
WIDE = {"name": 14, "course": 16, "department": 12}


def filters_of(asking: Asking) -> ExpiringFilters:
    """What the address asks for."""
    days = number(asking.terms, "days", standard=NEXT_DAYS, most=MOST_DAYS)
    which = one_of(asking.terms, "which", ("both", "coming", "expired"))
    return ExpiringFilters(
        window="expired" if which == "expired" else str(days),
        not_yet=which == "coming",
        courses=numbers(asking.terms, "course"),
        departments=numbers(asking.terms, "department"),
        roles=texts(asking.terms, "role"),
        locations=texts(asking.terms, "location"),
    )


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    words, by_course = asking.labels
    filters = filters_of(asking)
    return expiring_sheet(
        asking.viewer, filters, asking.now, words, by_course, line_only=asking.line_only, ids=asking.ids
    )


def _ids(asking: Asking) -> Select[int]:
    return expiring_ids(asking.viewer, filters_of(asking), asking.now, line_only=asking.line_only)


def _which(_asking: Asking) -> Sequence[tuple[str, str]]:
    return (
        ("both", N_("Those that end and those that have expired")),
        ("coming", N_("Only those that end")),
        ("expired", N_("Only those that have expired")),
    )


def _why_empty(asking: Asking) -> str:
    if filters_of(asking).active:
        terms = {name: asking.terms[name] for name in ("days", "which") if name in asking.terms}
        if db.session.execute(_rows(replace(asking, terms=terms)).limit(1)).first() is not None:
            return N_("Certificates end in these days, but none fits these filters. Take a filter away.")
    if one_of(asking.terms, "which", ("both", "coming", "expired")) == "expired":
        return N_("No certificate has expired. Choose those that end to see what comes.")
    return N_("No certificate ends in these days. Choose more days to look further ahead.")


EXPIRING = Report(
    key="expiring",
    title=N_("Certificates that expire"),
    about=N_("Who is certified in what, until when, and whether renewing has begun; soonest first."),
    columns=[Column(word, WIDE.get(word, 10), counted=COUNTED.get(word, ""), split=word == "status") for word in HEAD],
    rows=_rows,
    ids=_ids,
    fields=(
        Field(
            "days",
            Kind.DAYS,
            N_("In the next days"),
            N_("At most 3660, which is ten years."),
            standard=lambda _asking: str(NEXT_DAYS),
        ),
        Field("which", Kind.CHOICE, N_("Which"), choices=_which),
        COURSES,
        DEPARTMENTS,
        LOCATIONS,
        ROLES,
    ),
    may=may_ask,
    why_empty=_why_empty,
    statuses="enrollments",
    help_page="certifications-and-renewal",
)
