"""Asking for a decision by hand, and deciding (ENR-9)."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.records.queries import latest_record
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.files import StoredFile
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.access import check_moderates, needed
from lmsapp.learning.enrollments.by_hand import complete_by_hand, is_done, take_back_completion
from lmsapp.learning.enrollments.completing import ByHand
from lmsapp.learning.enrollments.events import Exempted
from lmsapp.learning.enrollments.handed_in import quiz_not_passed_after_all
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.overrides import rules
from lmsapp.learning.overrides.lessons import apply_to_lesson, check_lesson_possible, lesson_said
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.regrading.lost import lost_passes
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer


def set_by_hand(
    enrollment: Enrollment,
    kind: OverrideKind,
    *,
    by: Viewer,
    reason: str,
    proof: StoredFile | None = None,
    lesson_id: int | None = None,
) -> CompletionOverride:
    """Done at once, or asked of a second person where the organisation wants two. Raises RuleBroken, NotAllowed.

    `proof`: what the learner showed. `lesson_id`: it is about that lesson alone. Employee and course are loaded.
    """
    why = needed(reason)
    lock_enrollment(enrollment)
    check_moderates(by)
    rules.check_not_oneself(by.employee_id, enrollment.employee_id)
    _check_possible(enrollment, kind, lesson_id)
    asked = insert(CompletionOverride).values(
        enrollment_id=enrollment.id,
        kind=kind.value,
        lesson_id=lesson_id,
        reason=why,
        file_id=proof.id if proof else None,
        asked_by_id=by.user_id,
        asked_by_name=by.name,
        asked_at=clock.now(),
        state="waiting",
        decided_by_name="",
        decision_reason="",
    )
    found = db.session.scalars(asked.on_conflict_do_nothing().returning(CompletionOverride)).one_or_none()
    if found is None:
        raise RuleBroken(N_("Somebody asked for a decision here already. It waits under “By hand”."))
    found.enrollment, found.file = enrollment, proof
    if setting("override_second_person"):
        after = {"kind": kind.value, "file": proof.name if proof else None} | lesson_said(found)
        record_change(f"{kind.value} by hand asked", ("enrollment", enrollment.id), by=by, after=after, reason=why)
    else:
        _apply(found, by, approved_by=None)
    db.session.flush()
    return found


def approve(override: CompletionOverride, *, by: Viewer, reason: str = "") -> None:
    """The second person says yes: it is done in this transaction, with both names. Raises RuleBroken, NotAllowed."""
    _decide(override, by)
    asker = Viewer(user_id=override.asked_by_id, employee_id=None, name=override.asked_by_name, email="")
    override.decided_by_id, override.decided_by_name = by.user_id, by.name
    override.decision_reason = reason.strip()
    _apply(override, asker, approved_by=by)
    db.session.flush()


def decline(override: CompletionOverride, *, by: Viewer, reason: str) -> None:
    """The second person says no, and why. Whoever asked may also drop it."""
    why = needed(reason)
    if by.user_id == override.asked_by_id:
        _close(override, "dropped", by, why)
        return
    _decide(override, by)
    _close(override, "declined", by, why)


def _close(override: CompletionOverride, state: str, by: Viewer, why: str) -> None:
    db.session.refresh(override, ["state"], with_for_update=True)
    _check_waits(override)
    override.state, override.decided_at, override.decision_reason = state, clock.now(), why
    override.decided_by_id, override.decided_by_name = by.user_id, by.name
    about = ("enrollment", override.enrollment_id)
    record_change(
        f"{override.kind} by hand {state}",
        about,
        by=by,
        after={"kind": override.kind} | lesson_said(override),
        reason=why,
    )
    db.session.flush()


def _decide(override: CompletionOverride, by: Viewer) -> None:
    lock_enrollment(override.enrollment)
    db.session.refresh(override, ["state"], with_for_update=True)
    check_moderates(by)
    rules.check_second_person(by.user_id, override.asked_by_id)
    rules.check_not_oneself(by.employee_id, override.enrollment.employee_id)
    _check_waits(override)


def _check_waits(override: CompletionOverride) -> None:
    if override.state != "waiting":
        raise RuleBroken(N_("This was decided meanwhile."))


def _check_possible(enrollment: Enrollment, kind: OverrideKind, lesson_id: int | None) -> None:
    if lesson_id is not None or kind is OverrideKind.LESSON:
        check_lesson_possible(enrollment, lesson_id)
        return
    rules.check_possible(
        kind,
        completed=is_done(enrollment),
        by_hand=enrollment.completed_by_hand or bool(lost_passes(enrollment)),
        exempt=enrollment.exempted_at is not None,
        withdrawn=enrollment.withdrawn_at is not None,
    )


def _apply(override: CompletionOverride, by: Viewer, *, approved_by: Viewer | None) -> None:
    """Do it. Facts may have changed since it was asked: they are looked at again."""
    enrollment, kind = override.enrollment, OverrideKind(override.kind)
    _check_possible(enrollment, kind, override.lesson_id)
    proof = override.file.sha256 if override.file else ""
    hand = ByHand(by, override.reason, approved_by, proof)
    if override.lesson_id is not None:
        override.record_id = apply_to_lesson(enrollment, override.lesson_id, kind, hand)
    elif kind is OverrideKind.COMPLETION:
        override.record_id = complete_by_hand(enrollment, hand).id
    elif kind is OverrideKind.EXEMPTION:
        enrollment.exempted_at = clock.now()
    elif enrollment.exempted_at is not None:
        enrollment.exempted_at = None
    else:
        override.record_id = _take_back(enrollment, hand)
    override.state, override.decided_at = "applied", clock.now()
    after = {
        "kind": kind.value,
        "approved_by": approved_by.name if approved_by else None,
        "proof_sha256": proof or None,
        **lesson_said(override),
    }
    about = ("enrollment", enrollment.id)
    record_change(f"{kind.value} by hand", about, by=by, before={}, after=after, reason=override.reason)
    db.session.flush()
    if kind is OverrideKind.EXEMPTION:
        emit(Exempted(enrollment, approved_by or by, override.reason))


def _take_back(enrollment: Enrollment, hand: ByHand) -> int:
    record = latest_record(enrollment.employee_id, ("course", enrollment.course_id))
    lost = lost_passes(enrollment)
    if record is None or (record.how != "by hand" and not lost):
        raise RuleBroken(N_("Nothing was set by hand here that could be taken back."))
    for lesson_id, attempt in lost:
        quiz_not_passed_after_all(enrollment, lesson_id, attempt=attempt)
    return take_back_completion(enrollment, record, hand).id
