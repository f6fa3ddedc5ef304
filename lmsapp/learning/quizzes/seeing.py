"""When right answers may be seen: the one place that decides it for an attempt (QIZ-2, QIZ-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.allowed import attempts_allowed
from lmsapp.learning.quizzes.models import QuizSubmission


@dataclass(frozen=True, slots=True)
class Tries:
    """Attempts of the time round the enrollment is in: how many are left (None: no limit), and how they stand."""

    left: int | None
    passed: bool
    pending: bool

    @property
    def none_left(self) -> bool:
        """Nothing can be tried any more: passed, or all used and none still open, returned or waiting to be graded."""
        return not self.pending and (self.passed or self.left == 0)


def tries_of(enrollment_id: int, quiz_id: int, max_attempts: int | None) -> Tries:
    """One statement, one more where there is a limit."""
    row: Any = db.session.execute(
        select(
            Enrollment.cycle,
            func.count(QuizSubmission.id),
            func.coalesce(func.bool_or(QuizSubmission.passed), False),
            func.coalesce(func.bool_or(QuizSubmission.id.is_not(None) & QuizSubmission.graded_at.is_(None)), False),
        )
        .select_from(Enrollment)
        .outerjoin(
            QuizSubmission,
            (QuizSubmission.enrollment_id == Enrollment.id)
            & (QuizSubmission.quiz_id == quiz_id)
            & (QuizSubmission.cycle == Enrollment.cycle)
            & ~QuizSubmission.practice,
        )
        .where(Enrollment.id == enrollment_id)
        .group_by(Enrollment.id)
    ).one()
    cycle, used, passed, pending = row
    allowed = attempts_allowed(max_attempts, enrollment_id=enrollment_id, cycle=cycle, quiz_id=quiz_id)
    return Tries(rules.attempts_left(allowed, used), passed, pending)


def answers_shown(policy: str, tries: Tries, *, passed: bool | None, practice: bool, returned: bool) -> bool:
    """Whether an attempt handed in may show them; never while it is given back for rework."""
    if returned:
        return False
    return rules.may_see_answers(policy, passed=passed, none_left=tries.none_left, practice=practice)
