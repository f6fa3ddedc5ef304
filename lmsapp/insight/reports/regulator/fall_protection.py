"""The certification record of fall protection training, 29 CFR 1926.503(b) (REP-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CTE, Date, Select, case, cast, func, literal, select

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import site
from lmsapp.infra.words import N_
from lmsapp.insight.reports.regulator.latest import by_name, latest_ids, latest_of, who_and_when
from lmsapp.insight.reports.regulator.records import AS_DAY, NOT_RECORDED, day_or_word, word_or
from lmsapp.insight.reports.regulator.regulated import NOBODY_YET, regulated
from lmsapp.insight.reports.regulator.subject import Subject
from lmsapp.insight.reports.regulator.training import Join, Trained
from lmsapp.insight.reports.report import Asking, Column
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


def _signed(asking: Asking, how: Trained, _standing: CTE) -> tuple[tuple[Join, ...], Sequence[Any]]:
    """The seal of the certificate, and training by another employer."""
    sealed = (SealedFile.kind == "certificate") & (SealedFile.subject_id == Certificate.id)
    seal: Join = (SealedFile, sealed & (SealedFile.ready_at <= asking.now))
    on = cast(func.timezone(Employee.time_zone, SealedFile.ready_at), Date).label("sealed_on")
    return (seal,), (on, how.said.c.adequate_on, how.said.c.given_by)


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    latest = latest_of(asking, FALLS, _signed)
    unknown = literal(_(NOT_RECORDED))
    signed = case(
        (latest.c.sealed_on.is_not(None), literal(_("%(name)s, electronic seal", name=site.organisation()))),
        else_=unknown,
    )
    elsewhere = case((latest.c.how == "by hand", unknown), else_=literal(_("trained here")))
    return select(
        *who_and_when(latest),
        signed,
        day_or_word(latest.c.sealed_on),
        func.coalesce(func.to_char(latest.c.adequate_on, AS_DAY), elsewhere),
        word_or(latest.c.given_by, "–"),
        in_words(latest.c.status, latest.c.course_id, *asking.labels),
        latest.c.valid_until,
        word_or(latest.c.certificate, _("none")),
        latest.c.record_id,
    ).order_by(*by_name(latest))


def _ids(asking: Asking) -> Select[int]:
    return latest_ids(asking, FALLS)


FALL_PROTECTION = regulated(
    key="fall-protection",
    title=N_("Fall protection: certification record"),
    about=N_("Who was trained, when, who signed for it, and when training elsewhere was found adequate."),
    rule="29 CFR 1926.503(b)",
    subject=FALLS,
    asks=N_(
        "The rule asks for the name of the employee trained, the dates of the training, and the signature of the"
        " trainer or the employer; where training by another employer is relied on, the day it was found adequate."
        " The latest certification is kept."
    ),
    counted=(
        N_(
            "Of each person and course the latest certification. The employer signs by the electronic seal of the"
            " certificate; without a certificate there is no signature here."
        ),
        N_(
            "Where training by another employer is relied on, HR notes the day it was found adequate: in the"
            " employee file, at the course, under What a rule asks for."
        ),
    ),
    nobody=NOBODY_YET,
    statuses="enrollments",
    rows=_rows,
    ids=_ids,
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
)
