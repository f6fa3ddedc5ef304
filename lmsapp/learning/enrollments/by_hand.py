"""Completed by a person instead of the rule, and that taken back (ENR-9, SCO-5). Who may: `learning.overrides`."""

from __future__ import annotations

import datetime as dt

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
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
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


def lesson_done_by_hand(enrollment: Enrollment, lesson_id: int, hand: ByHand) -> None:
    """A person says that the lesson is done: it counts as any other, and the record of the course names them.

    Raises RuleBroken where it is done already.
    """
    lock_enrollment(enrollment)
    row = _progress(enrollment, lesson_id)
    if row.done_at is not None:
        raise RuleBroken(N_("This lesson is done already."))
    now = clock.now()
    kept = {"by": hand.by.name, "by_id": hand.by.user_id, "at": now.isoformat(), "reason": hand.reason}
    if hand.approved_by is not None:
        kept["approved_by"] = hand.approved_by.name
    if hand.proof_sha256:
        kept["proof_sha256"] = hand.proof_sha256
    row.detail, row.done_at = {**row.detail, "by_hand": kept}, now
    refresh_progress(enrollment)


def lesson_not_done_after_all(enrollment: Enrollment, lesson_id: int, *, done_at: dt.datetime | None) -> None:
    """That counts no more. `done_at`: when the lesson was done without it, None: it is open again.

    Raises RuleBroken where nobody set it by hand.
    """
    lock_enrollment(enrollment)
    row = _progress(enrollment, lesson_id)
    if "by_hand" not in row.detail:
        raise RuleBroken(N_("Nothing was set by hand here that could be taken back."))
    row.detail = {name: value for name, value in row.detail.items() if name != "by_hand"}
    row.done_at = done_at
    db.session.flush()


def _progress(enrollment: Enrollment, lesson_id: int) -> LessonProgress:
    key = (enrollment.id, enrollment.cycle, lesson_id)
    row = db.session.get(LessonProgress, key, with_for_update=True)
    if row is None:
        first = {"enrollment_id": enrollment.id, "cycle": enrollment.cycle, "lesson_id": lesson_id}
        row = LessonProgress(**first, opened_at=clock.now(), seen=[], detail={})
        db.session.add(row)
    return row
