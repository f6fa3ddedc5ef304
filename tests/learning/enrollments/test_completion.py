"""CRS-3, ENR-2, ENR-3, EVD-1, ASG-2, ASG-8: from the first lesson to the record, on real PostgreSQL."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from lmsapp.assignments.actions import assign
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.queries import LessonLine, content_version
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.signatures.models import Signature, SigningTextVersion
from lmsapp.evidence.signatures.rules import Words, fingerprint
from lmsapp.evidence.signatures.texts import text_of_source
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments import actions
from lmsapp.learning.enrollments.facts import lesson_of
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.enrollments.queries import enrollment_for, my_courses, study_view
from lmsapp.learning.enrollments.signing import Signing, lesson_words, sign_lesson
from lmsapp.learning.enrollments.why import why_not_complete
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.courses.authors import Written
from tests.evidence.signing import can_sign
from tests.kept import kept
from tests.learning.beats import Visit
from tests.learning.finishing import MEANING, PASSWORD, finish

DUE = dt.date(2026, 12, 2)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
@kept
def written(cast: Cast) -> Written:
    return without_waiting(Written(cast.milo.viewer, title="HIPAA Privacy Basics"))


def without_waiting(course: Written) -> Written:
    """Published, and no lesson asks for a least time."""
    course.text.min_seconds = course.pledge.min_seconds = 0
    return course.publish()


@pytest.fixture
@kept
def assigned(cast: Cast, written: Written) -> TrainingAssignment:
    return assign(cast.lena.record, written.course, DUE, by=cast.milo.viewer)


def own(cast: Cast, written: Written) -> Enrollment:
    found = enrollment_for(cast.lena.viewer, written.course.id)
    assert found is not None
    return found


def lines(cast: Cast, written: Written) -> list[LessonLine]:
    view = study_view(cast.lena.viewer, written.course.id)
    assert view is not None
    return [one.line for one in view.lessons]


def test_the_whole_way(cast: Cast, written: Written, assigned: TrainingAssignment, clock: Clock) -> None:
    """CRS-3, EVD-1, ASG-8, CRT-1: at the moment the rule is met: record, assignment Completed, certificate, all in one."""
    text, pledge, quiz = lines(cast, written)
    enrollment = own(cast, written)
    actions.open_lesson(enrollment, text)
    db.session.refresh(assigned)
    assert assigned.started_at is not None, "Pending becomes In Progress with the first thing done"
    clock.move(minutes=5)
    finish(enrollment, text)
    finish(enrollment, pledge)
    assert (enrollment.progress, enrollment.done_lessons, enrollment.completed_at) == (66, 2, None)
    actions.quiz_passed(enrollment, quiz.id, Decimal(90), attempt=2)
    assert (enrollment.progress, enrollment.best_score) == (100, 90)
    record = db.session.scalars(select(CompletionRecord)).one()
    assert (record.employee_name, record.job_role, record.department) == ("Lena Fischer", "RN", "Cardiology")
    assert (record.content_version, record.content_sha256) == content_version(written.course.id)
    assert (record.rule_version, record.score, record.attempt, record.how) == (1, Decimal(90), 2, "rule")
    assert [one["met"] for one in record.criteria] == [True, True]
    assert record.local_time.endswith("-06:00")
    db.session.refresh(assigned)
    assert (assigned.completed_at, assigned.completed_on) == (record.occurred_at, dt.date(2026, 11, 2))
    assert db.session.scalars(select(Certificate.record_id)).one() == record.id


def test_a_signature_keeps_name_time_and_text_together(
    cast: Cast, written: Written, assigned: TrainingAssignment
) -> None:
    """CRS-1: what was signed, by whom and when, bound to the very text by its hash."""
    finish(own(cast, written), lines(cast, written)[1])
    kept = db.session.get_one(LessonProgress, (own(cast, written).id, 1, written.pledge.id))
    signature = db.session.get_one(Signature, kept.detail["signature"]["id"])
    version = db.session.get_one(SigningTextVersion, signature.text_version_id)
    assert (signature.printed_name, version.title, version.body) == ("Lena Fischer", "The pledge", "I will.")
    assert signature.text_sha256 == fingerprint(Words("The pledge", MEANING, "I will."))
    assert kept.done_at == signature.signed_at == dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def test_without_a_password_nothing_is_signed(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """ORG-7: no way round it: the button of other lessons does not finish an acknowledgement."""
    with pytest.raises(RuleBroken, match="with your password"):
        actions.mark_lesson_done(own(cast, written), lines(cast, written)[1])
    assert db.session.scalar(select(func.count()).select_from(Signature)) == 0


@pytest.mark.parametrize(
    ("agreed", "password", "shown"), [(True, "wrong", ""), (False, PASSWORD, ""), (True, PASSWORD, "0" * 64)]
)
def test_lesson_and_signature_happen_together_or_not_at_all(
    cast: Cast, written: Written, assigned: TrainingAssignment, agreed: bool, password: str, shown: str
) -> None:
    """ORG-7, 11.70: no tick, a wrong password, other words than those read: not signed, and not done."""
    finish(own(cast, written), lines(cast, written)[0])
    can_sign(cast.lena)
    pledge = lines(cast, written)[1]
    words = lesson_words(lesson_of(own(cast, written), pledge.id), MEANING)
    signing = Signing(password, "192.0.2.1", agreed, MEANING, shown or fingerprint(words))
    with pytest.raises(RuleBroken):
        sign_lesson(own(cast, written), pledge, signing, by=cast.lena.viewer)
    assert db.session.scalar(select(func.count()).select_from(Signature)) == 0
    row = db.session.get(LessonProgress, (own(cast, written).id, 1, pledge.id))
    assert row is None or row.done_at is None


def test_a_lesson_rewritten_is_another_text(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """ORG-7: each signature names the words it was given under; words that come back are the same version."""
    first = text_of_source(("lesson", 7), "en", Words("Pledge", MEANING, "I will."))
    second = text_of_source(("lesson", 7), "en", Words("Pledge", MEANING, "I really will."))
    assert (first.number, second.number) == (1, 2)
    assert text_of_source(("lesson", 7), "en", Words("Pledge", MEANING, "I will.")).id == first.id


def test_doing_it_again_changes_nothing(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """ASG-8: each exactly once, whatever is retried."""
    text, pledge, quiz = lines(cast, written)
    enrollment = own(cast, written)
    for _ in range(2):
        finish(enrollment, text)
        finish(enrollment, pledge)
        actions.quiz_passed(enrollment, quiz.id, 100)
    assert db.session.scalar(select(func.count()).select_from(CompletionRecord)) == 1
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_a_score_below_the_rule_completes_nothing(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """CRS-3: the rule decides, criterion by criterion; ENR-8 says which one is open."""
    text, pledge, quiz = lines(cast, written)
    enrollment = own(cast, written)
    finish(enrollment, text)
    finish(enrollment, pledge)
    actions.quiz_passed(enrollment, quiz.id, 79)
    assert (enrollment.progress, enrollment.completed_at) == (99, None)
    view = why_not_complete(cast.lena.viewer, enrollment.id)
    assert view is not None
    assert [(state.kind.value, state.met) for state in view.judgement.criteria] == [
        ("lessons", True),
        ("quiz_passed", False),
    ]
    assert why_not_complete(cast.mark.viewer, enrollment.id) is not None
    assert why_not_complete(cast.otto.viewer, enrollment.id) is None


def test_a_quiz_is_not_done_by_saying_so(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """CRS-3, SEC-4: no request marks a quiz lesson done but a passed attempt."""
    with pytest.raises(RuleBroken, match="Pass the quiz"):
        finish(own(cast, written), lines(cast, written)[2])


def test_beats_cannot_outrun_the_clock(cast: Cast, clock: Clock) -> None:
    """CRS-1: replayed, doubled or forged beats never add up to more than the time that passed."""
    written = Written(cast.milo.viewer)
    written.text.min_seconds = 120
    written.publish()
    actions.enroll(cast.lena.record, written.course, source="self", by=cast.lena.viewer)
    enrollment, text = own(cast, written), lines(cast, written)[0]
    visit = Visit(enrollment, text)
    for _ in range(20):
        visit.send(999)
    with pytest.raises(RuleBroken, match="0 of 120 seconds"):
        finish(enrollment, text)
    for _ in range(3):
        clock.move(seconds=40)
        visit.send(9999)
    finish(enrollment, text)


def test_enrolling_twice_answers_with_the_first(cast: Cast, written: Written) -> None:
    """ENR-2: one per member and course, whichever way it comes."""
    first = actions.enroll(cast.lena.record, written.course, source="self", by=cast.lena.viewer)
    assert actions.enroll(cast.lena.record, written.course, source="staff", by=cast.milo.viewer).id == first.id
    assert first.source == "self"


def test_drafts_and_leavers_are_refused_in_words(cast: Cast) -> None:
    """CRS-2, ORG-5: a draft takes nobody; who left is not enrolled."""
    draft = Written(cast.milo.viewer, title="Draft")
    with pytest.raises(RuleBroken, match="not published"):
        actions.enroll(cast.lena.record, draft.course, source="self", by=cast.lena.viewer)
    draft.publish()
    cast.lena.record.status = "left"
    with pytest.raises(RuleBroken, match="has left"):
        actions.enroll(cast.lena.record, draft.course, source="self", by=cast.milo.viewer)


@pytest.mark.owner
def test_records_are_never_changed(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """EVD-1: the database itself refuses to change or remove a completion record."""
    text, pledge, quiz = lines(cast, written)
    enrollment = own(cast, written)
    finish(enrollment, text)
    finish(enrollment, pledge)
    actions.quiz_passed(enrollment, quiz.id, 100)
    for statement in (update(CompletionRecord).values(score=1), CompletionRecord.__table__.delete()):
        with pytest.raises(DBAPIError, match="added to, never changed"), db.session.begin_nested():
            db.session.execute(statement)


def test_nobody_studies_for_somebody_else(cast: Cast, written: Written, assigned: TrainingAssignment) -> None:
    """SEC-4: an enrollment is found through its own learner only."""
    assert enrollment_for(cast.mark.viewer, written.course.id) is None
    assert enrollment_for(cast.otto.viewer, written.course.id) is None
    assert [row.course_id for row in my_courses(cast.lena.viewer)] == [written.course.id]
    assert list(my_courses(cast.otto.viewer)) == []


def test_parallel_tabs_complete_once(own_app: Flask) -> None:
    """ASG-8, CRT-1: the last two lessons finished in eight tabs at once: one record, one certificate."""
    with own_app.app_context():
        cast = make_cast()
        can_sign(cast.lena)
        written = without_waiting(Written(cast.milo.viewer))
        enrollment = actions.enroll(cast.lena.record, written.course, source="self", by=cast.lena.viewer)
        db.session.commit()
        viewer, course_id, lena_lines = cast.lena.viewer, written.course.id, lines(cast, written)
        enrollment_id = enrollment.id
    barrier, errors = threading.Barrier(8), []

    def tab(number: int) -> None:
        with own_app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    mine = enrollment_for(viewer, course_id)
                    assert mine is not None
                    text, pledge, quiz = lena_lines
                    if number % 2:
                        finish(mine, text)
                        finish(mine, pledge)
                    else:
                        actions.quiz_passed(mine, quiz.id, 100)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=tab, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CompletionRecord)) == 1
        assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1
        assert db.session.get_one(Enrollment, enrollment_id).progress == 100
