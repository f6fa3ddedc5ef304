"""Training records of the bloodborne pathogens standard, 29 CFR 1910.1030(h)(2) (REP-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select

from lmsapp.courses.catalogue.models import ContentVersion
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.reports.regulator.records import (
    COMPLETED_ON,
    Record,
    earliest,
    record_ids,
    records,
    standing,
    word_or,
)
from lmsapp.insight.reports.regulator.regulated import NOBODY_THEN, Kept, regulated
from lmsapp.insight.reports.regulator.subject import Subject
from lmsapp.insight.reports.regulator.training import joined, trained
from lmsapp.insight.reports.report import Asking, Column
from lmsapp.people.employees.models import Employee

PATHOGENS = Subject(
    r"1910\.1030",
    N_(
        "No course is about bloodborne pathogens yet. Give the course the citation 29 CFR 1910.1030, let it support a"
        " compliance type with that reference, or choose courses above."
    ),
)
KEPT = Kept(3, N_("Without it, the last 3 years."))  # 1910.1030(h)(2)(ii)


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    courses = PATHOGENS.courses(asking)
    how = trained(asking, standing(asking, courses))
    content = ContentVersion.content["course"]["summary"].astext
    summary = (
        select(content)
        .where(ContentVersion.course_id == Record.subject_id, ContentVersion.number == Record.content_version)
        .correlate(Record)
        .scalar_subquery()
    )
    row = records(asking, courses).where(*KEPT.completed(asking))
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
    return record_ids(asking, PATHOGENS.courses(asking)).where(*KEPT.completed(asking)).order_by(*order)


def _first(asking: Asking, most: int) -> Sequence[int]:
    return db.session.scalars(earliest(_ids(asking), most).limit(most)).all()


BLOODBORNE = regulated(
    key="bloodborne",
    title=N_("Bloodborne pathogens: training records"),
    about=N_("Dates, contents, trainers with their qualifications, and who attended with their job titles."),
    rule="29 CFR 1910.1030(h)(2)",
    subject=PATHOGENS,
    asks=N_(
        "The rule asks for the dates of the training, its contents or a summary, the names and qualifications of the"
        " trainers, and the names and job titles of all who attended; kept for 3 years from the training."
    ),
    counted=(
        N_(
            "The trainer is who was named for the completion, the session or the course. Where nobody was,"
            " name them with the session, or with the course under Learners."
        ),
    ),
    nobody=NOBODY_THEN,
    fields=KEPT.fields,
    rows=_rows,
    ids=_ids,
    first=_first,
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
)
