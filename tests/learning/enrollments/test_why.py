"""ENR-8: the explanation is the judgement that decides: for each kind of criterion, before, after, and once complete."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from lmsapp.courses.catalogue.actions import edit_course, set_rule
from lmsapp.courses.publishing.actions import publish
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.actions import begin_again, mark_lesson_done, refresh_progress
from lmsapp.learning.enrollments.door import lift_lock, set_lock
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import study
from lmsapp.learning.enrollments.why import explain, why_not_complete
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.beats import Visit
from tests.learning.finishing import finish
from tests.learning.quizzes.ward import Ward


@pytest.fixture
def people(clock: Clock) -> Cast:
    return make_cast()


def scene(people: Cast, criteria: Callable[[Ward], list[dict[str, Any]]], mode: str = "all") -> tuple[Ward, Enrollment]:
    """Lena, in a course with that rule and no least times but the text's."""
    ward = Ward()
    set_rule(ward.course, mode, criteria(ward), None)
    publish(ward.course, None)
    return ward, ward.enroll(people.lena)


def read(enrollment: Enrollment, lesson_id: int, clock: Clock, minutes: int) -> None:
    """A page open and used for so long, a beat each half minute."""
    line = next(one.line for one in study(enrollment).lessons if one.line.id == lesson_id)
    visit = Visit(enrollment, line)
    for half in range(1, minutes * 2 + 1):
        clock.move(seconds=30)
        visit.send(half * 30, [1, 2] if line.kind == "pdf" else [])


def do(people: Cast, ward: Ward, enrollment: Enrollment, name: str, clock: Clock) -> None:
    """Do one lesson as it is meant: read it, then finish, sign or pass it."""
    if name == "check":
        ward.take(people.lena, enrollment, right=4)
        return
    lesson_id = getattr(ward, name).id
    read(enrollment, lesson_id, clock, 1)
    finish(enrollment, next(one.line for one in study(enrollment).lessons if one.line.id == lesson_id))


CASES: dict[str, tuple[Callable[[Ward], dict[str, Any]], list[str], list[str], str, str]] = {
    # what is asked; what is done first and is not enough; what is done then; the words; the open lesson before
    "share": (lambda w: {"kind": "lessons", "share": 50}, ["text"], ["pdf"], "Finish 2 of 4 lessons", "Pocket card"),
    "required": (
        lambda w: {"kind": "required_lessons", "lessons": [w.pdf.id]}, ["text"], ["pdf"],
        "Finish “Pocket card”", "Pocket card",
    ),
    "quiz": (
        lambda w: {"kind": "quiz_passed", "lesson_id": None, "percent": 75}, ["text", "pdf", "pledge"], ["check"],
        "Pass “Check” with at least 75\u202f%", "Check",
    ),
    "signed": (lambda w: {"kind": "acknowledged"}, ["text"], ["pledge"], "Sign “The pledge”", "The pledge"),
    "time": (
        lambda w: {"kind": "active_minutes", "minutes": 2}, ["text"], ["pdf"],
        "Spend at least 2 min of active time in the lessons", "Pocket card",
    ),
    "lesson time": (
        lambda w: {"kind": "lesson_minutes", "minutes": 1, "lessons": [w.pdf.id]}, ["text"], ["pdf"],
        "Spend at least 1 min of active time in “Pocket card”", "Pocket card",
    ),
}  # fmt: skip


def again(ward: Ward, enrollment: Enrollment, criteria: list[dict[str, Any]]) -> None:
    """The next time round, under another rule."""
    set_rule(ward.course, "all", criteria, None)
    publish(ward.course, None)
    if enrollment.complete:
        begin_again(enrollment, by=None, why="another rule")


def test_each_kind_is_explained_as_it_is_decided(people: Cast, clock: Clock, client: PageClient) -> None:
    """ENR-8, CRS-3: not met: how far and what next; met: since when and by what; complete: from the record."""
    ward, enrollment = scene(people, lambda ward: [{"kind": "lessons", "share": 100}])
    client.sign_in(people.lena.user.id)
    for name, case in CASES.items():
        asked, first, then, words, open_lesson = case
        again(ward, enrollment, [asked(ward)])
        check_explained(people, ward, enrollment, clock, client, (first, then, words, open_lesson))
        assert db.session.scalar(select(CompletionRecord.rule_version).order_by(CompletionRecord.id.desc()).limit(1)), (
            name
        )


def check_explained(
    people: Cast,
    ward: Ward,
    enrollment: Enrollment,
    clock: Clock,
    client: PageClient,
    case: tuple[list[str], list[str], str, str],
) -> None:
    first, then, words, open_lesson = case
    for name in first:
        do(people, ward, enrollment, name, clock)
    db.session.commit()
    address = f"/learn/courses/{ward.course.id}/why"
    page = client.get(address).text
    assert words in page
    assert "0 of 1 met" in page
    assert f">{open_lesson}</a>" in page[page.index("What to do next") :]
    assert not enrollment.complete
    for name in then:
        do(people, ward, enrollment, name, clock)
    db.session.commit()
    assert enrollment.complete, "by the very request that met it"
    (state,) = explain(enrollment).judgement.criteria
    assert state.met
    assert state.since == enrollment.completed_at == product_clock.now()
    page = client.get(address).text
    assert "The course is complete" in page
    assert "completion record" in page
    assert words in page
    assert state.evidence[-1].title in page[page.index("What counts for it") :]
    record = db.session.scalars(select(CompletionRecord).order_by(CompletionRecord.id.desc()).limit(1)).one()
    assert record.criteria[0]["since"] == state.since.isoformat()


def test_met_means_complete_whatever_the_rule(people: Cast, clock: Clock) -> None:
    """ENR-8: criteria met by their combination, and complete at the next refresh, are the same, step by step."""
    chance = random.Random(8)
    ward, enrollment = scene(people, lambda ward: [{"kind": "lessons", "share": 100}])
    lessons = [ward.text.id, ward.pdf.id, ward.pledge.id, ward.check.id]
    for _round in range(5):
        kinds = [
            {"kind": "lessons", "share": 75, "group": 1},
            {"kind": "required_lessons", "lessons": chance.sample(lessons, 2)},
            {"kind": "quiz_passed", "lesson_id": None, "percent": 75, "group": 1},
            {"kind": "acknowledged"},
            {"kind": "active_minutes", "minutes": chance.choice([1, 3]), "group": 1},
        ]
        stated = chance.sample(kinds, chance.randint(1, 4))
        again(ward, enrollment, stated)
        for name in [*chance.sample(["text", "pdf", "pledge"], 3), "check"]:
            do(people, ward, enrollment, name, clock)
            judged = study(enrollment).judgement
            refresh_progress(enrollment)
            assert enrollment.complete == judged.met, stated
            assert (enrollment.progress == 100) == judged.met
        assert enrollment.complete, "everything is done"


def test_time_still_counts_when_every_lesson_is_done(people: Cast, clock: Clock) -> None:
    """CRS-3: whoever was fast can still meet a rule that asks for time; a replayed beat adds nothing to it."""
    ward, enrollment = scene(people, lambda ward: [{"kind": "active_minutes", "minutes": 5}])
    do(people, ward, enrollment, "text", clock)
    assert study(enrollment).time_asked
    assert not enrollment.complete
    read(enrollment, ward.text.id, clock, 3)
    assert not enrollment.complete
    line = study(enrollment).lessons[0].line
    first, second = Visit(enrollment, line), Visit(enrollment, study(enrollment).lessons[1].line)
    clock.move(seconds=59)
    first.send(600)
    second.send(600)
    assert not enrollment.complete, "two tabs earn no more than one"
    clock.move(seconds=2)
    assert first.send(600)
    assert enrollment.complete


def test_without_script_the_fallback_counts_and_says_so(people: Cast, clock: Clock) -> None:
    """CRS-3: time since opening, at most what the lesson is expected to take, never twice; marked as not measured."""
    _ward, enrollment = scene(people, lambda ward: [{"kind": "active_minutes", "minutes": 6}])
    text, pdf = (one.line for one in study(enrollment).lessons[:2])
    Visit(enrollment, text)
    Visit(enrollment, pdf)
    clock.move(minutes=7)
    mark_lesson_done(enrollment, text)
    assert not enrollment.complete, "five minutes, as the lesson is expected to take"
    mark_lesson_done(enrollment, pdf)
    (state,) = explain(enrollment).judgement.criteria
    assert (state.have, enrollment.complete) == (7, True)
    assert [(one.seconds, one.measured) for one in state.evidence] == [(300, False), (120, False)]
    with pytest.raises(RuleBroken):
        mark_lesson_done(enrollment, study(enrollment).lessons[3].line)


def test_what_concerns_the_whole_course_is_said(people: Cast, clock: Clock, client: PageClient) -> None:
    """ENR-8: locks, pause, failure, expiry, renewal, withdrawal; the same to learner and staff, in each wing."""
    ward, enrollment = scene(people, lambda ward: [{"kind": "acknowledged"}])
    own = f"/learn/courses/{ward.course.id}/why"
    client.sign_in(people.lena.user.id)

    def says(words: str) -> None:
        db.session.commit()
        assert words in client.get(own).text

    set_lock(enrollment, "payment")
    says("opens when it is paid for")
    assert f"/lessons/{ward.pledge.id}" not in client.get(own).text, "a closed door is no next step"
    lift_lock(enrollment, "payment")
    enrollment.paused_until = dt.date(2026, 11, 20)
    says("Paused until")
    enrollment.paused_until, enrollment.failed_at = None, product_clock.now()
    says("All attempts were used up")
    enrollment.failed_at = None
    do(people, ward, enrollment, "pledge", clock)
    enrollment.renewal_from, enrollment.valid_until = dt.date(2026, 11, 2), dt.date(2026, 12, 2)
    says("It is to be renewed")
    begin_again(enrollment, by=None, why="renewal")
    says("Being renewed since")
    assert "0 of 1 met" in client.get(own).text
    clock.move(days=40)
    says("It was valid until")
    enrollment.withdrawn_at = product_clock.now()
    db.session.commit()
    assert client.get(own).status_code == 404
    staff = {"mark": "/team", "hana": "/hr", "milo": "/studio", "aki": "/admin"}
    for name, wing in staff.items():
        client.sign_in(getattr(people, name).user.id)
        page = client.get(f"{wing}/enrollments/{enrollment.id}/why").text
        for words in ("Withdrawn", "Sign “The pledge”", "What was measured", "Rule version"):
            assert words in page, (name, words)
    for name, wing in {"otto": "/team", "carla": "/studio", "sam": "/hr", "lena": "/admin"}.items():
        client.sign_in(getattr(people, name).user.id)
        assert client.get(f"{wing}/enrollments/{enrollment.id}/why").status_code in {
            403,
            404,
            200 if name == "sam" else 404,
        }
    assert why_not_complete(people.otto.viewer, enrollment.id) is None


def test_staff_see_what_was_measured(people: Cast, clock: Clock, client: PageClient) -> None:
    """ENR-8: visits with what the page said and what counted; bounded, however often a page is opened."""
    _ward, enrollment = scene(people, lambda ward: [{"kind": "lessons", "share": 100}])
    line = study(enrollment).lessons[0].line
    visit = Visit(enrollment, line)
    clock.move(seconds=20)
    visit.send(999)
    for _again in range(45):
        Visit(enrollment, line)
    db.session.commit()
    client.sign_in(people.hana.user.id)
    page = client.get(f"/hr/enrollments/{enrollment.id}/why").text
    raw = page[page.index('id="raw-h"') :]
    assert raw.count("<tr") == 1 + 40
    assert "7 visits together" in raw
    assert ">999<" in raw.replace(" ", "")
    assert ">20<" in raw.replace(" ", "")


def test_lessons_in_order_are_refused_at_every_address(people: Cast, clock: Clock, client: PageClient) -> None:
    """ENR-5, CRS-4: each lesson opens when the one before is done; 403 in words, at once open when it is."""
    ward, enrollment = scene(people, lambda ward: [{"kind": "lessons", "share": 100}])
    edit_course(ward.course, by=None, in_order=True)
    db.session.commit()
    client.sign_in(people.lena.user.id)
    pdf = f"/learn/courses/{ward.course.id}/lessons/{ward.pdf.id}"
    image = ward.pdf.detail["page_files"][0]["image"]
    beat = {"visit": "1", "beat": "1", "seconds": "5", "seen": "[1]"}
    closed: list[Callable[[], Any]] = [
        lambda: client.get(pdf),
        lambda: client.get(f"{pdf}/original"),
        lambda: client.get(f"{pdf}/files/{image}"),
        lambda: client.post(f"{pdf}/activity", data=beat),
        lambda: client.post(f"{pdf}/done", data=beat),
        lambda: client.post(f"/learn/courses/{ward.course.id}/lessons/{ward.pledge.id}/done", data={"agreed": "1"}),
        lambda: client.post(f"/learn/courses/{ward.course.id}/lessons/{ward.check.id}/quiz"),
    ]
    for call in closed:
        answer = call()
        assert answer.status_code == 403
        assert "opens when the lessons before it are done" in answer.text
    line = study(enrollment).lessons[1].line
    with pytest.raises(NotAllowed):
        mark_lesson_done(enrollment, line)
    assert "finish ‘Why it matters’ first" in client.get(f"/learn/courses/{ward.course.id}").text
    do(people, ward, enrollment, "text", clock)
    db.session.commit()
    assert client.get(pdf).status_code == 200
