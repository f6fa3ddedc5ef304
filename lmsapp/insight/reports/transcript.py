"""The training transcript of one employee as a report: everything completed that counts, newest first (REP-2).

The signed paper that anybody can check is `learning.transcripts`; this is the same list to filter by nothing, as a
sheet and of a past day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Float, Numeric, Select, case, cast, false, func, literal, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.reports.reading import number
from lmsapp.insight.reports.regulator.records import COMPLETED_ON, may_ask, word_or
from lmsapp.insight.reports.report import Asking, Column, Field, Kind, Report, Said
from lmsapp.learning.certificates.dates import of_certificate, until_of
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.queries import employee_ids_visible_to, line_of

PERSON = Field("person", Kind.PERSON, N_("Employee"), needed=True)
Record = CompletionRecord


def person_asked(asking: Asking) -> int:
    """The id of the employee, 0 without."""
    return number(asking.terms, "person", standard=0, most=2**31 - 1)


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    visible = line_of(asking.viewer) if asking.line_only else employee_ids_visible_to(asking.viewer)
    is_course, person = Record.subject_kind == "course", person_asked(asking)
    periods = (
        select(CertificationPeriod.record_id, CertificationPeriod.valid_until)
        .where(CertificationPeriod.employee_id == person, CertificationPeriod.replaced_at.is_(None))
        .subquery()
    )
    minutes = func.coalesce(
        func.nullif(cast(func.coalesce(Certificate.printed["minutes"].astext, "0"), Float), 0), Course.minutes
    )
    mark = case(
        (Certificate.revoked_at.is_not(None), literal(_("certificate revoked"))),
        (Record.how == "by hand", literal(_("recorded by hand"))),
        else_=literal(""),
    )
    return (
        select(
            case((is_course, literal(_("course"))), else_=literal(_("learning path"))),
            Record.title,
            Record.content_version,
            COMPLETED_ON,
            cast(Record.score, Float),
            case((is_course, func.round(cast(minutes / 60, Numeric), 2))),
            word_or(Certificate.number, _("none")),
            func.coalesce(until_of(), periods.c.valid_until),
            mark,
            Record.id,
        )
        .select_from(Record)
        .outerjoin(Certificate, (Certificate.record_id == Record.id) & Certificate.replaced_at.is_(None))
        .outerjoin(CertificationPeriod, of_certificate())
        .outerjoin(periods, periods.c.record_id == Record.id)
        .outerjoin(Course, is_course & (Course.id == Record.subject_id))
        .where(Record.employee_id == person if person else false(), Record.employee_id.in_(visible), counts())
        .order_by(Record.occurred_at.desc(), Record.id.desc())
    )


def _notes(asking: Asking) -> Sequence[Said]:
    visible = line_of(asking.viewer) if asking.line_only else employee_ids_visible_to(asking.viewer)
    who = db.session.execute(
        select(Employee.name, Employee.number, Employee.job_role, Department.name.label("department"))
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(Employee.id == person_asked(asking), Employee.id.in_(visible))
    ).one_or_none()
    if who is None:
        return ()
    words = ", ".join(filter(None, (who.name, who.number, who.job_role, who.department)))
    return (
        (N_("Transcript of %(who)s."), {"who": words}),
        (N_("A transcript that anybody can check by its number is made in the employee file, under Training."), {}),
    )


def _why_empty(asking: Asking) -> str:
    if not person_asked(asking):
        return N_("Choose whose transcript it is.")
    if not _notes(asking):
        return N_("Nobody with that number is yours to see. Choose somebody else.")
    return N_("Nothing is completed yet. What is open stands in the employee file, under Training.")


TRANSCRIPT = Report(
    key="transcript",
    title=N_("Training transcript"),
    about=N_("Everything one employee completed, with days, scores, hours and certificates."),
    columns=(
        Column(N_("kind"), 8, split=True),
        Column(N_("title"), 24),
        Column(N_("content version"), 7, right=True),
        Column(N_("completed on"), 10),
        Column(N_("score, %"), 7, right=True),
        Column(N_("hours"), 6, right=True),
        Column(N_("certificate number"), 12),
        Column(N_("valid until"), 10),
        Column(N_("note"), 12, optional=True),
        Column(N_("record number"), 8, right=True),
    ),
    rows=_rows,
    fields=(PERSON,),
    may=may_ask,
    why_empty=_why_empty,
    notes=_notes,
    help_page="regulator-reports",
)
