"""The certification record of fall protection training, 29 CFR 1926.503(b) (REP-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Date, Select, case, cast, func, literal, select

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import site
from lmsapp.infra.words import N_
from lmsapp.insight.reports.fields import PEOPLE
from lmsapp.insight.reports.regulator.records import (
    AS_THEN,
    DAY,
    Record,
    day_or_word,
    is_newest,
    may_ask,
    record_ids,
    records,
    standing,
    word_or,
)
from lmsapp.insight.reports.regulator.subject import COURSES, TYPES, Subject
from lmsapp.insight.reports.regulator.training import joined, trained
from lmsapp.insight.reports.report import Asking, Column, Report, Said
from lmsapp.insight.sheets import in_words
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.employees.models import Employee

FALLS = Subject(
    r"1926\.50[0-3]",
    N_(
        "No course is about fall protection yet. Give the course the citation 29 CFR 1926.503, let it support a"
        " compliance type with that reference, or choose courses above."
    ),
)
ASKS = N_(
    "The rule asks for the name of the employee trained, the dates of the training, and the signature of the"
    " trainer or the employer; where training by another employer is relied on, the day it was found adequate."
    " The latest certification is kept."
)


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    courses = FALLS.courses(asking)
    counting = standing(asking, courses)
    how = trained(asking, counting)
    sealed = (SealedFile.kind == "certificate") & (SealedFile.subject_id == Certificate.id)
    row = records(asking, courses).where(is_newest(asking, courses))
    row = (
        joined(row, how.joins)
        .outerjoin(SealedFile, sealed & (SealedFile.ready_at <= asking.now))
        .add_columns(
            how.sessions.label("sessions"),
            how.trainer.label("trainer"),
            cast(func.timezone(Employee.time_zone, SealedFile.ready_at), Date).label("sealed_on"),
            how.said.c.adequate_on,
            how.said.c.given_by,
        )
    )
    latest = row.subquery()
    signed = case(
        (latest.c.sealed_on.is_not(None), literal(_("%(name)s, electronic seal", name=site.organisation()))),
        else_=literal(_("not recorded")),
    )
    elsewhere = case((latest.c.how == "by hand", literal(_("not recorded"))), else_=literal(_("trained here")))
    return select(
        latest.c.number,
        latest.c.name,
        word_or(latest.c.job_role),
        word_or(latest.c.department),
        latest.c.title,
        func.coalesce(latest.c.sessions, func.to_char(latest.c.completed_on, DAY)),
        word_or(latest.c.trainer),
        signed,
        day_or_word(latest.c.sealed_on),
        func.coalesce(func.to_char(latest.c.adequate_on, DAY), elsewhere),
        word_or(latest.c.given_by, "–"),
        in_words(latest.c.status, latest.c.course_id, *asking.labels),
        latest.c.valid_until,
        word_or(latest.c.certificate, _("none")),
        latest.c.record_id,
    ).order_by(latest.c.sort_name, latest.c.employee_id, latest.c.title, latest.c.record_id)


def _ids(asking: Asking) -> Select[int]:
    courses = FALLS.courses(asking)
    order = (Employee.sort_name, Employee.id, Record.title, Record.id)
    return record_ids(asking, courses).where(is_newest(asking, courses)).order_by(*order)


def _notes(asking: Asking) -> Sequence[Said]:
    return (
        (ASKS, {}),
        FALLS.note(asking),
        (
            N_(
                "Of each person and course the latest certification. The employer signs by the electronic seal of the"
                " certificate; without a certificate there is no signature here."
            ),
            {},
        ),
        (
            N_(
                "Where training by another employer is relied on, HR notes the day it was found adequate: in the"
                " employee file, at the course, under What a rule asks for."
            ),
            {},
        ),
        AS_THEN,
    )


def _why_empty(asking: Asking) -> str:
    return FALLS.why_empty(asking, _rows, N_("Nobody has completed such a course yet. Look who is assigned."))


FALL_PROTECTION = Report(
    key="fall-protection",
    title=N_("Fall protection: certification record"),
    about=N_("Who was trained, when, who signed for it, and when training elsewhere was found adequate."),
    columns=(
        Column(N_("employee number"), 10, counted=N_("people")),
        Column(N_("employee trained"), 13),
        Column(N_("job title"), 10),
        Column(N_("department"), 11),
        Column(N_("course"), 13, counted=N_("courses")),
        Column(N_("dates of training"), 9),
        Column(N_("trainer"), 11),
        Column(N_("signature of trainer or employer"), 13),
        Column(N_("signed on"), 9),
        Column(N_("training elsewhere found adequate on"), 10),
        Column(N_("training given by"), 9),
        Column(N_("current status"), 10, split=True),
        Column(N_("valid until"), 9),
        Column(N_("certificate number"), 12),
        Column(N_("record number"), 9, right=True),
    ),
    rows=_rows,
    ids=_ids,
    fields=(TYPES, COURSES, *PEOPLE),
    may=may_ask,
    why_empty=_why_empty,
    statuses="enrollments",
    rule="29 CFR 1926.503(b)",
    notes=_notes,
    help_page="regulator-reports",
)
