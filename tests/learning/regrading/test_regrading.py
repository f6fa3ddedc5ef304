"""Regrading on a real database: who changes, exactly once, and what follows for the enrollment (QIZ-4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.answers.actions import Verdict, grade_attempt
from lmsapp.learning.answers.rules import Mark
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.overrides.actions import set_by_hand
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.learning.regrading import work
from lmsapp.learning.regrading.actions import ask_regrade, regrade_one
from lmsapp.learning.regrading.keys import Correction, CorrectionKind
from lmsapp.learning.regrading.lost import lost_passes
from lmsapp.learning.regrading.models import QuizRegrade, QuizRegradeLine
from lmsapp.learning.regrading.queries import changes_of, preview_of, question_asked
from lmsapp.learning.regrading.rules import Change, Policy
from lmsapp.learning.regrading.work import sweep_regrades, work_on_regrade
from lmsapp.outreach.notices.models import Notice
from tests.cast import Cast, employee, make_cast
from tests.learning.answers.scene import Scene

WHY = "The key was wrong: B is right."


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def ask(scene: Scene, correction: Correction, policy: Policy = Policy.GOOD) -> QuizRegrade:
    question = question_asked(scene.quiz.id, scene.wrong.id)
    assert question is not None
    asked = ask_regrade(scene.quiz.id, question, correction, policy, WHY, by=scene.by)
    db.session.commit()
    return asked


def key(text: str) -> Correction:
    return Correction(CorrectionKind.KEY, ("abc"["ABC".index(text)],))


def count(what: type) -> int:
    return db.session.scalar(select(func.count()).select_from(what)) or 0


def test_a_failed_enrollment_is_repaired_and_nobody_loses(cast: Cast) -> None:
    """QIZ-4: to the good only: B passes now, course and certificate follow; who had A keeps the pass."""
    scene = Scene(cast.carla.viewer, words=False)
    lost, kept, same = scene.take(cast.lena, "B"), scene.take(cast.otto, "A"), scene.take(cast.mark, "C")
    asked_of = [dict(one) for one in lost.questions]
    assert scene.enrollment(cast.lena).failed_at is not None
    foreseen = preview_of(scene.quiz.id, scene.wrong.id, key("B"), Policy.GOOD, by=scene.by)
    assert foreseen.counts == {Change.PASSES: 1, Change.KEPT: 1, Change.SAME: 1}
    regrade = ask(scene, key("B"))
    before = count(QuizGrading)
    work_on_regrade(regrade.id)
    work_on_regrade(regrade.id)
    db.session.expire_all()
    assert regrade.state == "ready" and (regrade.done, regrade.total) == (3, 3)
    assert changes_of(regrade.id) == {one.value: n for one, n in foreseen.counts.items()}, "as foreseen"
    assert count(QuizGrading) == before + 1
    assert (lost.passed, lost.percent, kept.passed, same.passed) == (True, Decimal(100), True, False)
    assert lost.questions == asked_of, "what was asked never changes"
    one = scene.enrollment(cast.lena)
    assert one.failed_at is None and one.completed_at is not None
    assert db.session.scalar(select(Certificate.id).where(Certificate.enrollment_id == one.id)) is not None
    told = db.session.scalars(select(Notice).where(Notice.template == "quiz_graded")).all()
    assert {row.employee_id for row in told} == {cast.lena.record.id} and WHY in str(told[0].body_text)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attempt regraded")).one()
    assert (entry.subject_id, entry.reason, entry.actor_name) == (one.id, WHY, cast.carla.viewer.name)
    newcomer = employee("Nia New", "E-150", department="Cardiology", job_role="RN")
    late = scene.take(newcomer, "B")
    assert late.passed is True, "who hands in the same version of the question later is corrected as those before"


def test_both_ways_lists_a_lost_pass_and_a_completion_stands(cast: Cast) -> None:
    """QIZ-4: the record is evidence and stays; where the course was not complete the lesson opens again."""
    scene = Scene(cast.carla.viewer, words=False)
    submission = scene.take(cast.lena, "A")
    assert scene.enrollment(cast.lena).completed_at is not None
    regrade = ask(scene, key("B"), Policy.BOTH)
    work_on_regrade(regrade.id)
    db.session.expire_all()
    line = db.session.scalars(select(QuizRegradeLine)).one()
    assert (line.change, line.stands, submission.passed) == ("fails", True, False)
    one = scene.enrollment(cast.lena)
    assert one.completed_at is not None and one.failed_at is None
    assert [tuple(row) for row in lost_passes(one)] == [(scene.lesson.id, 1)]
    set_by_hand(one, OverrideKind.REVOCATION, by=cast.milo.viewer, reason="The pass is gone.")
    db.session.commit()
    one = scene.enrollment(cast.lena)
    assert one.completed_at is None and lost_passes(one) == [], "taken back by hand, and not completed again at once"
    open_course = Scene(cast.carla.viewer, words=False, title="Ropes", attempts=None)
    submission = open_course.take(cast.lena, "A")
    one = open_course.enrollment(cast.lena)
    one.completed_at, one.progress = None, 50  # as if another lesson were left
    db.session.commit()
    work_on_regrade(ask(open_course, key("B"), Policy.BOTH).id)
    db.session.expire_all()
    row = db.session.scalars(select(LessonProgress).where(LessonProgress.enrollment_id == one.id)).one()
    assert row.done_at is None and "percent" not in row.detail and one.failed_at is None


def test_a_killed_worker_goes_on_and_nothing_is_done_twice(cast: Cast) -> None:
    """QIZ-4: the lease runs out, the sweep rings again, attempts that have their line are left alone."""
    scene = Scene(cast.carla.viewer, words=False)
    for person in (cast.lena, cast.otto, cast.mark):
        scene.take(person, "B")
    regrade = ask(scene, Correction(CorrectionKind.FULL))
    done: list[int] = []

    def dies(submission_id: int, run: QuizRegrade, **more: object) -> object:
        if len(done) == 1:
            raise SystemExit
        done.append(submission_id)
        return apply(submission_id, run, **more)  # type: ignore[arg-type]

    apply, work.apply_to = work.apply_to, dies  # type: ignore[assignment]
    try:
        with pytest.raises(SystemExit):
            work_on_regrade(regrade.id)
    finally:
        work.apply_to = apply
    db.session.rollback()
    db.session.expire_all()
    assert (regrade.state, count(QuizRegradeLine)) == ("running", 1)
    past = clock.now() - dt.timedelta(hours=1)
    db.session.execute(update(QuizRegrade).values(lease_until=past))
    sweep_regrades()
    db.session.commit()
    work_on_regrade(regrade.id)
    db.session.expire_all()
    assert regrade.state == "ready" and count(QuizRegradeLine) == 3
    kinds = select(QuizGrading.submission_id, func.count()).where(QuizGrading.kind == "regraded")
    assert [n for _id, n in db.session.execute(kinds.group_by(QuizGrading.submission_id))] == [1, 1, 1]


def test_corrections_that_make_no_sense_and_own_attempts(cast: Cast) -> None:
    """QIZ-4: a reason is needed; the key as it is corrects nothing; nobody regrades themselves."""
    scene = Scene(cast.carla.viewer, words=False)
    submission = scene.take(cast.lena, "B")
    question = question_asked(scene.quiz.id, scene.wrong.id)
    assert question is not None
    for correction, words in (
        (key("A"), "key as it is"),
        (Correction(CorrectionKind.ACCEPT, ("a",)), "right already"),
        (Correction(CorrectionKind.ACCEPT, ("zz",)), "does not belong"),
        (Correction(CorrectionKind.TEXT, (), ("x",)), "offered"),
    ):
        with pytest.raises(RuleBroken, match=words):
            ask_regrade(scene.quiz.id, question, correction, Policy.GOOD, WHY, by=scene.by)
    with pytest.raises(RuleBroken, match="reason"):
        ask_regrade(scene.quiz.id, question, key("B"), Policy.GOOD, " ", by=scene.by)
    db.session.rollback()
    with pytest.raises(NotAllowed):
        regrade_one(submission, question, key("B"), Policy.GOOD, WHY, by=cast.lena.viewer)
    line = regrade_one(submission, question, key("B"), Policy.GOOD, WHY, by=cast.milo.viewer)
    db.session.commit()
    assert (line.change, submission.passed) == ("passes", True)
    assert db.session.get_one(QuizSubmission, submission.id).percent == 100


def test_open_answers_waiting_take_the_correction_along(cast: Cast) -> None:
    """QIZ-4: a question is left out while words wait to be graded; the grader's points count against the rest."""
    scene = Scene(cast.carla.viewer)
    submission = scene.take(cast.lena, "C", "Down.", "Report.")
    work_on_regrade(ask(scene, Correction(CorrectionKind.OUT)).id)
    db.session.expire_all()
    assert (submission.passed, submission.max_points) == (None, Decimal(6))
    marks = {question.id: Mark(Decimal(points)) for question, points in zip(scene.open, (4, 2), strict=True)}
    grade_attempt(submission, Verdict(marks, seen=2), by=scene.by)
    db.session.commit()
    assert (submission.points, submission.percent) == (Decimal(6), Decimal(100))
