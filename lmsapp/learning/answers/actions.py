"""Grading open answers, giving them back, and who is on them (QIZ-5). Of two graders at once the second is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.answers import rules
from lmsapp.learning.answers.events import AnswersReturned
from lmsapp.learning.answers.models import QuizClaim, QuizMark
from lmsapp.learning.answers.rules import Mark
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.rules import CLAIM
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.learning.quizzes.outcome import keep_grading, settle_result
from lmsapp.learning.regrading.applying import attempt_of, held_submission, latest_grading, note_regrade
from lmsapp.learning.regrading.rules import rescored
from lmsapp.people.viewer import Viewer

GRADED = N_("%(name)s graded this attempt while you were writing.")
RETURNED = N_("%(name)s gave answers of this attempt back while you were writing.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a grader says, by question id. `seen`: how many gradings the page showed; `reason` for a regrade."""

    marks: Mapping[int, Mark]
    reason: str = ""
    seen: int = 0


class GradedMeanwhile(RuleBroken):
    """Somebody else was faster; nothing typed is lost, and the page shows what they decided."""


def claim_answers(submission_id: int, *, by: Viewer) -> QuizClaim:
    """'I am on it', for half an hour; again begins the half hour anew. Raises RuleBroken while somebody else is."""
    now = clock.now()
    write = insert(QuizClaim).values(
        submission_id=submission_id, user_id=by.user_id, name=by.name, since=now, until=now + CLAIM
    )
    new = write.excluded
    free = (QuizClaim.user_id == by.user_id) | (QuizClaim.until <= now)
    kept = {"user_id": new.user_id, "name": new.name, "since": new.since, "until": new.until}
    db.session.execute(write.on_conflict_do_update(index_elements=["submission_id"], set_=kept, where=free))
    held = db.session.get_one(QuizClaim, submission_id, populate_existing=True)
    if held.user_id != by.user_id:
        raise RuleBroken(N_("%(name)s is on it. You can still decide, if you have to."), name=held.name)
    return held


def release_answers(submission_id: int, *, by: Viewer) -> None:
    """Not on it any more."""
    own = (QuizClaim.submission_id == submission_id, QuizClaim.user_id == by.user_id)
    db.session.execute(delete(QuizClaim).where(*own))


def grade_attempt(submission: QuizSubmission, verdict: Verdict, *, by: Viewer) -> QuizGrading:
    """Points for every open answer; the attempt is scored, and what follows follows. The same verdict twice is one.

    After the first time it is a regrade: a new entry, with a reason. Raises RuleBroken, GradedMeanwhile, NotAllowed.
    """
    submission, enrollment = _open(submission, by)
    last = latest_grading(submission.id)
    decided = submission.graded_at is not None
    if last is not None and _same(last, verdict, by):
        return last
    _check_seen(submission, verdict)
    open_now = to_grade(submission, last)
    rules.check_complete(open_now, verdict.marks)
    if decided and not verdict.reason.strip():
        raise RuleBroken(N_("This was decided before. Say why it is judged anew."), field="reason")
    attempt = attempt_of(submission, last.corrections if last else None)
    points = {one["id"]: verdict.marks[one["id"]].points or Decimal(0) for one in open_now}
    scored = rescored(attempt, attempt.corrections, points)
    grading = keep_grading(
        submission,
        scored,
        "regraded" if decided else "graded",
        by=by,
        feedback=_feedback(last, verdict.marks),
        corrections=attempt.corrections,
        reason=verdict.reason.strip()[:1000] if decided else "",
    )
    _keep_marks(submission.id, verdict.marks, by)
    submission.returned = None
    db.session.execute(delete(QuizClaim).where(QuizClaim.submission_id == submission.id))
    if decided:
        note_regrade(submission, enrollment, attempt.outcome, grading, by=by)
    else:
        _note("attempt graded", submission, grading, by)
    db.session.flush()
    settle_result(submission, enrollment, grading, first=not decided)
    return grading


def return_answers(submission: QuizSubmission, wanted: Sequence[int], verdict: Verdict, *, by: Viewer) -> QuizGrading:
    """Give answers back for rework, each with words; the others keep their points. It costs no attempt.

    Raises RuleBroken, GradedMeanwhile, NotAllowed.
    """
    submission, enrollment = _open(submission, by)
    last = latest_grading(submission.id)
    _check_seen(submission, verdict)
    if submission.graded_at is not None:
        raise RuleBroken(N_("This attempt is decided. Change the points instead, with a reason."), field="return")
    said = rules.returned_words(to_grade(submission, last), wanted, verdict.marks)
    attempt = attempt_of(submission, last.corrections if last else None)
    grading = keep_grading(
        submission,
        rescored(attempt, attempt.corrections),
        "returned",
        by=by,
        feedback=_feedback(last, verdict.marks),
        corrections=attempt.corrections,
    )
    _keep_marks(submission.id, {key: mark for key, mark in verdict.marks.items() if key not in wanted}, by)
    given_back = (QuizMark.submission_id == submission.id, QuizMark.question_id.in_(wanted))
    db.session.execute(delete(QuizMark).where(*given_back))
    submission.returned = {"questions": said, "by": by.name, "at": clock.now().isoformat()}
    db.session.execute(delete(QuizClaim).where(QuizClaim.submission_id == submission.id))
    _note("answers given back", submission, grading, by)
    db.session.flush()
    emit(AnswersReturned(submission, enrollment, grading))
    return grading


def mark_answer(submission: QuizSubmission, question_id: int, mark: Mark, *, by: Viewer, seen: int) -> bool:
    """Points for one answer, where all answers to one question are graded. The last one scores the attempt.

    Whether it did. Raises RuleBroken, GradedMeanwhile, NotAllowed.
    """
    submission, _enrollment = _open(submission, by)
    verdict = Verdict({question_id: mark}, seen=seen)
    _check_seen(submission, verdict)
    if submission.graded_at is not None:
        raise RuleBroken(N_("This attempt is decided already."))
    open_now = to_grade(submission, latest_grading(submission.id))
    rules.check_complete([one for one in open_now if one["id"] == question_id], verdict.marks)
    _keep_marks(submission.id, verdict.marks, by)
    db.session.flush()
    marks = marks_of(submission.id)
    if any(one["id"] not in marks or marks[one["id"]].points is None for one in open_now):
        after = {"number": submission.number, "question": question_id, "points": mark.points}
        record_change("answer marked", ("enrollment", submission.enrollment_id), by=by, after=after)
        return False
    grade_attempt(submission, Verdict(marks, seen=seen), by=by)
    return True


def to_grade(submission: QuizSubmission, last: QuizGrading | None) -> list[rules.Question]:
    """Open questions with an answer that count; one left out of the score, or left empty, needs no grader."""
    answered = {one["id"] for one in submission.result or () if one["given"]}
    out = {key for key, instead in (last.corrections if last else {}).items() if {"points", "full"} & set(instead)}
    asked = rules.open_questions(submission.questions)
    return [one for one in asked if one["id"] in answered and str(one["id"]) not in out]


def marks_of(submission_id: int) -> dict[int, Mark]:
    """What was said of single answers so far, by question id."""
    rows = db.session.scalars(select(QuizMark).where(QuizMark.submission_id == submission_id))
    return {row.question_id: mark_in(row) for row in rows}


def mark_in(row: QuizMark) -> Mark:
    """As it was given."""
    return Mark(row.points, {key: Decimal(value) for key, value in row.criteria.items()}, row.feedback)


def _open(submission: QuizSubmission, by: Viewer) -> tuple[QuizSubmission, Enrollment]:
    """Held, and still to be graded by this person. Nobody grades their own work, whatever roles they hold."""
    submission, enrollment = held_submission(submission.id)
    own = by.employee_id is not None and enrollment.employee_id == by.employee_id
    if own or enrollment.employee.user_id == by.user_id:
        raise NotAllowed(N_("Your own work is graded by somebody else."))
    if submission.submitted_at is None or submission.practice:
        raise RuleBroken(N_("This attempt is not handed in."))
    if enrollment.withdrawn_at is not None:
        raise RuleBroken(N_("This learner was taken out of the course. Nothing is to be decided."))
    if submission.cycle != enrollment.cycle:
        raise RuleBroken(N_("This learner has begun the course anew. What was handed in before stays as it is."))
    return submission, enrollment


def _check_seen(submission: QuizSubmission, verdict: Verdict) -> None:
    counted = select(func.count()).where(QuizGrading.submission_id == submission.id)
    if (db.session.scalar(counted) or 0) > verdict.seen:
        last = latest_grading(submission.id)
        if last is not None and last.by_id is not None:
            raise GradedMeanwhile(RETURNED if last.kind == "returned" else GRADED, name=last.by_name)
        raise GradedMeanwhile(N_("This attempt has changed meanwhile. Look at it again."))
    if submission.returned is not None:
        raise RuleBroken(N_("Answers of this attempt were given back. Wait until the learner hands in again."))


def _same(last: QuizGrading, verdict: Verdict, by: Viewer) -> bool:
    """Whether a second click of the same page meant this grading."""
    if last.by_id != by.user_id or last.number != verdict.seen + 1 or last.kind not in ("graded", "regraded"):
        return False
    points = {one["id"]: Decimal(str(one["points"])) for one in last.result}
    return all(mark.points is not None and points.get(key) == mark.points for key, mark in verdict.marks.items())


def _feedback(last: QuizGrading | None, marks: Mapping[int, Mark]) -> dict[str, Any]:
    said = {str(key): mark.feedback for key, mark in marks.items()}
    return {key: words for key, words in {**(last.feedback if last else {}), **said}.items() if words}


def _keep_marks(submission_id: int, marks: Mapping[int, Mark], by: Viewer) -> None:
    for question_id, mark in marks.items():
        said = {
            "points": mark.points,
            "criteria": {key: str(value) for key, value in mark.criteria.items()},
            "feedback": mark.feedback,
            "by_id": by.user_id,
            "by_name": by.name,
            "at": clock.now(),
        }
        write = insert(QuizMark).values(submission_id=submission_id, question_id=question_id, **said)
        db.session.execute(write.on_conflict_do_update(index_elements=["submission_id", "question_id"], set_=said))


def _note(action: str, submission: QuizSubmission, grading: QuizGrading, by: Viewer) -> None:
    after = {
        "number": submission.number,
        "quiz": submission.quiz_id,
        "points": grading.points,
        "percent": grading.percent,
        "passed": grading.passed,
    }
    record_change(action, ("enrollment", submission.enrollment_id), by=by, after=after)
