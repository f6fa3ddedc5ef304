"""Which types a completion supports, and what marking them would come to: for many rows in a few statements (HRD-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_

from lmsapp.compliance.ledger.models import ComplianceType, ComplianceTypeCourse, EmployeeCompliance
from lmsapp.compliance.ledger.rules import held_until, policy_for, renewal_dates
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.quizzes.models import QuizSubmission

Pair = tuple[int, int]  # employee, course or type


@dataclass(frozen=True, slots=True)
class Support:
    """A type that would be marked Complete: since when, renewed by when (None: never). `stands`: it is on record with
    that completion or a later one already."""

    type_id: int
    name: str
    completed_on: dt.date
    renewal_on: dt.date | None
    stands: bool


def course_of_sealed(sealed: SealedFile) -> int | None:
    """The course whose completion or quiz the PDF shows."""
    if sealed.kind == "certificate":
        return db.session.scalar(select(Certificate.course_id).where(Certificate.id == sealed.subject_id))
    quiz = select(Quiz.course_id).join(QuizSubmission, QuizSubmission.quiz_id == Quiz.id)
    return db.session.scalar(quiz.where(QuizSubmission.id == sealed.subject_id))


def completed_on(employee_id: int, course_id: int) -> dt.date | None:
    """The day of the latest completion that counts, where the employee was."""
    return completions([(employee_id, course_id)]).get((employee_id, course_id))


def completions(pairs: Collection[Pair]) -> dict[Pair, dt.date]:
    """(employee, course) -> the day of the latest completion that counts. One statement."""
    if not pairs:
        return {}
    record = CompletionRecord
    rows = db.session.execute(
        select(record.employee_id, record.subject_id, record.local_time)
        .where(
            record.employee_id.is_not(None),  # those of the erased are about nobody
            tuple_(record.employee_id, record.subject_id).in_(list(pairs)),
            record.subject_kind == "course",
            counts(),
        )
        .order_by(record.occurred_at, record.id)
    )
    return {(row[0] or 0, row[1]): dt.datetime.fromisoformat(row[2]).date() for row in rows}


def supported(pairs: Iterable[Pair]) -> dict[Pair, list[Support]]:
    """(employee, course) -> the types in use that its completion supports, by name. Three statements."""
    done = completions(set(pairs))
    types = _types({course_id for _employee, course_id in done})
    wanted = {(pair[0], type_.id) for pair in done for type_ in types.get(pair[1], ())}
    before = _complete_ones(wanted)
    return {
        pair: [_support(pair[0], type_, day, before) for type_ in types.get(pair[1], ())] for pair, day in done.items()
    }


def _types(course_ids: Collection[int]) -> dict[int, list[ComplianceType]]:
    found: dict[int, list[ComplianceType]] = {}
    rows = db.session.execute(
        select(ComplianceTypeCourse.course_id, ComplianceType)
        .join(ComplianceType, ComplianceType.id == ComplianceTypeCourse.type_id)
        .where(ComplianceTypeCourse.course_id.in_(course_ids), ComplianceType.archived_at.is_(None))
        .order_by(ComplianceType.name)
    )
    for course_id, type_ in rows:
        found.setdefault(course_id, []).append(type_)
    return found


def _complete_ones(pairs: Collection[Pair]) -> dict[Pair, list[Any]]:
    """(employee, type) -> decisions 'complete', oldest first."""
    if not pairs:
        return {}
    row = EmployeeCompliance
    found: dict[Pair, list[Any]] = {}
    for one in db.session.execute(
        select(row.employee_id, row.type_id, row.completed_on, row.renewal_on, row.anchor_day, row.replaced_at)
        .where(tuple_(row.employee_id, row.type_id).in_(list(pairs)), row.decision == "complete")
        .order_by(row.completed_on, row.id)
    ):
        found.setdefault((one.employee_id, one.type_id), []).append(one)
    return found


def _support(employee_id: int, type_: ComplianceType, day: dt.date, before: Mapping[Pair, list[Any]]) -> Support:
    mine = before.get((employee_id, type_.id), [])
    policy = policy_for(type_.renewal_months, type_.notice_days, type_.validity_terms)
    earlier = [one for one in mine if one.completed_on < day and one.renewal_on is not None]
    held = None
    if earlier and policy.months is not None:
        last = earlier[-1]
        held = held_until(last.renewal_on, type_.notice_days, policy.grace_days, last.anchor_day)
    try:
        until = renewal_dates(policy, day, held).valid_until
    except RuleBroken:
        until = None
    stands = any(one.replaced_at is None and one.completed_on >= day for one in mine)
    return Support(type_.id, type_.name, day, until, stands)
