"""ENR-7, ENR-9: completion, exemption and access by the hand of staff, on real PostgreSQL."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.assignments.actions import assign
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.actions import publish
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import latest_record
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.access import give_back_access, revoke_access
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for, study_view
from lmsapp.learning.overrides.actions import approve, decline, set_by_hand
from lmsapp.learning.overrides.queries import list_overrides, overrides_of
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.quizzes.actions import start_submission, submit
from lmsapp.learning.quizzes.answers import save_answer
from lmsapp.learning.quizzes.granting import grant_attempt, quizzes_used_up
from lmsapp.people.accounts.actions import add_roles
from lmsapp.people.roles import Role
from lmsapp.people.settings.actions import change_settings
from tests.cast import Cast, make_cast, staff
from tests.clock import Clock
from tests.courses.authors import Written
from tests.kept import kept
from tests.learning.finishing import finish

DUE = dt.date(2026, 12, 2)
WHY = "Showed the card from the county course."


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def written(cast: Cast) -> Written:
    return Written(cast.milo.viewer, title="Fall protection").publish()


@pytest.fixture
@kept
def assigned(cast: Cast, written: Written) -> TrainingAssignment:
    return assign(cast.lena.record, written.course, DUE, by=cast.milo.viewer)


def own(cast: Cast, written: Written) -> Enrollment:
    found = enrollment_for(cast.lena.viewer, written.course.id)
    assert found is not None
    return found


def certificate_of(record_id: int) -> Certificate:
    return db.session.scalars(select(Certificate).where(Certificate.record_id == record_id)).one()


def actions_of(enrollment: Enrollment) -> list[str]:
    about = (AuditEntry.subject_kind == "enrollment") & (AuditEntry.subject_id == enrollment.id)
    return list(db.session.scalars(select(AuditEntry.action).where(about).order_by(AuditEntry.id)))


def test_one_moderator_completes_by_hand_and_takes_it_back(
    cast: Cast, written: Written, assigned: TrainingAssignment, clock: Clock
) -> None:
    """ENR-9: a reason and a moderator; record, certificate and assignment as by the rule, marked; taking back undoes."""
    enrollment, milo = own(cast, written), cast.milo.viewer
    with pytest.raises(RuleBroken, match="reason"):
        set_by_hand(enrollment, OverrideKind.COMPLETION, by=milo, reason=" ")
    with pytest.raises(NotAllowed):
        set_by_hand(enrollment, OverrideKind.COMPLETION, by=cast.hana.viewer, reason=WHY)
    with pytest.raises(RuleBroken, match="taken back"):
        set_by_hand(enrollment, OverrideKind.REVOCATION, by=milo, reason=WHY)
    proof = files.store(b"%PDF-1.4 card", name="card.pdf", media_type="application/pdf")
    done = set_by_hand(enrollment, OverrideKind.COMPLETION, by=milo, reason=WHY, proof=proof)
    record = db.session.get_one(CompletionRecord, done.record_id)
    assert (record.how, record.reason, record.actor_name, record.approved_by_name) == ("by hand", WHY, milo.name, None)
    assert record.criteria[-1] == {"kind": "by hand", "met": True, "by": milo.name, "proof sha256": proof.sha256}
    assert not any(one["met"] for one in record.criteria[:-1]), "what the rule asked is not said to be met"
    db.session.refresh(assigned)
    assert (enrollment.progress, enrollment.completed_by_hand, assigned.completed_on) == (
        100,
        True,
        record.occurred_at.date(),
    )
    assert certificate_of(record.id).revoked_at is None
    with pytest.raises(RuleBroken, match="completed already"):
        set_by_hand(enrollment, OverrideKind.COMPLETION, by=milo, reason=WHY)

    clock.move(minutes=5)
    back = set_by_hand(enrollment, OverrideKind.REVOCATION, by=milo, reason="The card was somebody else's.")
    later = db.session.get_one(CompletionRecord, back.record_id)
    db.session.refresh(assigned)
    assert (later.how, later.supersedes_id, later.title) == ("taken back", record.id, "Fall protection")
    assert latest_record(enrollment.employee_id, ("course", enrollment.course_id)) is None
    assert (enrollment.completed_at, enrollment.completed_by_hand, enrollment.progress) == (None, False, 0)
    assert assigned.completed_at is None
    assert certificate_of(record.id).revoke_reason == "The card was somebody else's."
    assert [one for one in actions_of(enrollment) if "certif" not in one] == [
        "enrolled",
        "completion by hand",
        "revocation by hand",
    ]
    again = set_by_hand(enrollment, OverrideKind.COMPLETION, by=milo, reason="The right card came.")
    assert again.record_id != record.id, "a new record; the earlier ones stay"


def test_two_people_decide_where_the_organisation_wants_it(
    cast: Cast, written: Written, assigned: TrainingAssignment
) -> None:
    """ENR-9: never whoever asked, never the learner, once; both names on the record."""
    change_settings({"override_second_person": True}, cast.sam.viewer, "Auditors ask")
    enrollment, milo = own(cast, written), cast.milo.viewer
    mona = staff("Mona Second", Role.MODERATOR).viewer
    add_roles([cast.lena.user.id], Role.MODERATOR, None)
    asked = set_by_hand(enrollment, OverrideKind.COMPLETION, by=milo, reason=WHY)
    assert (asked.state, enrollment.completed_at) == ("waiting", None)
    assert [row.id for row in list_overrides(mona, "waiting").rows] == [asked.id]
    assert list_overrides(cast.hana.viewer, "waiting").rows == []
    with pytest.raises(RuleBroken, match="already"):
        set_by_hand(enrollment, OverrideKind.EXEMPTION, by=mona, reason="Too")
    with pytest.raises(RuleBroken, match="yourself"):
        approve(asked, by=milo)
    with pytest.raises(RuleBroken, match="themselves"):
        approve(asked, by=cast.lena.viewer)
    with pytest.raises(RuleBroken, match="themselves"):
        set_by_hand(enrollment, OverrideKind.COMPLETION, by=cast.lena.viewer, reason="Me")
    with pytest.raises(NotAllowed):
        approve(asked, by=cast.hana.viewer)
    approve(asked, by=mona)
    record = db.session.get_one(CompletionRecord, asked.record_id)
    assert (record.actor_name, record.approved_by_name) == (milo.name, mona.name)
    assert record.criteria[-1]["approved by"] == mona.name
    with pytest.raises(RuleBroken, match="meanwhile"):
        decline(asked, by=mona, reason="Late")
    back = set_by_hand(enrollment, OverrideKind.REVOCATION, by=mona, reason="Wrong person")
    assert enrollment.completed_at is not None
    decline(back, by=milo, reason="It was right")
    assert (back.state, back.decision_reason, enrollment.completed_by_hand) == ("declined", "It was right", True)
    third = set_by_hand(enrollment, OverrideKind.REVOCATION, by=milo, reason="Again")
    decline(third, by=milo, reason="On second thoughts")
    assert [one.state for one in overrides_of(enrollment.id)] == ["dropped", "declined", "applied"]


def test_exempt_and_access(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """ENR-7, ENR-9: exempt closes what is open; access taken away hides the course, keeps the history, comes back."""
    enrollment, milo = own(cast, written), cast.milo.viewer
    set_by_hand(enrollment, OverrideKind.EXEMPTION, by=milo, reason="Works at a desk.")
    db.session.refresh(assigned)
    assert (assigned.closed_as, assigned.close_reason) == ("exempt", "Works at a desk.")
    assert enrollment.exempted_at is not None
    set_by_hand(enrollment, OverrideKind.REVOCATION, by=milo, reason="Moved to the roof.")
    assert enrollment.exempted_at is None
    second = assign(cast.lena.record, written.course, DUE, by=milo)
    with pytest.raises(NotAllowed):
        revoke_access(enrollment, by=cast.carla.viewer, reason="x")
    revoke_access(enrollment, by=milo, reason="Enrolled by mistake.")
    db.session.refresh(second)
    assert (second.closed_as, enrollment_for(cast.lena.viewer, written.course.id)) == ("cancelled", None)
    with pytest.raises(RuleBroken, match="already"):
        revoke_access(enrollment, by=milo, reason="Twice")
    give_back_access(enrollment, by=milo, reason="It was right after all.")
    assert own(cast, written).id == enrollment.id
    assert actions_of(enrollment)[-2:] == ["access revoked", "access given back"]
    assert list(quizzes_used_up(enrollment)) == []
    with pytest.raises(RuleBroken, match="nothing to grant"):
        grant_attempt(enrollment, written.quiz.id, by=milo, reason="Please")


def test_another_attempt_is_granted(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """ENR-7, QIZ-2: failed with attempts used up; one more for a reason, and no more than one; passed by it."""
    written.quiz.max_attempts = 1
    written.text.min_seconds = written.pledge.min_seconds = 0
    publish(written.course, written.by)
    enrollment, milo = own(cast, written), cast.milo.viewer
    view = study_view(cast.lena.viewer, written.course.id)
    assert view is not None
    for state in view.lessons[:2]:
        finish(enrollment, state.line)

    def attempt(*, right: bool) -> None:
        quiz, lesson = quiz_of(enrollment, written.quiz_lesson.id), lesson_of(enrollment, written.quiz_lesson.id)
        assert quiz is not None and lesson is not None
        begun = start_submission(enrollment, quiz, lesson)
        keys = [one["key"] for one in begun.questions[0]["options"] if one["correct"] is right][:1]
        save_answer(begun.id, begun.questions[0]["id"], keys, 1, by=cast.lena.viewer)
        submit(begun, "key")

    attempt(right=False)
    assert enrollment.failed_at is not None
    assert [one.title for one in quizzes_used_up(enrollment)] == ["Check"]
    with pytest.raises(RuleBroken, match="used all"):
        attempt(right=True)
    with pytest.raises(NotAllowed):
        grant_attempt(enrollment, written.quiz.id, by=cast.hana.viewer, reason="Please")
    grant_attempt(enrollment, written.quiz.id, by=milo, reason="The fire alarm rang.")
    assert (enrollment.failed_at, quizzes_used_up(enrollment)) == (None, [])
    with pytest.raises(RuleBroken, match="nothing to grant"):
        grant_attempt(enrollment, written.quiz.id, by=milo, reason="And one more")
    attempt(right=True)
    assert enrollment.completed_at is not None
