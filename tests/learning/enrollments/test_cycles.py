"""CRS-2, CRS-4, CRS-6, ENR-3: the version somebody takes, times round, locks, and the one name for a status."""

from __future__ import annotations

import datetime as dt
from itertools import product
from random import Random

import pytest
from sqlalchemy import select

from lmsapp.courses.catalogue.actions import edit_lesson, set_rule
from lmsapp.courses.publishing.actions import publish
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.engagement.actions import note_activity
from lmsapp.learning.engagement.rules import Beat
from lmsapp.learning.enrollments import actions
from lmsapp.learning.enrollments.door import lift_lock, lock_words, set_lock
from lmsapp.learning.enrollments.expressions import is_status, status_at
from lmsapp.learning.enrollments.facts import standing_of, status_of
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.people.employees.models import Employee
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.learning.finishing import finish
from tests.learning.quizzes.ward import Ward


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def ward(cast: Cast) -> Ward:
    return Ward()


def completed(ward: Ward, cast: Cast) -> Enrollment:
    enrollment = ward.unlock(ward.enroll(cast.lena))
    ward.take(cast.lena, enrollment, right=4)
    return enrollment


def test_whoever_began_goes_on_in_the_same_version(ward: Ward, cast: Cast) -> None:
    """CRS-2: a new version throws nobody back; the record names the one that was taken, its rule included."""
    enrollment = ward.unlock(ward.enroll(cast.lena))
    edit_lesson(ward.text, by=None, body="Quite other words.")
    set_rule(ward.course, "all", [{"kind": "lessons", "share": 50}], None)
    publish(ward.course, None)
    late = ward.enroll(cast.mark)
    assert (standing_of(enrollment).outline.content_version, standing_of(late).outline.content_version) == (1, 2)
    assert standing_of(enrollment).rule.version == 1
    ward.take(cast.lena, enrollment, right=4)
    record = db.session.scalars(select(CompletionRecord)).one()
    assert (record.content_version, record.rule_version) == (1, 1)


def test_the_next_time_round_begins_at_the_start_and_keeps_the_first(ward: Ward, cast: Cast) -> None:
    """CRS-6: content from the start in the newest version; earlier progress, attempts and records stay."""
    enrollment = ward.enroll(cast.lena)
    with pytest.raises(RuleBroken, match="Complete it first"):
        actions.begin_again(enrollment, by=None, why="renewal")
    completed(ward, cast)
    first = enrollment.completed_at
    edit_lesson(ward.text, by=None, body="Newer words.")
    publish(ward.course, None)
    actions.begin_again(enrollment, by=None, why="renewal")
    assert (enrollment.progress, enrollment.cycle, enrollment.completed_at) == (0, 2, first)
    assert standing_of(enrollment).finished == frozenset()
    assert standing_of(enrollment).outline.content_version == 2
    ward.unlock(enrollment)
    assert not enrollment.complete
    submission = ward.take(cast.lena, enrollment, right=4)
    assert (submission.number, submission.cycle, submission.content_version) == (2, 2, 2)
    assert enrollment.complete
    records = db.session.scalars(select(CompletionRecord).order_by(CompletionRecord.id)).all()
    assert [one.content_version for one in records] == [1, 2]
    kept = select(LessonProgress.cycle).where(LessonProgress.lesson_id == ward.text.id).order_by(LessonProgress.cycle)
    assert db.session.scalars(kept).all() == [1, 2]


def test_a_locked_course_takes_nothing(ward: Ward, cast: Cast) -> None:
    """CRS-4, CRS-9: while anything locks it every action refuses, with the reason; two reasons are lifted one by one."""
    enrollment = ward.enroll(cast.lena)
    set_lock(enrollment, "payment")
    set_lock(enrollment, "path", waits_for=[[7, "Core Features"]])
    line = standing_of(enrollment).outline.lessons[0]
    refused = (
        lambda: actions.open_lesson(enrollment, line),
        lambda: note_activity(enrollment, line, 1, Beat(1, 5)),
        lambda: finish(enrollment, line),
        lambda: ward.start(enrollment),
    )
    for act in refused:
        with pytest.raises(NotAllowed, match="paid for"):
            act()
    lift_lock(enrollment, "payment")
    words, values = lock_words(enrollment.locks[0])
    assert words % values == "This course opens when “Core Features” is completed."
    for act in refused:
        with pytest.raises(NotAllowed, match="Core Features"):
            act()
    lift_lock(enrollment, "path")
    actions.open_lesson(enrollment, line)
    assert enrollment.started_at is not None


def test_the_list_and_the_page_name_the_same_status(ward: Ward, cast: Cast) -> None:
    """ENR-3: the SQL twin says what the rule says, over combinations of facts and dates around today."""
    enrollment = ward.enroll(cast.lena)
    now = clock.now()
    today = clock.today(cast.lena.record.time_zone)
    days = (None, today - dt.timedelta(1), today, today + dt.timedelta(1))
    seen = set()
    combinations = list(product(*[(None, now)] * 4, *[days] * 3))
    for started, done, failed, withdrawn, until, renewal, paused in Random("statuses").sample(combinations, 150):
        enrollment.started_at, enrollment.completed_at, enrollment.failed_at = started, done, failed
        enrollment.withdrawn_at, enrollment.valid_until, enrollment.renewal_from = withdrawn, until, renewal
        enrollment.paused_until = paused
        expected = status_of(enrollment, today)
        found = db.session.execute(
            select(status_at(now), is_status(expected, now))
            .join(Employee, Employee.id == Enrollment.employee_id)
            .where(Enrollment.id == enrollment.id)
        ).one()
        assert tuple(found) == (expected, True)
        seen.add(expected)
    assert seen == set(EnrollmentStatus)
