"""The certification of operators of powered industrial trucks, 29 CFR 1910.178(l)(6) (REP-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Date, Select, cast, func, literal, select
from sqlalchemy.dialects.postgresql import INTERVAL

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
from lmsapp.insight.reports.regulator.training import evaluation, joined, trained
from lmsapp.insight.reports.report import Asking, Column, Report, Said
from lmsapp.people.employees.models import Employee

TRUCKS = Subject(
    r"1910\.178([^0-9]|$)",
    N_(
        "No course is about powered industrial trucks yet. Give the course the citation 29 CFR 1910.178, let it support"
        " a compliance type with that reference, or choose courses above."
    ),
)
AGAIN_AFTER = "3 years"  # 1910.178(l)(4)(iii)
ASKS = N_(
    "The rule asks for the name of the operator, the date of the training, the date of the evaluation, and who"
    " trained or evaluated. Operators are evaluated again at least every 3 years."
)


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    courses = TRUCKS.courses(asking)
    counting = standing(asking, courses)
    how = trained(asking, counting)
    looked, on, by = evaluation(asking, how.said, counting)
    row = records(asking, courses).where(is_newest(asking, courses))
    row = joined(row, (*how.joins, *looked)).add_columns(
        how.sessions.label("sessions"),
        how.trainer.label("trainer"),
        how.said.c.equipment,
        on.label("evaluated_on"),
        by.label("evaluated_by"),
    )
    latest = row.subquery()
    again = cast(latest.c.evaluated_on + cast(literal(AGAIN_AFTER), INTERVAL), Date)
    return select(
        latest.c.number,
        latest.c.name,
        word_or(latest.c.job_role),
        word_or(latest.c.department),
        latest.c.title,
        func.coalesce(latest.c.sessions, func.to_char(latest.c.completed_on, DAY)),
        word_or(latest.c.trainer),
        day_or_word(latest.c.evaluated_on),
        word_or(latest.c.evaluated_by),
        word_or(latest.c.equipment),
        day_or_word(again, _("not evaluated")),
        word_or(latest.c.certificate, _("none")),
        latest.c.record_id,
    ).order_by(latest.c.sort_name, latest.c.employee_id, latest.c.title, latest.c.record_id)


def _ids(asking: Asking) -> Select[int]:
    courses = TRUCKS.courses(asking)
    order = (Employee.sort_name, Employee.id, Record.title, Record.id)
    return record_ids(asking, courses).where(is_newest(asking, courses)).order_by(*order)


def _notes(asking: Asking) -> Sequence[Said]:
    return (
        (ASKS, {}),
        TRUCKS.note(asking),
        (
            N_(
                "The evaluation is the one noted with the completion, else the evaluation for the certificate, else the"
                " graded work. The next one is due 3 years after it."
            ),
            {},
        ),
        AS_THEN,
    )


def _why_empty(asking: Asking) -> str:
    return TRUCKS.why_empty(asking, _rows, N_("Nobody has completed such a course yet. Look who is assigned."))


FORKLIFT = Report(
    key="forklift",
    title=N_("Forklifts: operator certification"),
    about=N_("Operators, when they were trained and evaluated, by whom, and when the next evaluation is due."),
    columns=(
        Column(N_("employee number"), 9, counted=N_("people")),
        Column(N_("operator"), 14),
        Column(N_("job title"), 11),
        Column(N_("department"), 12),
        Column(N_("course"), 14, counted=N_("courses")),
        Column(N_("date of training"), 9),
        Column(N_("trained by"), 12),
        Column(N_("date of evaluation"), 9),
        Column(N_("evaluated by"), 12),
        Column(N_("equipment"), 10),
        Column(N_("next evaluation due"), 9),
        Column(N_("certificate number"), 10),
        Column(N_("record number"), 8, right=True),
    ),
    rows=_rows,
    ids=_ids,
    fields=(TYPES, COURSES, *PEOPLE),
    may=may_ask,
    why_empty=_why_empty,
    rule="29 CFR 1910.178(l)(6)",
    notes=_notes,
    help_page="regulator-reports",
)
