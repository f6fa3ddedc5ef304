"""What the reports of this package have in common: who may ask, what is said beside the rows, why there are none; and
the days that records are kept (REP-2). Each rule's own file has its courses, its source, its fields, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from lmsapp.infra.words import N_
from lmsapp.insight.reports.fields import PEOPLE
from lmsapp.insight.reports.reading import day, meant
from lmsapp.insight.reports.regulator.records import AS_THEN, completed_between, may_ask
from lmsapp.insight.reports.regulator.subject import COURSES, TYPES, Subject, today_of
from lmsapp.insight.reports.report import Asking, Column, Field, First, Ids, Kind, Report, Rows, Said

# Why there are none although nothing narrows the report, with what to do next.
NOBODY_YET = N_("Nobody has completed such a course yet. Look who is assigned.")
NOBODY_THEN = N_("Nobody completed such a course in this time. Choose an earlier first day, or look who is assigned.")


def regulated(
    *,
    key: str,
    title: str,
    about: str,
    subject: Subject,
    asks: str,
    counted: Sequence[str],
    columns: Sequence[Column],
    rows: Rows,
    ids: Ids,
    nobody: str,
    fields: Sequence[Field] = (TYPES, COURSES),
    rule: str = "",
    statuses: str = "",
    first: First | None = None,
) -> Report:
    """The report that answers a rule. `asks`: what the rule asks for; `counted`: what is counted and what is not;
    `nobody`: why there may be no row (all N_). `fields`: before those of the people. The rest: see `Report`."""

    def notes(asking: Asking) -> Sequence[Said]:
        return ((asks, {}), subject.note(asking), *((words, {}) for words in counted), AS_THEN)

    def why_empty(asking: Asking) -> str:
        return subject.why_empty(asking, rows, nobody)

    return Report(
        key=key,
        title=title,
        about=about,
        columns=columns,
        rows=rows,
        ids=ids,
        first=first,
        fields=(*fields, *PEOPLE),
        may=may_ask,
        why_empty=why_empty,
        statuses=statuses,
        rule=rule,
        notes=notes,
        help_page="regulator-reports",
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """From one day to another; without a first one, the `years` for which the rule has its records kept. `help` says so
    (N_)."""

    years: int
    help: str

    @property
    def since(self) -> Field:
        """The first day."""
        return Field("since", Kind.DAY, N_("From"), self.help, standard=self._first)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Both days, the courses."""
        return (self.since, Field("until", Kind.DAY, N_("To")), TYPES, COURSES)

    def completed(self, asking: Asking) -> list[ColumnElement[bool]]:
        """Of a completion: in these days, both inclusive."""
        return completed_between(meant(day, self.since, asking), day(asking.terms, "until"))

    def _first(self, asking: Asking) -> str:
        """The same day so many years before the report, as 2023-11-29."""
        today = today_of(asking)
        last = 28 if (today.month, today.day) == (2, 29) else today.day
        return today.replace(year=today.year - self.years, day=last).isoformat()
