"""Open answers graded by hand: points, rework, two graders, and what follows at once (QIZ-5, QIZ-4)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.answers.actions import (
    GradedMeanwhile,
    Verdict,
    claim_answers,
    grade_attempt,
    mark_answer,
    return_answers,
)
from lmsapp.learning.answers.rules import Mark
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.grading.next_one import claim_next
from lmsapp.learning.grading.queue import Kind, QueueFilters, Show, count_waiting, queue
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.outreach.notices.models import Notice
from tests.cast import Cast, make_cast
from tests.learning.answers.scene import Scene


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def verdict(scene: Scene, first: str = "3", second: str = "2", seen: int = 1, reason: str = "") -> Verdict:
    one, two = (question.id for question in scene.open)
    return Verdict({one: Mark(Decimal(first), {}, "Good."), two: Mark(Decimal(second))}, reason, seen)


def gradings(submission: QuizSubmission) -> list[tuple[str, bool | None, Decimal]]:
    rows = select(QuizGrading).where(QuizGrading.submission_id == submission.id).order_by(QuizGrading.number)
    return [(row.kind, row.passed, row.points) for row in db.session.scalars(rows)]


def notices(template: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.template == template).order_by(Notice.id)))


def test_grading_passes_completes_and_tells(cast: Cast) -> None:
    """QIZ-5, CRT-1: it waits, is graded, and lesson, course and certificate follow in the same transaction."""
    scene = Scene(cast.carla.viewer)
    submission = scene.take(cast.lena, "C", "I climb down.", "I report it.")
    carla = cast.carla.viewer
    assert submission.passed is None and submission.graded_at is None
    assert scene.enrollment(cast.lena).completed_at is None
    rows, total = queue(carla, QueueFilters(), clock.now())
    assert (total, rows[0].kind, rows[0].id, rows[0].open_answers) == (1, "answers", submission.id, 2)
    assert count_waiting(carla) == 1 and queue(carla, QueueFilters(kind=Kind.WORK), clock.now())[1] == 0
    for person in (cast.lena, cast.otto, cast.aki, cast.mark):
        assert count_waiting(person.viewer) == 0, "only what is theirs"
    with pytest.raises(RuleBroken, match="points for every answer"):
        grade_attempt(submission, Verdict({scene.open[0].id: Mark(Decimal(3))}, seen=1), by=carla)
    grading = grade_attempt(submission, verdict(scene), by=carla)
    db.session.commit()
    assert (grading.points, grading.max_points, grading.passed) == (Decimal(5), Decimal(8), True)
    assert grade_attempt(submission, verdict(scene), by=carla).id == grading.id, "a second click is the same"
    assert gradings(submission) == [("scored", None, Decimal(0)), ("graded", True, Decimal(5))]
    one = scene.enrollment(cast.lena)
    assert one.completed_at is not None and one.progress == 100
    assert db.session.scalar(select(Certificate.id).where(Certificate.enrollment_id == one.id)) is not None
    told = notices("quiz_graded")
    assert {row.channel for row in told} == {"in_app", "email"} and "Good." in str(told[0].body_text)
    assert queue(carla, QueueFilters(show=Show.DECIDED), clock.now())[0][0].decision == "pass"
    with pytest.raises(RuleBroken, match="Say why"):
        grade_attempt(submission, verdict(scene, "4", seen=2), by=carla)
    again = grade_attempt(submission, verdict(scene, "4", seen=2, reason="Added up wrongly."), by=carla)
    assert (again.kind, again.points, again.reason) == ("regraded", Decimal(6), "Added up wrongly.")


def test_the_second_grader_is_told_and_nobody_grades_themselves(cast: Cast) -> None:
    """QIZ-5: of two at once the second learns what the first did; an own attempt is somebody else's."""
    scene = Scene(cast.carla.viewer)
    submission = scene.take(cast.lena, "A", "Down.", "Report.")
    carla, milo = cast.carla.viewer, cast.milo.viewer
    claim_answers(submission.id, by=milo)
    with pytest.raises(RuleBroken, match="Milo"):
        claim_answers(submission.id, by=carla)
    assert claim_next(by=carla) is None and claim_next(by=milo) is not None
    with pytest.raises(NotAllowed):
        grade_attempt(submission, verdict(scene), by=cast.lena.viewer)
    grade_attempt(submission, verdict(scene, "0", "0"), by=milo)
    db.session.commit()
    assert submission.passed is False and scene.enrollment(cast.lena).failed_at is not None
    with pytest.raises(GradedMeanwhile) as caught:
        grade_attempt(submission, verdict(scene), by=carla)
    assert caught.value.values["name"] == milo.name


def test_given_back_and_all_answers_to_one_question(cast: Cast) -> None:
    """QIZ-5: words are needed, the attempt leaves the queue; single answers count once all have their points."""
    scene = Scene(cast.carla.viewer)
    carla = cast.carla.viewer
    first, second = (scene.take(person, "C", "Down.", "Report.") for person in (cast.lena, cast.otto))
    one, two = (question.id for question in scene.open)
    with pytest.raises(RuleBroken, match="what is missing"):
        return_answers(first, [two], Verdict({one: Mark(Decimal(4))}, seen=1), by=carla)
    said = {one: Mark(Decimal(4)), two: Mark(None, {}, "To whom?")}
    return_answers(first, [two], Verdict(said, seen=1), by=carla)
    db.session.commit()
    assert first.returned is not None and first.returned["questions"] == {str(two): "To whom?"}
    assert first.passed is None and scene.enrollment(cast.lena).failed_at is None
    assert count_waiting(carla) == 1
    assert [row.reason["decision"] for row in notices("quiz_graded")] == ["returned", "returned"]
    with pytest.raises(RuleBroken, match="given back"):
        grade_attempt(first, verdict(scene, seen=2), by=carla)
    assert mark_answer(second, one, Mark(Decimal(4)), by=carla, seen=1) is False
    assert second.passed is None
    assert mark_answer(second, two, Mark(Decimal(1)), by=carla, seen=1) is True
    db.session.commit()
    assert (second.points, second.passed) == (Decimal(5), True)
