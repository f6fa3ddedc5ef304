"""The overdue escalation report in the family of reports; what it counts is in `insight.overdue` (REM-6, REP-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from lmsapp.infra.words import N_
from lmsapp.insight.overdue import EVERYBODY, HEAD, OverdueFilters, overdue_ids, overdue_rows
from lmsapp.insight.reports.fields import COURSES, DEPARTMENTS
from lmsapp.insight.reports.reading import numbers
from lmsapp.insight.reports.report import Asking, Column, Field, Kind, Report, Said
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SHARES = (12, 12, 8, 13, 11, 16, 9, 6, 7, 9, 7, 9, 7, 9, 12, 9, 7)
RIGHT = {"days late", "progress", "reminders", "escalations", "late ones of this supervisor"}
COUNTED = {"employee number": N_("people"), "supervisor": N_("supervisors")}


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    words = dict(asking.labels[0])
    filters = _filters(asking)
    return overdue_rows(asking.viewer, filters, asking.now, words, line_only=asking.line_only, ids=asking.ids)


def _ids(asking: Asking) -> Select[int]:
    return overdue_ids(asking.viewer, _filters(asking), asking.now, line_only=asking.line_only)


def _filters(asking: Asking) -> OverdueFilters:
    return OverdueFilters(
        supervisor=next(iter(numbers(asking.terms, "supervisor")), None),
        courses=numbers(asking.terms, "course"),
        departments=numbers(asking.terms, "department"),
        days=min(next(iter(numbers(asking.terms, "days")), 0), 100_000),
    )


def _may(viewer: Viewer, line_only: bool) -> bool:
    return viewer.may(May.LEAD) if line_only else viewer.may(*EVERYBODY)


def _why_empty(asking: Asking) -> str:
    if _filters(asking).active:
        return N_("Nobody is late within these filters. Take one away to see more.")
    return N_("Nobody on your line is late.") if asking.line_only else N_("Nobody is late.")


def _notes(_asking: Asking) -> Sequence[Said]:
    return (
        (N_("Late is what was due before today where the person is, and is not completed, cancelled or exempt."), {}),
        (N_("Reminders are those that reached the person. A message in a digest has the fate of the digest."), {}),
        (N_("People who have left are not counted."), {}),
    )


OVERDUE = Report(
    key="overdue",
    title=N_("Overdue and escalated"),
    about=N_("Who is late with what, by supervisor: since when, what was sent to whom, and whether it arrived."),
    columns=[
        Column(
            word,
            share,
            right=word in RIGHT,
            counted=COUNTED.get(word, ""),
            split=word == "supervisor",
            optional=word in ("next level", "department"),
        )
        for word, share in zip(HEAD, SHARES, strict=True)
    ],
    rows=_rows,
    ids=_ids,
    fields=(
        Field("supervisor", Kind.PERSON, N_("Supervisor"), N_("Only people who report to them directly.")),
        COURSES,
        DEPARTMENTS,
        Field("days", Kind.DAYS, N_("Late for at least so many days")),
    ),
    may=_may,
    why_empty=_why_empty,
    statuses="overdue",
    notes=_notes,
    help_page="late-training",
)
