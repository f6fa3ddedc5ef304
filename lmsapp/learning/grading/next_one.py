"""The next one to grade, of hand-ins and attempts alike: the oldest that nobody is on, claimed (QIZ-5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.answers.actions import claim_answers
from lmsapp.learning.answers.models import QuizClaim
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.actions import claim, oldest_work
from lmsapp.learning.grading.queue import Kind
from lmsapp.learning.grading.scope import answers_gradable_by, answers_wait
from lmsapp.learning.handins.models import HandIn
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NextOne:
    """What is to be graded next, claimed: a hand-in or an attempt by its id."""

    kind: Kind
    id: int


def claim_next(*, by: Viewer, but: int | None = None, but_answers: int | None = None) -> NextOne | None:
    """Claimed for this grader; None: there is none. `but`, `but_answers`: not this hand-in, not this attempt."""
    found: list[tuple[dt.datetime, HandIn | QuizSubmission]] = [
        *oldest_work(by, but),
        *_oldest_answers(by, but_answers),
    ]
    for _at, one in sorted(found, key=lambda pair: pair[0]):
        try:
            return _claimed(one, by)
        except RuleBroken:
            continue  # somebody took it this instant
    return None


def _claimed(one: HandIn | QuizSubmission, by: Viewer) -> NextOne:
    if isinstance(one, HandIn):
        claim(one, by=by)
        return NextOne(Kind.WORK, one.id)
    claim_answers(one.id, by=by)
    return NextOne(Kind.ANSWERS, one.id)


def _oldest_answers(by: Viewer, but: int | None) -> list[tuple[dt.datetime, QuizSubmission]]:
    others = select(QuizClaim.submission_id).where(QuizClaim.user_id != by.user_id, QuizClaim.until > clock.now())
    waiting = (
        select(QuizSubmission)
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(
            answers_wait(),
            answers_gradable_by(by),
            QuizSubmission.id.not_in(others),
            QuizSubmission.id != (but or 0),
        )
        .order_by(QuizSubmission.submitted_at, QuizSubmission.id)
        .limit(20)
    )
    return [(one.submitted_at, one) for one in db.session.scalars(waiting) if one.submitted_at]
