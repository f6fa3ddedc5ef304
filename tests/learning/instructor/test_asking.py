"""After failing twice: what was missed, and time with the instructor, on a real database (QIZ-7)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.courses.tasks.models import CourseEvaluator
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.instructor.actions import answer_request, ask_for_time, close_request, take_back_request
from lmsapp.learning.instructor.queries import count_open, list_requests, own_request, request_for
from lmsapp.learning.quizzes.actions import submit
from lmsapp.learning.quizzes.answers import save_answer
from lmsapp.learning.quizzes.missed import Trouble, trouble_with, troubles
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.actions import add_roles
from lmsapp.people.roles import Role
from tests.cast import Cast, Person, make_cast, staff
from tests.conftest import Statements
from tests.learning.quizzes.eight import Eight, answer


def fail(eight: Eight, person: Person, right: tuple[str, ...] = ()) -> None:
    """An attempt with everything wrong but the kinds named."""
    enrollment = enrollment_for(person.viewer, eight.course.id)
    assert enrollment is not None
    attempt = eight.start(enrollment)
    for one in attempt.questions:
        if one["kind"] != "open":
            given = answer(one, right=one["kind"] in right)
            save_answer(attempt.id, one["id"], given, 1, by=person.viewer)
    submit(attempt, "k")
    db.session.commit()


def letters(template: str) -> list[tuple[str, str]]:
    rows = select(Notice.channel, Notice.to_name).where(Notice.template == template).order_by(Notice.id)
    return [(row.channel, row.to_name) for row in db.session.execute(rows)]


def test_two_fails_are_answered_with_concepts_lessons_practice_and_time() -> None:
    """QIZ-7: nothing before the second fail; then concepts, lessons, practice; asked once, answered, done; told each."""
    people: Cast = make_cast()
    eight = Eight(by=people.carla.viewer, practice=True, settings={"max_attempts": None, "passing_percent": 100})
    enrollment = eight.enroll(people.lena)
    exercise = eight.start(enrollment, eight.exercise)
    submit(exercise, "k")
    db.session.commit()
    assert exercise.passed is not None, "practice waits for nobody, not even with an open answer"
    fail(eight, people.lena)
    assert troubles(enrollment) == []
    with pytest.raises(RuleBroken, match="after two attempts"):
        ask_for_time(enrollment, Trouble(0, "", 1, passed=False), "", [], by=people.lena.viewer)
    fail(eight, people.lena, right=("single", "short"))
    trouble = trouble_with(enrollment, eight.check.id)
    assert trouble is not None
    assert (trouble.failed, trouble.concepts[0].name) == (2, "needles")
    assert trouble.lessons == ((eight.text.id, "Why it matters"),)
    assert eight.exercise is not None
    assert trouble.practice == ((eight.exercise.id, "Exercise"),)

    soon = clock.now() + dt.timedelta(days=2)
    with pytest.raises(RuleBroken, match="is past"):
        ask_for_time(enrollment, trouble, "", [clock.now()], by=people.lena.viewer)
    request = ask_for_time(enrollment, trouble, "The <order> of steps.", [soon], by=people.lena.viewer)
    again = ask_for_time(enrollment, trouble, "Again", [], by=people.lena.viewer)
    db.session.commit()
    assert (again.id, again.words) == (request.id, "The <order> of steps."), "one under way at a time"
    assert letters("instructor_asked") == [("in_app", "Carla Reyes"), ("email", "Carla Reyes")]
    assert own_request(people.otto.viewer, enrollment.id, enrollment.cycle) is None

    for stranger in (people.otto, people.hana, people.aki):
        assert request_for(stranger.viewer, request.id) is None
    eva = staff("Eva Evans", Role.BATCH_EVALUATOR)
    db.session.commit()
    assert count_open(eva.viewer) == count_open(people.milo.viewer) == 1
    db.session.add(CourseEvaluator(course_id=eight.course.id, user_id=people.milo.user.id))
    db.session.commit()
    assert count_open(eva.viewer) == 0, "others are named for this course"

    theirs = request_for(people.carla.viewer, request.id)
    assert theirs is not None
    with pytest.raises(RuleBroken, match="Answer the learner first"):
        close_request(theirs, by=people.carla.viewer)
    answer_request(theirs, "Come by.", soon, seen=0, by=people.carla.viewer)
    answer_request(theirs, "Come by.", soon, seen=0, by=people.carla.viewer)
    with pytest.raises(RuleBroken, match="answered while you were writing"):
        answer_request(theirs, "I can, too.", None, seen=0, by=people.milo.viewer)
    db.session.commit()
    assert letters("instructor_answered") == [("in_app", "Lena Fischer"), ("email", "Lena Fischer")], "once, not twice"
    close_request(theirs, by=people.carla.viewer)
    close_request(theirs, by=people.carla.viewer)
    with pytest.raises(RuleBroken, match="closed"):
        answer_request(theirs, "More", None, seen=1, by=people.carla.viewer)
    db.session.commit()
    assert [row.state for row in list_requests(people.carla.viewer, closed=True)[0]] == ["done"]
    trail = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("instructor time")).order_by(AuditEntry.id)
    ).all()
    assert sorted(trail) == ["instructor time answered", "instructor time asked", "instructor time done"]

    second = ask_for_time(enrollment, trouble, "", [], by=people.lena.viewer)
    assert second.id != request.id, "once it is done, another one may be asked for"
    take_back_request(second, by=people.lena.viewer)
    assert count_open(people.carla.viewer) == 0


def test_nobody_answers_their_own_request(statements: Statements) -> None:
    """QIZ-7, SEC-4: an evaluator who learns finds it nowhere, and is refused by the action; the list is two statements."""
    people: Cast = make_cast()
    add_roles([people.lena.user.id], Role.BATCH_EVALUATOR, None)
    eight = Eight(settings={"max_attempts": None, "passing_percent": 100}, with_open=False)
    enrollment = eight.enroll(people.lena)
    fail(eight, people.lena)
    fail(eight, people.lena)
    trouble = trouble_with(enrollment, eight.check.id)
    assert trouble is not None
    request = ask_for_time(enrollment, trouble, "", [], by=people.lena.viewer)
    db.session.commit()
    assert request_for(people.lena.viewer, request.id) is None
    assert ("email", "Milo Brandt") in letters("instructor_asked"), "a course without author or evaluator: moderators"
    viewer = people.milo.viewer
    statements.clear()
    assert list_requests(viewer)[1] == 1
    assert len(statements) == 2
    theirs = request_for(people.milo.viewer, request.id)
    assert theirs is not None
    with pytest.raises(NotAllowed):
        answer_request(theirs, "I help myself.", None, seen=0, by=people.lena.viewer)
