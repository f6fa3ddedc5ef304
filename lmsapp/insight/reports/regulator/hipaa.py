"""HIPAA roster, 45 CFR 164.530(j), 164.316(b)(2): who took which privacy or security training, when, in which version,
with which result (REP-2)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Float, Select, String, case, cast, func, literal, select

from lmsapp.infra.words import N_
from lmsapp.insight.reports.regulator.records import AS_DAY, COMPLETED_ON, Record, record_ids, records, word_or
from lmsapp.insight.reports.regulator.regulated import NOBODY_THEN, Kept, regulated
from lmsapp.insight.reports.regulator.subject import Subject
from lmsapp.insight.reports.report import Asking, Column
from lmsapp.people.employees.models import Employee

PRIVACY = Subject(
    r"HIPAA|45 CFR (part )?16[0-4]",
    N_(
        "No course is about HIPAA yet. Give the course the citation 45 CFR 164.530(b), let it support a compliance type"
        " with that reference, or choose courses above."
    ),
)
KEPT = Kept(6, N_("Without it, the last 6 years."))  # 164.530(j)(2)


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    row = records(asking, PRIVACY.courses(asking)).where(*KEPT.completed(asking))
    found = row.add_columns(
        Record.content_version,
        Record.content_sha256,
        Record.attempt,
        Employee.left_on,
        (Employee.status == "active").label("here"),
    ).subquery()
    by_hand = case((found.c.how == "by hand", literal(_("by hand"))), else_=literal(_("by the rule")))
    left = case(
        (found.c.here, literal(_("works here"))),
        else_=func.coalesce(func.to_char(found.c.left_on, AS_DAY), literal(_("has left"))),
    )
    return select(
        found.c.number,
        found.c.name,
        word_or(found.c.job_role),
        word_or(found.c.department),
        left,
        found.c.title,
        found.c.content_version,
        func.left(found.c.content_sha256, 12),
        found.c.completed_on,
        cast(found.c.score, Float),
        word_or(cast(found.c.attempt, String), _("none")),
        by_hand,
        word_or(found.c.certificate, _("none")),
        found.c.record_id,
    ).order_by(found.c.sort_name, found.c.employee_id, found.c.completed_on, found.c.title, found.c.record_id)


def _ids(asking: Asking) -> Select[int]:
    order = (Employee.sort_name, Employee.id, COMPLETED_ON, Record.title, Record.id)
    return record_ids(asking, PRIVACY.courses(asking)).where(*KEPT.completed(asking)).order_by(*order)


HIPAA = regulated(
    key="hipaa-roster",
    title=N_("HIPAA training roster"),
    about=N_("Who took which training and when, in which version and with which result; people who left included."),
    rule="45 CFR 164.530(j), 164.316(b)(2)",
    subject=PRIVACY,
    asks=N_(
        "The rules ask that it is documented that training was provided, and that the documents are kept for 6 years"
        " from when they were made or were last in effect: here who was trained, when, in which module and version,"
        " and with which result, people who have left included."
    ),
    counted=(
        N_(
            "Who has left is in the roster too. What was disposed of under a retention rule is not; the rules this"
            " system ships with keep these records for 6 years."
        ),
    ),
    nobody=NOBODY_THEN,
    fields=KEPT.fields,
    rows=_rows,
    ids=_ids,
    columns=(
        Column(N_("employee number"), 9, counted=N_("people")),
        Column(N_("name"), 14),
        Column(N_("job title"), 11),
        Column(N_("department"), 12),
        Column(N_("left on"), 9),
        Column(N_("module"), 16, counted=N_("courses")),
        Column(N_("content version"), 9, right=True),
        Column(N_("digest of the content"), 10),
        Column(N_("completed on"), 9),
        Column(N_("score, %"), 6, right=True),
        Column(N_("attempt"), 8, right=True),
        Column(N_("how"), 8, split=True),
        Column(N_("certificate number"), 10),
        Column(N_("record number"), 8, right=True),
    ),
)
