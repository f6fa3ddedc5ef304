"""Training records of the bloodborne pathogens standard, 29 CFR 1910.1030(h)(2) (REP-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select

from lmsapp.courses.catalogue.models import ContentVersion
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.reports.fields import PEOPLE
from lmsapp.insight.reports.reading import day
from lmsapp.insight.reports.regulator.records import (
    AS_THEN,
    COMPLETED_ON,
    Record,
    completed_between,
    earliest,
    may_ask,
    record_ids,
    records,
    standing,
    word_or,
)
from lmsapp.insight.reports.regulator.subject import COURSES, TYPES, Subject, today_of
from lmsapp.insight.reports.regulator.training import joined, trained
from lmsapp.insight.reports.report import Asking, Column, Field, Kind, Report, Said
from lmsapp.people.employees.models import Employee

PATHOGENS = Subject(
    r"1910\.1030",
    N_(
        "No course is about bloodborne pathogens yet. Give the course the citation 29 CFR 1910.1030, let it support a"
        " compliance type with that reference, or choose courses above."
    ),
)
YEARS = 3
ASKS = N_(
    "The rule asks for the dates of the training, its contents or a summary, the names and qualifications of the"
    " trainers, and the names and job titles of all who attended; kept for 3 years from the training."
)


def years_before(asking: Asking, years: int) -> str:
    """The same day so many years before the report, as 2023-11-29."""
    today = today_of(asking)
    last = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - years, day=last).isoformat()


def _since(asking: Asking) -> str:
    return years_before(asking, YEARS)


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    courses = PATHOGENS.courses(asking)
    counting = standing(asking, courses)
    how = trained(asking, counting)
    content = ContentVersion.content["course"]["summary"].astext
    summary = (
        select(content)
        .where(ContentVersion.course_id == Record.subject_id, ContentVersion.number == Record.content_version)
        .correlate(Record)
        .scalar_subquery()
    )
    row = records(asking, courses).where(*_between(asking))
    row = joined(row, how.joins).add_columns(
        how.sessions.label("sessions"),
        how.trainer.label("trainer"),
        how.qualification.label("qualification"),
        summary.label("summary"),
        Record.content_version,
    )
    found = row.subquery()
    return select(
        found.c.completed_on,
        word_or(found.c.sessions, _("no session: taken online")),
        found.c.title,
        word_or(found.c.summary),
        word_or(found.c.trainer),
        word_or(found.c.qualification),
        found.c.number,
        found.c.name,
        word_or(found.c.job_role),
        word_or(found.c.department),
        found.c.content_version,
        found.c.record_id,
    ).order_by(found.c.completed_on, found.c.title, found.c.sort_name, found.c.record_id)


def _ids(asking: Asking) -> Select[int]:
    order = (COMPLETED_ON, Record.title, Employee.sort_name, Record.id)
    return record_ids(asking, PATHOGENS.courses(asking)).where(*_between(asking)).order_by(*order)


def _first(asking: Asking, most: int) -> Sequence[int]:
    return db.session.scalars(earliest(_ids(asking), most).limit(most)).all()


def _between(asking: Asking) -> list[ColumnElement[bool]]:
    since = day(asking.terms, "since") or day({"since": [_since(asking)]}, "since")
    return completed_between(since, day(asking.terms, "until"))


def _notes(asking: Asking) -> Sequence[Said]:
    return (
        (ASKS, {}),
        PATHOGENS.note(asking),
        (
            N_(
                "The trainer is who was named for the completion, the session or the course. Where nobody was,"
                " name them with the session, or with the course under Learners."
            ),
            {},
        ),
        AS_THEN,
    )


def _why_empty(asking: Asking) -> str:
    nobody = N_("Nobody completed such a course in this time. Choose an earlier first day, or look who is assigned.")
    return PATHOGENS.why_empty(asking, _rows, nobody)


BLOODBORNE = Report(
    key="bloodborne",
    title=N_("Bloodborne pathogens: training records"),
    about=N_("Dates, contents, trainers with their qualifications, and who attended with their job titles."),
    columns=(
        Column(N_("completed on"), 9),
        Column(N_("sessions on"), 9),
        Column(N_("course"), 13, counted=N_("courses")),
        Column(N_("content or summary"), 20),
        Column(N_("trainer"), 11),
        Column(N_("trainer's qualifications"), 13),
        Column(N_("employee number"), 8, counted=N_("people")),
        Column(N_("attendee"), 13),
        Column(N_("job title"), 10),
        Column(N_("department"), 11),
        Column(N_("content version"), 8, right=True),
        Column(N_("record number"), 7, right=True),
    ),
    rows=_rows,
    ids=_ids,
    first=_first,
    fields=(
        Field("since", Kind.DAY, N_("From"), N_("Without it, the last 3 years."), standard=_since),
        Field("until", Kind.DAY, N_("To")),
        TYPES,
        COURSES,
        *PEOPLE,
    ),
    may=may_ask,
    why_empty=_why_empty,
    rule="29 CFR 1910.1030(h)(2)",
    notes=_notes,
    help_page="regulator-reports",
)
