"""CRS-2, CRS-3: a new version for those who take the course, on real PostgreSQL."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, edit_lesson, move_chapter, set_rule
from lmsapp.courses.publishing.actions import publish
from lmsapp.courses.publishing.differences import Kind
from lmsapp.courses.publishing.reading import changes_of, draft_differs, version_of
from lmsapp.courses.publishing.restoring import restore_draft
from lmsapp.courses.quizzes.actions import add_question, edit_question
from lmsapp.courses.quizzes.models import Question
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock as clocks
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.actions import open_lesson
from lmsapp.learning.enrollments.facts import standing_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.versions.actions import ask_learners
from lmsapp.learning.versions.models import VersionMove
from lmsapp.learning.versions.queries import preview_of
from lmsapp.learning.versions.rules import Change
from lmsapp.learning.versions.work import sweep_moves, work_on_move
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.kept import kept
from tests.learning.quizzes.ward import Ward


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
@kept
def ward(cast: Cast) -> Ward:
    """Mark has completed it, Lena has done all but the quiz."""
    ward = Ward()
    mark = ward.unlock(ward.enroll(cast.mark))
    ward.take(cast.mark, mark, right=4)
    ward.unlock(ward.enroll(cast.lena))
    return ward


def easier(ward: Ward) -> None:
    """Three of four lessons are enough, and nothing else."""
    edit_lesson(ward.text, by=None, body="Newer words.")
    set_rule(ward.course, "all", [{"kind": "lessons", "share": 75}], None)
    db.session.commit()


def enrollment_of(cast_member: int, ward: Ward) -> Enrollment:
    return db.session.scalars(
        select(Enrollment).where(Enrollment.employee_id == cast_member, Enrollment.course_id == ward.course.id)
    ).one()


def test_the_preview_says_who_would_change_and_then_it_is_so(ward: Ward, cast: Cast) -> None:
    """CRS-3: before a rule is published, whose status would change, and why; completions stand, with their rule."""
    easier(ward)
    preview = preview_of(cast.milo.viewer, ward.course.id)
    assert preview is not None
    assert (preview.waiting, preview.in_progress, preview.completed) == (0, 1, 1)
    assert [(one.name, one.change, one.after) for one in preview.named] == [("Lena Fischer", Change.COMPLETES, 100)]
    assert preview_of(cast.lena.viewer, ward.course.id) is None
    publish(ward.course, cast.milo.viewer)
    lena = enrollment_of(cast.lena.record.id, ward)
    assert not lena.complete
    assert standing_of(lena).outline.content_version == 1
    move = ask_learners(ward.course, by=cast.milo.viewer, moves_learners=True)
    assert move is not None
    db.session.commit()
    work_on_move(move.id)
    db.session.expire_all()
    assert lena.complete
    assert (move.state, move.total, move.moved, move.completed, move.asked_again) == ("ready", 1, 1, 1, 0)
    records = db.session.scalars(select(CompletionRecord).order_by(CompletionRecord.id)).all()
    assert [(one.content_version, one.rule_version) for one in records] == [(1, 1), (2, 2)]


def test_asked_again_everybody_keeps_what_they_had(ward: Ward, cast: Cast) -> None:
    """CRS-3: re-certification opens the next time round with a due date; record and certificate stay."""
    easier(ward)
    publish(ward.course, cast.milo.viewer)
    tomorrow = clocks.today("UTC") + dt.timedelta(days=2)
    for wrong in (
        {"due_on": None, "reason": "Law"},
        {"due_on": clocks.today("UTC"), "reason": "Law"},
        {"due_on": tomorrow},
    ):
        with pytest.raises(RuleBroken):
            ask_learners(ward.course, by=cast.milo.viewer, asks_again=True, **wrong)  # type: ignore[arg-type]
    move = ask_learners(ward.course, by=cast.milo.viewer, asks_again=True, due_on=tomorrow, reason="The law changed")
    assert move is not None
    db.session.commit()
    work_on_move(move.id)
    work_on_move(move.id)
    db.session.expire_all()
    mark, lena = enrollment_of(cast.mark.record.id, ward), enrollment_of(cast.lena.record.id, ward)
    assert (mark.cycle, mark.progress, mark.content_version) == (2, 0, None)
    assert mark.completed_at is not None
    assert (lena.cycle, lena.content_version) == (1, 1)
    asked = db.session.scalars(select(TrainingAssignment)).one()
    assert (asked.employee_id, asked.due_on, asked.source, asked.note) == (
        cast.mark.record.id,
        tomorrow,
        "new version",
        "The law changed",
    )
    assert db.session.scalar(select(func.count()).select_from(CompletionRecord)) == 1


def test_a_stopped_worker_loses_nothing(app: Flask, ward: Ward, cast: Cast, clock: Clock) -> None:
    """CRS-3: the lease runs out, the sweep frees it, nobody is moved twice."""
    easier(ward)
    publish(ward.course, cast.milo.viewer)
    move = ask_learners(ward.course, by=cast.milo.viewer, moves_learners=True)
    assert move is not None
    move.state, move.lease_until, move.tries = "running", clocks.now(), 1
    db.session.commit()
    work_on_move(move.id)
    assert db.session.get_one(VersionMove, move.id, populate_existing=True).state == "running"
    clock.move(minutes=3)
    sweep_moves()
    db.session.commit()
    work_on_move(move.id)
    assert db.session.get_one(VersionMove, move.id, populate_existing=True).state == "ready"


def test_differences_and_the_way_back(ward: Ward, cast: Cast) -> None:
    """CRS-2: what changed is said lesson by lesson; the draft can be made to say again what is published."""
    before = version_of(ward.course.id, 1)
    edit_lesson(ward.text, by=None, title="Why it still matters", body="Newer words.", minutes=9)
    question = db.session.scalars(select(Question).where(Question.quiz_id == ward.quiz.id)).first()
    assert question is not None
    edit_question(
        question, "true_false", "Other?", [{"text": "Yes", "correct": True}, {"text": "No", "correct": False}], by=None
    )
    add_question(
        ward.quiz, "true_false", "More?", [{"text": "Yes", "correct": True}, {"text": "No", "correct": False}], by=None
    )
    chapter = add_chapter(ward.course, "More", by=None)
    add_lesson(chapter, "text", "Added", by=None, body="New.")
    move_chapter(chapter, -1, by=None)
    set_rule(ward.course, "any", [{"kind": "lessons", "share": 75}], None)
    found = {(one.kind, one.title): one.parts for one in changes_of(ward.course.id, 1, 0)}
    assert found == {
        (Kind.ADDED, "Added"): (),
        (Kind.CHANGED, "Why it still matters"): ("title", "text", "time"),
        (Kind.CHANGED, "Check"): ("questions",),
    }
    restore_draft(ward.course, 1, by=None)
    db.session.commit()
    assert not draft_differs(ward.course.id, 1)
    assert ward.course.draft_changed_at is None
    assert changes_of(ward.course.id, 1, 0) == ()
    publish(ward.course, None)
    assert ward.course.content_version == 2  # the rule has a number of its own
    assert version_of(ward.course.id, 2).lines == before.lines
    with pytest.raises(RuleBroken, match="no version 9"):
        restore_draft(ward.course, 9, by=None)


def test_what_waits_begins_in_the_newest(ward: Ward, cast: Cast) -> None:
    """CRS-2: enrolled before and begun after the publication, it is the new version."""
    hana = ward.enroll(cast.otto)
    easier(ward)
    publish(ward.course, None)
    open_lesson(hana, standing_of(hana).outline.lessons[0])
    assert hana.content_version == 2
