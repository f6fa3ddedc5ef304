"""Completed by a person instead of the rule, and that taken back (ENR-9). Who may is asked in `learning.overrides`."""

from __future__ import annotations

from lmsapp.evidence.records.actions import take_back_record
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import latest_record
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments import rules
from lmsapp.learning.enrollments.actions import begin_again, refresh_progress
from lmsapp.learning.enrollments.completing import ByHand, complete_enrollment
from lmsapp.learning.enrollments.events import CompletionTakenBack, ProgressMade
from lmsapp.learning.enrollments.facts import standing_of, status_of
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.rules import EnrollmentStatus


def is_done(enrollment: Enrollment) -> bool:
    """Completed, and not due again; employee loaded."""
    today = clock.today(enrollment.employee.time_zone)
    return enrollment.complete and status_of(enrollment, today) is EnrollmentStatus.COMPLETED


def complete_by_hand(enrollment: Enrollment, hand: ByHand) -> CompletionRecord:
    """The same record, certificate and news as any completion, marked as what it is.

    Where the course is due again, it completes the next time round. Raises RuleBroken when it is completed already.
    """
    lock_enrollment(enrollment)
    if is_done(enrollment):
        raise RuleBroken(N_("This course is completed already."))
    if enrollment.complete:
        begin_again(enrollment, by=hand.by, why=hand.reason)
    now_started = enrollment.started_at is None
    if now_started:
        enrollment.started_at = clock.now()
        enrollment.content_version = enrollment.course.content_version or None
    standing = standing_of(enrollment)
    enrollment.progress = rules.progress(len(standing.finished), len(standing.outline.lessons), complete=True)
    emit(ProgressMade(enrollment, now_started=now_started))
    return complete_enrollment(enrollment, standing, standing.judgement(), hand)


def take_back_completion(enrollment: Enrollment, record: CompletionRecord, hand: ByHand) -> CompletionRecord:
    """A completion set by hand counts no more: a new record says so, and the facts are judged again.

    What counts then is an earlier completion, or the rule if it is met, or nothing.
    """
    lock_enrollment(enrollment)
    later = take_back_record(record, by=hand.by, reason=hand.reason, approved_by=hand.approved_by)
    before = latest_record(enrollment.employee_id, ("course", enrollment.course_id))
    enrollment.completed_at = before.occurred_at if before else None
    enrollment.completed_by_hand = before is not None and before.how == "by hand"
    if before is not None and enrollment.cycle > 1 and enrollment.renewal_started_at is None:
        enrollment.renewal_started_at = clock.now()  # the time round it had completed is being taken again
    db.session.flush()
    emit(CompletionTakenBack(enrollment, later, record, hand.approved_by or hand.by))
    refresh_progress(enrollment)
    return later
