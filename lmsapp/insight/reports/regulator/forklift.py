"""The certification of operators of powered industrial trucks, 29 CFR 1910.178(l)(6) (REP-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CTE, Date, Select, cast, literal, select
from sqlalchemy.dialects.postgresql import INTERVAL

from lmsapp.infra.words import N_
from lmsapp.insight.reports.regulator.latest import by_name, latest_ids, latest_of, who_and_when
from lmsapp.insight.reports.regulator.records import day_or_word, word_or
from lmsapp.insight.reports.regulator.regulated import NOBODY_YET, regulated
from lmsapp.insight.reports.regulator.subject import Subject
from lmsapp.insight.reports.regulator.training import Join, Trained, evaluation
from lmsapp.insight.reports.report import Asking, Column

TRUCKS = Subject(
    r"1910\.178([^0-9]|$)",
    N_(
        "No course is about powered industrial trucks yet. Give the course the citation 29 CFR 1910.178, let it support"
        " a compliance type with that reference, or choose courses above."
    ),
)
AGAIN_AFTER = "3 years"  # 1910.178(l)(4)(iii)


def _evaluated(asking: Asking, how: Trained, standing: CTE) -> tuple[tuple[Join, ...], Sequence[Any]]:
    joins, on, by = evaluation(asking, how.said, standing)
    return joins, (how.said.c.equipment, on.label("evaluated_on"), by.label("evaluated_by"))


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    latest = latest_of(asking, TRUCKS, _evaluated)
    again = cast(latest.c.evaluated_on + cast(literal(AGAIN_AFTER), INTERVAL), Date)
    return select(
        *who_and_when(latest),
        day_or_word(latest.c.evaluated_on),
        word_or(latest.c.evaluated_by),
        word_or(latest.c.equipment),
        day_or_word(again, _("not evaluated")),
        word_or(latest.c.certificate, _("none")),
        latest.c.record_id,
    ).order_by(*by_name(latest))


def _ids(asking: Asking) -> Select[int]:
    return latest_ids(asking, TRUCKS)


FORKLIFT = regulated(
    key="forklift",
    title=N_("Forklifts: operator certification"),
    about=N_("Operators, when they were trained and evaluated, by whom, and when the next evaluation is due."),
    rule="29 CFR 1910.178(l)(6)",
    subject=TRUCKS,
    asks=N_(
        "The rule asks for the name of the operator, the date of the training, the date of the evaluation, and who"
        " trained or evaluated. Operators are evaluated again at least every 3 years."
    ),
    counted=(
        N_(
            "The evaluation is the one noted with the completion, else the evaluation for the certificate, else the"
            " graded work. The next one is due 3 years after it."
        ),
    ),
    nobody=NOBODY_YET,
    rows=_rows,
    ids=_ids,
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
)
