"""Claiming a hand-in, and deciding it (QIZ-5). Of two graders at once the second is told what the first said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.tasks.rules import Task
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.markdown import to_html
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments import handed_in
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.scope import gradable_by, is_waiting
from lmsapp.learning.handins import rules
from lmsapp.learning.handins.events import HandInGraded
from lmsapp.learning.handins.facts import Given, given_in
from lmsapp.learning.handins.models import Grading, HandIn, HandInClaim
from lmsapp.learning.handins.rules import Decision, HandInState
from lmsapp.people.viewer import Viewer

DECIDED = {
    Decision.PASS: N_("%(name)s passed this while you were writing."),
    Decision.REWORK: N_("%(name)s sent this back for rework while you were writing."),
    Decision.FAIL: N_("%(name)s decided ‘not passed’ while you were writing."),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a grader says. `points` by criterion; `seen`: how many gradings the page showed; `reason` for a regrade."""

    decision: Decision
    points: Mapping[str, Decimal | None]
    feedback: str = ""
    reason: str = ""
    seen: int = 0


class DecidedMeanwhile(RuleBroken):
    """Somebody else was faster; nothing typed is lost, and the page shows what they decided."""


def claim(hand_in: HandIn, *, by: Viewer) -> HandInClaim:
    """'I am on it', for half an hour; again begins the half hour anew. Raises RuleBroken while somebody else is."""
    now = clock.now()
    write = insert(HandInClaim).values(
        hand_in_id=hand_in.id, user_id=by.user_id, name=by.name, since=now, until=now + rules.CLAIM
    )
    new = write.excluded
    free = (HandInClaim.user_id == by.user_id) | (HandInClaim.until <= now)
    kept = {"user_id": new.user_id, "name": new.name, "since": new.since, "until": new.until}
    db.session.execute(write.on_conflict_do_update(index_elements=["hand_in_id"], set_=kept, where=free))
    held = db.session.get_one(HandInClaim, hand_in.id, populate_existing=True)
    if held.user_id != by.user_id:
        raise RuleBroken(N_("%(name)s is on it. You can still decide, if you have to."), name=held.name)
    return held


def release(hand_in: HandIn, *, by: Viewer) -> None:
    """Not on it any more."""
    own = (HandInClaim.hand_in_id == hand_in.id, HandInClaim.user_id == by.user_id)
    db.session.execute(delete(HandInClaim).where(*own))


def oldest_work(by: Viewer, but: int | None = None) -> list[tuple[dt.datetime, HandIn]]:
    """What waits, is this grader's and that nobody else is on, oldest first, with when it was handed in.

    `but`: not this one.
    """
    others = select(HandInClaim.hand_in_id).where(HandInClaim.user_id != by.user_id, HandInClaim.until > clock.now())
    waiting = (
        select(HandIn)
        .join(Enrollment, Enrollment.id == HandIn.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(is_waiting(), gradable_by(by), HandIn.id.not_in(others), HandIn.id != (but or 0))
        .order_by(HandIn.handed_in_at, HandIn.id)
        .limit(20)
    )
    return [(one.handed_in_at, one) for one in db.session.scalars(waiting)]


def grade(hand_in: HandIn, verdict: Verdict, *, by: Viewer) -> Grading:
    """Decide. `hand_in` has its enrollment with course and employee loaded. The same verdict twice is one.

    From the second grading on it is a regrade: a new entry, with a reason. A pass finishes the lesson and may complete
    the course; 'fail' ends it. Raises RuleBroken, DecidedMeanwhile, NotAllowed.
    """
    enrollment = hand_in.enrollment
    lock_enrollment(enrollment)
    check_grader(hand_in, by)
    given = given_in(enrollment.id, hand_in.lesson_id, hand_in.cycle)
    here = next(one for one in given if one.hand_in.id == hand_in.id)
    if same := _same(here, verdict, by):
        return same
    _check_open(given, here, verdict)
    task = Task.from_json(hand_in.task)
    result = rules.scored(task, verdict.points, complete=verdict.decision is Decision.PASS)
    left = rules.tries_left(task.tries, [one.state for one in given])
    rules.check_decision(task, verdict.decision, result, verdict.feedback, left=left)
    _check_regrade(here, verdict, enrollment)
    row = _write(hand_in, here, verdict, result, by)
    _carry_out(hand_in, row, here.state, by)
    emit(HandInGraded(hand_in, row, enrollment))
    return row


def check_grader(hand_in: HandIn, by: Viewer) -> None:
    """Nobody grades their own work, whatever roles they hold. Raises NotAllowed."""
    own = by.employee_id is not None and hand_in.enrollment.employee_id == by.employee_id
    if own or hand_in.handed_in_by_id == by.user_id:
        raise NotAllowed(N_("Your own work is graded by somebody else."))


def _same(here: Given, verdict: Verdict, by: Viewer) -> Grading | None:
    """The grading a second click of the same page meant."""
    last = here.gradings[-1] if here.gradings else None
    if last is None or last.graded_by_id != by.user_id or last.number != verdict.seen + 1:
        return None
    said = {key: str(value) for key, value in verdict.points.items() if value is not None}
    same = (last.decision, last.points, last.feedback) == (verdict.decision.value, said, verdict.feedback.strip())
    return last if same else None


def _check_open(given: list[Given], here: Given, verdict: Verdict) -> None:
    if here.hand_in.enrollment.withdrawn_at is not None:
        raise RuleBroken(N_("This learner was taken out of the course. Nothing is to be decided."))
    if here.hand_in.cycle != here.hand_in.enrollment.cycle:
        raise RuleBroken(N_("This learner has begun the course anew. What was handed in before stays as it is."))
    if len(here.gradings) > verdict.seen:
        last = here.gradings[-1]
        raise DecidedMeanwhile(DECIDED[Decision(last.decision)], name=last.graded_by_name)
    if given[-1].hand_in.id != here.hand_in.id:
        raise RuleBroken(
            N_("A newer hand-in of this learner is there. Grade that one."), link=("hand_in", given[-1].hand_in.id)
        )


def _check_regrade(here: Given, verdict: Verdict, enrollment: Enrollment) -> None:
    if not here.gradings:
        return
    if not verdict.reason.strip():
        raise RuleBroken(N_("This was decided before. Say why it is judged anew."), field="reason")
    takes_back = here.state is HandInState.PASSED and verdict.decision is not Decision.PASS
    if takes_back and handed_in.complete_this_time(enrollment):
        raise RuleBroken(
            N_("The course is complete with this work; its record stays. A moderator can begin the course anew."),
            field="decision",
        )


def _write(hand_in: HandIn, here: Given, verdict: Verdict, result: rules.Scored, by: Viewer) -> Grading:
    feedback = verdict.feedback.strip()
    row = Grading(
        hand_in_id=hand_in.id,
        number=len(here.gradings) + 1,
        decision=verdict.decision.value,
        points=result.points,
        total=result.total,
        max_points=result.max_points,
        percent=result.percent,
        feedback=feedback,
        feedback_html=to_html(feedback),
        reason=verdict.reason.strip()[:1000] if here.gradings else "",
        graded_at=clock.now(),
        graded_by_id=by.user_id,
        graded_by_name=by.name,
    )
    db.session.add(row)
    db.session.execute(delete(HandInClaim).where(HandInClaim.hand_in_id == hand_in.id))
    db.session.flush()
    last = here.gradings[-1] if here.gradings else None
    record_change(
        "work graded anew" if last else "work graded",
        ("hand_in", hand_in.id),
        by=by,
        before={"decision": last.decision, "points": last.total} if last else None,
        after={"decision": row.decision, "points": row.total, "lesson": hand_in.title, "number": hand_in.number},
        reason=row.reason,
    )
    return row


def _carry_out(hand_in: HandIn, row: Grading, before: HandInState, by: Viewer) -> None:
    """What the decision does to the enrollment."""
    enrollment, decision = hand_in.enrollment, Decision(row.decision)
    if decision is Decision.PASS:
        graded = {
            "hand_in": hand_in.id,
            "number": hand_in.number,
            "by": row.graded_by_name,
            "by_id": row.graded_by_id,
            "at": row.graded_at.isoformat(),
            "percent": None if row.percent is None else str(row.percent),
        }
        handed_in.work_passed(enrollment, hand_in.lesson_id, graded)
        return
    if before is HandInState.PASSED:
        handed_in.work_not_passed_after_all(enrollment, hand_in.lesson_id)
    if decision is Decision.FAIL:
        handed_in.work_failed(enrollment)
    elif before is HandInState.FAILED:
        handed_in.work_may_be_tried_again(enrollment, by=by)
