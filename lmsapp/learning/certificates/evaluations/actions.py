"""Asking for an evaluation with a completion, and deciding it (CRT-1)."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.certificates.actions import issue_certificate
from lmsapp.learning.certificates.evaluations.events import EvaluationDecided
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.certificates.plans import Issuing, plan_of
from lmsapp.learning.enrollments.events import CompletionTakenBack, CourseCompleted
from lmsapp.people.viewer import Viewer

LONGEST_REASON = 1000


class Verdict(StrEnum):
    """What an evaluator says."""

    AWARD = "awarded"
    NOT_AWARD = "not awarded"


def ask_evaluation(event: CourseCompleted) -> None:
    """The completion stands; its certificate waits where the course asks for an evaluation."""
    enrollment, record = event.enrollment, event.record
    if plan_of(course_id=enrollment.course_id).issuing is not Issuing.EVALUATION:
        return
    values = {"record_id": record.id, "enrollment_id": enrollment.id, "state": "waiting", "asked_at": clock.now()}
    row = insert(CertificateEvaluation).values(**values, decided_by_name="", reason="")
    new = db.session.scalar(
        row.on_conflict_do_nothing(index_elements=["record_id"]).returning(CertificateEvaluation.id)
    )
    if new is not None:
        after = {"record": record.id, "title": record.title}
        record_change("evaluation asked", ("enrollment", enrollment.id), by=None, after=after)


def close_evaluation(event: CompletionTakenBack) -> None:
    """What was to be evaluated counts no more."""
    mine = (CertificateEvaluation.record_id == event.of.id, CertificateEvaluation.state != "awarded")
    found = db.session.scalar(select(CertificateEvaluation).where(*mine).with_for_update())
    if found is not None:
        found.state, found.decided_at = "closed", clock.now()
        about = ("enrollment", found.enrollment_id)
        record_change("evaluation closed", about, by=event.by, after={"state": "closed"}, reason=event.record.reason)
        db.session.flush()


def decide_evaluation(evaluation: CertificateEvaluation, verdict: Verdict, *, by: Viewer, reason: str) -> None:
    """Award, and the certificate is issued in this transaction; or not, and the learner is told why.

    What was not awarded may be awarded later; what was awarded is revoked instead. Enrollment with employee and course,
    and record, are loaded. Raises NotAllowed or RuleBroken.
    """
    enrollment = evaluation.enrollment
    if by.employee_id is not None and by.employee_id == enrollment.employee_id:
        raise NotAllowed(N_("Your own completion is evaluated by somebody else."))
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise RuleBroken(N_("Give a reason of at most %(most)s characters; the learner reads it."), field="reason",
                         most=LONGEST_REASON)  # fmt: skip
    db.session.refresh(evaluation, ["state", "decided_by_name"], with_for_update=True)
    before = evaluation.state
    _check_open(evaluation, verdict)
    evaluation.state, evaluation.reason, evaluation.decided_at = verdict.value, reason, clock.now()
    evaluation.decided_by_id, evaluation.decided_by_name = by.user_id, by.name
    db.session.flush()
    about, after = ("enrollment", enrollment.id), {"verdict": verdict.value, "record": evaluation.record_id}
    record_change("evaluation decided", about, by=by, before={"verdict": before}, after=after, reason=reason)
    if verdict is Verdict.AWARD:
        issue_certificate(enrollment, evaluation.record)
    emit(EvaluationDecided(evaluation, by))


def _check_open(evaluation: CertificateEvaluation, verdict: Verdict) -> None:
    if evaluation.state == "closed":
        raise RuleBroken(N_("This completion was taken back; there is nothing to evaluate."))
    if evaluation.state in ("awarded", verdict.value):
        name = evaluation.decided_by_name
        raise RuleBroken(N_("%(name)s decided this meanwhile. Load the page anew to see how."), name=name)
