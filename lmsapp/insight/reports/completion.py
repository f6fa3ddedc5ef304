"""The completion report in the family of reports (REP-1); what it counts is in `insight.completion`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from lmsapp.infra.words import N_
from lmsapp.insight.completion import (
    HEAD,
    ReportFilters,
    ReportStatus,
    completion_ids,
    completion_sheet,
    first_completions,
)
from lmsapp.insight.reports.fields import ALONE, COHORTS, COURSES, DEPARTMENTS, LEFT, LOCATIONS, REGIONS, ROLES
from lmsapp.insight.reports.reading import day, flag, numbers, one_of, texts
from lmsapp.insight.reports.report import Asking, Column, Field, Kind, Report, Terms
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

STATUS = "status"
DATES = ("completed", "due", "assigned")
RIGHT = {"progress", "score"}
COUNTED = {"employee number": N_("people"), "course": N_("courses")}


def completion_filters(terms: Terms) -> ReportFilters:
    """What the address asks for."""
    return ReportFilters(
        courses=numbers(terms, "course"),
        departments=numbers(terms, "department"),
        roles=texts(terms, "role"),
        locations=texts(terms, "location"),
        regions=texts(terms, "region"),
        cohorts=texts(terms, "cohort"),
        statuses=tuple(one for one in ReportStatus if one.value in terms.get(STATUS, ())),
        alone=flag(terms, ALONE.name),
        dates=one_of(terms, "dates", DATES),
        since=day(terms, "since"),
        until=day(terms, "until"),
        left=flag(terms, LEFT.name),
        as_of=day(terms, "as_of"),
    )


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    words, by_course = asking.labels
    filters = completion_filters(asking.terms)
    return completion_sheet(
        asking.viewer, filters, asking.now, words, by_course, line_only=asking.line_only, ids=asking.ids
    )


def _ids(asking: Asking) -> Select[int]:
    return completion_ids(asking.viewer, completion_filters(asking.terms), asking.now, line_only=asking.line_only)


def _first(asking: Asking, most: int) -> Sequence[int]:
    filters = completion_filters(asking.terms)
    return first_completions(asking.viewer, filters, asking.now, most, line_only=asking.line_only)


def _may(viewer: Viewer, line_only: bool) -> bool:
    return viewer.may(May.LEAD) if line_only else viewer.may(May.KEEP_RECORDS, May.AUDIT)


def _why_empty(asking: Asking) -> str:
    if completion_filters(asking.terms).active:
        return N_("No enrollment fits these filters.")
    return N_("Nobody on your line is enrolled in anything.") if asking.line_only else N_("Nobody is enrolled yet.")


def _statuses(asking: Asking) -> Sequence[tuple[str, str]]:
    """As the reader's organisation says them."""
    words, _by_course = asking.labels
    return [(one.value, words.get(one.value, one.value)) for one in ReportStatus]


def _meanings(_asking: Asking) -> Sequence[tuple[str, str]]:
    return (("completed", N_("Completed")), ("due", N_("Due")), ("assigned", N_("Assigned")))


COMPLETION = Report(
    key="completion",
    title=N_("Completion report"),
    about=N_("Who has done what, by department, with dates, scores and certificates."),
    columns=[Column(word, right=word in RIGHT, counted=COUNTED.get(word, ""), split=word == "status") for word in HEAD],
    rows=_rows,
    ids=_ids,
    first=_first,
    fields=(
        COURSES,
        DEPARTMENTS,
        ALONE,
        ROLES,
        LOCATIONS,
        REGIONS,
        COHORTS,
        Field(STATUS, Kind.CHOICES, N_("Status"), choices=_statuses),
        Field("dates", Kind.CHOICE, N_("Dates are"), choices=_meanings),
        Field("since", Kind.DAY, N_("From")),
        Field("until", Kind.DAY, N_("To")),
        LEFT,
    ),
    may=_may,
    why_empty=_why_empty,
    statuses="completion",
)
