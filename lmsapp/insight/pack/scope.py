"""Which rows that testify belong in a pack: those about its people in its time, and what they hang together with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import EmployeeCompliance
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.ledger.sources import Source
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.signatures.models import Signature
from lmsapp.insight.pack.population import Chosen
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.quizzes.models import QuizSubmission


def rows_in(source: Source, chosen: Chosen) -> ColumnElement[bool]:
    """Whether a row of the source is in. Kinds not named here: by person and time, in packs over every course."""
    model: Any = source.model
    own = OWN.get(source.kind)
    if own is not None:
        return own(chosen)
    narrow: ColumnElement[bool] = literal(chosen.courses is None)
    if hasattr(model, "course_id"):
        narrow = chosen.of_courses(model.course_id)
    return chosen.of_people(getattr(model, source.employee)) & chosen.in_time(getattr(model, source.occurred)) & narrow


def completions(chosen: Chosen) -> ColumnElement[bool]:
    """In its time; of each person and course the last one before, which was in force when it began; and whatever
    corrects or takes back one of them, whenever that was."""
    record = CompletionRecord
    mine = [chosen.of_people(record.employee_id)]
    if chosen.courses is not None:
        mine += [record.subject_kind == "course", chosen.of_courses(record.subject_id)]
    within = select(record.id).where(*mine, chosen.in_time(record.occurred_at))
    what = (record.employee_id, record.subject_kind, record.subject_id)
    before = (
        select(record.id)
        .ext(distinct_on(*what))
        .where(*mine, record.occurred_at < chosen.start)
        .order_by(*what, record.occurred_at.desc(), record.id.desc())
    )
    both = within.union_all(before).subquery()
    corrected = select(record.id).where(record.supersedes_id.in_(select(both.c.id)))
    return or_(record.id.in_(select(both.c.id)), record.id.in_(corrected))


def decisions(chosen: Chosen) -> ColumnElement[bool]:
    """Made in its time, or in force at some moment of it."""
    row = EmployeeCompliance
    in_force = (row.decided_at < chosen.end) & (row.replaced_at.is_(None) | (row.replaced_at >= chosen.start))
    return chosen.of_people(row.employee_id) & chosen.of_types(row.type_id) & in_force


def certificates(chosen: Chosen) -> ColumnElement[bool]:
    """Of the completions that are in."""
    mine = chosen.of_people(Certificate.employee_id) & chosen.of_courses(Certificate.course_id)
    return mine & Certificate.record_id.in_(select(CompletionRecord.id).where(completions(chosen)))


def signatures(chosen: Chosen) -> ColumnElement[bool]:
    """Of policies and texts: they hang on no course, so packs over all courses have them."""
    mine = chosen.of_people(Signature.employee_id) & chosen.in_time(Signature.signed_at)
    return mine & literal(chosen.courses is None)


def sealed(chosen: Chosen) -> ColumnElement[bool]:
    """PDFs of what is in: certificates, quiz reports of its time and courses, signatures."""
    attempts = (
        select(QuizSubmission.id)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .where(chosen.of_courses(Quiz.course_id), chosen.in_time(QuizSubmission.submitted_at))
    )
    parts: dict[str, Select[Any]] = {
        "certificate": select(Certificate.id).where(certificates(chosen)),
        "quiz_report": attempts,
        "signature": select(Signature.id).where(signatures(chosen)),
    }
    of_kind = [(SealedFile.kind == kind) & SealedFile.subject_id.in_(ids) for kind, ids in parts.items()]
    return chosen.of_people(SealedFile.employee_id) & or_(*of_kind)


def documents(chosen: Chosen) -> ColumnElement[bool]:
    """Evidence of decisions and filed PDFs that are in; in packs over every course also what was filed in its time."""
    row = EmployeeDocument
    shown = select(EmployeeCompliance.evidence_id).where(decisions(chosen), EmployeeCompliance.evidence_id.is_not(None))
    made_of = select(SealedFile.id).where(sealed(chosen))
    filed = chosen.in_time(row.filed_at) & literal(chosen.courses is None)
    return chosen.of_people(row.employee_id) & or_(row.id.in_(shown), row.sealed_file_id.in_(made_of), filed)


OWN: dict[str, Callable[[Chosen], ColumnElement[bool]]] = {
    "completion_record": completions,
    "employee_compliance": decisions,
    "certificate": certificates,
    "signature": signatures,
    "sealed_file": sealed,
    "employee_document": documents,
}
