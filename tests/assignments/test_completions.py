"""What completing an assignment tells whom, each exactly once (ASG-8)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.assignments import actions
from lmsapp.assignments.completions.actions import tell_of_completions
from lmsapp.assignments.completions.queries import told_of
from lmsapp.assignments.events import AssignmentCompleted
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.events import emit
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.choosing.actions import choose
from lmsapp.learning.choosing.rules import ChoiceKind
from lmsapp.outreach.notices.models import Notice
from tests.cast import ZONE, Cast, make_cast
from tests.clock import Clock
from tests.courses.authors import Written
from tests.kept import kept
from tests.learning.paths.scene import complete
from tests.learning.paths.scene import course as one_text

TODAY = dt.date(2026, 11, 2)
DUE = TODAY + dt.timedelta(days=30)
TOLD = ("training_completed", "completion_told")


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
@kept
def course(cast: Cast) -> Course:
    return one_text("HIPAA Privacy Basics", cast.milo.viewer)


def told() -> list[tuple[str, str, str, str]]:
    rows = select(Notice.template, Notice.to_name, Notice.channel, Notice.status).where(Notice.template.in_(TOLD))
    return sorted(tuple(row) for row in db.session.execute(rows))


def test_everybody_is_told_once_whatever_is_repeated(cast: Cast, course: Course) -> None:
    """ASG-8: completion date, one certificate, the learner's next step and the question for a review, the manager and
    whoever the course names: once, though the event is heard four times; somebody named twice is told once."""
    tell_of_completions(course, manager=True, people=[cast.mark.record, cast.otto.record], by=cast.milo.viewer)
    other = one_text("Fire Safety", cast.milo.viewer)
    one = actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    actions.assign(cast.lena.record, other, DUE, by=cast.milo.viewer)
    complete(cast.lena, course)
    assert (one.completed_on, one.next_reminder_on) == (TODAY, None)
    for _ in range(3):
        emit(AssignmentCompleted(one))
    assert told() == [
        ("completion_told", "Mark Okafor", "email", "gathered"),
        ("completion_told", "Mark Okafor", "in_app", "sent"),
        ("completion_told", "Otto Nobody", "email", "gathered"),
        ("completion_told", "Otto Nobody", "in_app", "sent"),
        ("training_completed", "Lena Fischer", "in_app", "sent"),
    ]
    letter = db.session.scalars(select(Notice).where(Notice.template == "training_completed")).one()
    assert "Fire Safety" in letter.body_text and "Wed 2 Dec" in letter.body_text
    assert "A few words from you" in letter.body_text
    links = dict(
        db.session.execute(select(Notice.to_name, Notice.link).where(Notice.template == "completion_told")).all()
    )
    assert links["Mark Okafor"] == f"/team/people/{cast.lena.record.id}", "he may open it"
    assert links["Otto Nobody"] == "/account/notices", "and Otto may not"
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1
    assert db.session.scalar(select(func.count()).where(TrainingAssignment.completed_at.is_not(None))) == 1


def test_nobody_else_is_told_unless_the_course_says_so(cast: Cast, course: Course) -> None:
    """ASG-8: as configured; who declined to review is not asked; who left is not written to; the decision is on the
    trail, made by moderators alone."""
    assert (told_of(course.id).manager, told_of(course.id).people) == (False, [])
    with pytest.raises(NotAllowed):
        tell_of_completions(course, manager=True, people=[], by=cast.mark.viewer)
    tell_of_completions(course, manager=False, people=[cast.otto.record], by=cast.milo.viewer)
    assert not tell_of_completions(course, manager=False, people=[cast.otto.record], by=cast.milo.viewer)
    cast.otto.record.status = "left"
    with pytest.raises(RuleBroken, match="does not work here"):
        tell_of_completions(course, manager=True, people=[cast.otto.record], by=cast.milo.viewer)
    actions.assign(cast.lena.record, course, DUE, by=cast.milo.viewer)
    choose(cast.lena.viewer, course.id, ChoiceKind.NO_REVIEW)
    complete(cast.lena, course)
    assert told() == [("training_completed", "Lena Fischer", "in_app", "sent")]
    body = db.session.scalars(select(Notice.body_text).where(Notice.template == "training_completed")).one()
    assert "A few words from you" not in body
    assert "You are up to date." in body
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "told of completions")).one()
    assert entry.after == {"manager": False, "people": ["E-102"]}


def test_requests_at_once_tell_once(own_app: Flask) -> None:
    """ASG-8: six workers hear of the same completion at the same moment; each message is there once."""
    with own_app.app_context():
        cast = make_cast()
        course = Written(cast.milo.viewer).publish().course
        tell_of_completions(course, manager=True, people=[], by=cast.milo.viewer)
        due_on = product_clock.today(ZONE) + dt.timedelta(days=30)
        one = actions.assign(cast.lena.record, course, due_on, by=cast.milo.viewer)
        one.completed_at, one.completed_on = product_clock.now(), product_clock.today(ZONE)
        assignment_id = one.id
        db.session.commit()
    barrier, heard = threading.Barrier(6), []

    def hear() -> None:
        with own_app.app_context():
            barrier.wait()
            with unit_of_work():
                emit(AssignmentCompleted(db.session.get_one(TrainingAssignment, assignment_id)))
            heard.append(1)

    threads = [threading.Thread(target=hear) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(heard) == 6
    with own_app.app_context():
        assert [row[:3] for row in told()] == [
            ("completion_told", "Mark Okafor", "email"),
            ("completion_told", "Mark Okafor", "in_app"),
            ("training_completed", "Lena Fischer", "in_app"),
        ]
