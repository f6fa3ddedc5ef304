"""REM-5: from the tap on a link to the result; what scanners may do to it; and every route of the application."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.facts import lesson_of, quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.quizzes.actions import start_submission
from lmsapp.learning.scorm.launches.tokens import launch_by_token, token_of
from lmsapp.learning.scorm.models import ScormLaunch
from lmsapp.people.accounts.models import SignIn, User
from lmsapp.web.gates import policy_of
from lmsapp.web.limited import ONLY_THIS, OPENS
from lmsapp.web.setup import csrf
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import OPTIONS
from tests.learning.links.scene import Field
from tests.learning.scorm.scene import Packaged
from tests.walk.kinds import WORDS

SCANNERS = (
    {"User-Agent": "Slackbot-LinkExpanding 1.0"},
    {"User-Agent": "Mozilla/5.0 (SafeLinks)", "Sec-Purpose": "prefetch"},
    {"User-Agent": "facebookexternalhit/1.1", "Range": "bytes=0-524287"},
)


@pytest.fixture
def field(clock: Clock) -> Field:
    return Field()


def tap(client: PageClient, path: str) -> TestResponse:
    """Look, then press, as a person does."""
    client.get(path)
    return client.post(path)


def cookie_of(client: PageClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_scanners_change_nothing(app: Flask, client: PageClient, field: Field, statements: list[str]) -> None:
    """REM-5: opened forty times by machines, by GET and HEAD, with and without cookies: no statement writes, the page
    names nobody, is in no index and no cache, and the person still comes in."""
    path = field.link()
    statements.clear()
    for number in range(40):
        machine = client if number % 2 else PageClient(app)
        ask = machine.head if number % 3 == 0 else machine.get
        answer = ask(path, headers=SCANNERS[number % 3])
        assert answer.status_code == 200
        assert "Ana" not in answer.text and "Ruiz" not in answer.text and "R-7" not in answer.text
    assert not [one for one in statements if one.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    page = client.get(path)
    assert "Fall protection renewal" in page.text and "<title>Your training" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"] and page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert tap(client, path).location == f"/learn/courses/{field.short.id}"
    assert "Hello Ana" in client.get(f"/learn/courses/{field.short.id}").text


def test_from_tap_to_result(client: PageClient, field: Field, clock: Clock) -> None:
    """REM-5, ENR-5: the session is new, goes on in the same browser, finishes the course, shows the result, ends."""
    path, course = field.link(), f"/learn/courses/{field.short.id}"
    client.get(path)
    before = cookie_of(client)
    client.post(path)
    with client.session_transaction() as session:
        assert session["only"] == field.short.id and "mark" not in session
        key = session["key"]
    assert cookie_of(client) != before and field.row(path).session_key == key
    assert client.get(path).location == course  # again, in the same browser
    assert client.post(path).location == course
    assert client.get("/").location == course
    lesson = db.session.scalars(select(Lesson.id).where(Lesson.title == "Clip in first")).one()
    assert client.get(f"{course}/lessons/{lesson}").status_code == 200
    done = client.post(f"{course}/lessons/{lesson}/done", follow_redirects=True)
    assert "You have completed" in done.text and "Sign in to see the rest" in done.text
    assert "/learn/catalogue" not in done.text
    certificate = db.session.scalars(select(Certificate.id)).one()
    assert client.get(f"/learn/certificates/{certificate}").status_code == 200
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.origin == "single-use link")).first()
    assert entry is not None and entry.actor_name in ("Ana María Ruiz", "The system")
    clock.move(minutes=16)
    over = client.get(course)
    assert over.location is not None and over.location.endswith("ended=link")
    assert "The time of your link is over" in client.get(over.location).text


def test_every_link_that_opens_nothing_gets_the_same_page(app: Flask, client: PageClient, field: Field) -> None:
    """REM-5: used elsewhere, expired, revoked, never there: the same words and status, looking and pressing."""
    used, expired, wrong = field.link(), field.link(field.other), "/l/" + "A" * 22
    tap(PageClient(app), used)
    db.session.execute(
        update(AccessLink)
        .where(AccessLink.enrollment_id == field.other.enrollment_id)
        .values(expires_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    )
    db.session.commit()
    answers = [(one, client.get(one), client.post(one)) for one in (used, expired, wrong)]
    assert {answer.status_code for _path, *both in answers for answer in both} == {410}
    assert len({answer.text.replace(path, "/l/X") for path, *both in answers for answer in both}) == 1
    asked = [client.post(f"{path}/another") for path, *_both in answers]
    assert len({answer.text for answer in asked}) == 1 and asked[0].status_code == 200
    for _n in range(2):
        client.post(f"{wrong}/another")
    assert client.post(f"{wrong}/another").status_code == 429


def test_where_it_is_off_everything_is_as_it_was(client: PageClient, clock: Clock) -> None:
    """REM-5: no link is made, and an address of that kind opens nothing."""
    field = Field(on=False)
    assert client.get("/l/anything").status_code == 410
    assert client.get(f"/learn/courses/{field.short.id}").location.startswith("/sign-in")


def test_the_button_needs_its_page(app: Flask, client: PageClient, field: Field) -> None:
    """SEC-3: pressed from another site's page it does nothing, and neither does a request without the page's token."""
    path = field.link()
    client.get(path)
    assert client.post(path, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(path, headers={"Origin": "null"}).status_code == 403
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert csrf is not None and client.post(path).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert field.row(path).opened_at is None


def test_signing_in_replaces_it(client: PageClient, field: Field) -> None:
    """REM-5: a full session is never made of it; who is signed in here already needs no link, another person leaves."""
    lena = field.cast.lena
    hers = field.link(field.assign(field.short, lena.record), channel="email")
    tap(client, hers)
    key = field.row(hers).session_key
    assert client.get("/sign-in").status_code == 200
    client.sign_in(lena.user.id, lena.user.session_epoch)
    with client.session_transaction() as session:
        assert session["only"] == field.short.id
    assert client.get("/account").location.startswith("/sign-in")  # one that says two things is none
    client.sign_out()
    client.sign_in(lena.user.id, lena.user.session_epoch)
    again = field.link(db.session.get_one(TrainingAssignment, _assignment_of(lena.record.id)), channel="email")
    assert client.get(again).location == f"/learn/courses/{field.short.id}"
    assert field.row(again).opened_at is None
    anas = field.link()
    assert "Going on signs you out" in client.get(anas).text
    client.post(anas)
    assert client.get("/account").status_code == 403
    assert client.post("/sign-out").status_code == 303
    ended = db.session.scalars(select(SignIn.ended_at).where(SignIn.session_key == field.row(anas).session_key)).one()
    assert ended is not None and key is not None
    assert client.get(f"/learn/courses/{field.short.id}").location.startswith("/sign-in")


def test_time_limits(client: PageClient, field: Field, clock: Clock) -> None:
    """REM-5: half an hour of nothing; the link's own end however busy; a clock set back lengthens nothing."""
    course = f"/learn/courses/{field.short.id}"
    tap(client, field.link())
    clock.move(minutes=29)
    assert client.get(course).status_code == 200
    clock.move(minutes=30)
    assert client.get(course).location.endswith("ended=link")
    path = field.link()
    clock.move(hours=71)
    tap(client, path)
    for _turn in range(2):
        clock.move(minutes=29)
        assert client.get(course).status_code == 200
    clock.move(minutes=3)
    assert client.get(course).location.endswith("ended=link")
    tap(client, field.link())
    clock.move(hours=-5)
    assert client.get(course).status_code == 302


def test_a_signature_needs_the_password(client: PageClient, field: Field) -> None:
    """REM-5, ORG-7: the page says so, and what is posted all the same is refused."""
    tap(client, field.link(field.other))
    where = f"/learn/courses/{field.written.course.id}/lessons/{field.written.pledge.id}"
    page = client.get(where)
    assert "Sign in to sign this" in page.text and 'name="password"' not in page.text
    shown = {"agreed": "1", "password": "x", "text_sha256": "0" * 64}
    refused = client.post(f"{where}/done", data=shown)
    assert refused.status_code == 422


def test_packages_end_with_the_session(client: PageClient, field: Field, clock: Clock) -> None:
    """REM-5, SCO-4: the launch's files are closed when the session is over; revoking ends them at once."""
    packaged = Packaged(field.milo)
    assigned = field.assign(packaged.course)
    db.session.commit()
    path = field.link(assigned)
    clock.move(hours=71)
    tap(client, path)
    where = f"/learn/courses/{packaged.course.id}/lessons/{packaged.lesson.id}/launches"
    opened = client.post(where)
    assert client.get(opened.location).status_code == 200
    launch = db.session.scalars(select(ScormLaunch)).one()
    assert launch.expires_at == clock.instant + dt.timedelta(hours=1)
    assert launch_by_token(token_of(launch.id), clock.instant) is not None
    client.post("/hr/employees/1/links/revocation")
    field.cast.hana.viewer  # noqa: B018 - she is there
    client.sign_out()
    client.sign_in(field.cast.hana.user.id, field.cast.hana.user.session_epoch)
    page = f"/hr/employees/{field.ana.id}/profile"
    assert "Opened" in client.get(page).text and path not in client.get(page).text
    assert client.post(f"/hr/employees/{field.ana.id}/links/revocation", data={"reason": ""}).status_code == 422
    gone = client.post(f"/hr/employees/{field.ana.id}/links/revocation", data={"reason": "phone lost"})
    assert gone.status_code == 303
    assert "revoked by hand" in client.get(page).text
    assert launch_by_token(token_of(launch.id), clock.instant) is None
    client.sign_out()
    client.sign_in(field.cast.otto.user.id, field.cast.otto.user.session_epoch)
    assert client.get(page).status_code == 403


# What anybody may open, signed in or not: nothing there follows from who asks.
NOBODYS = {"account.stay", "help.read"}
OPEN_TO_ALL = {"door", "public", "health", "content", "static", "api"}  # the last asks for a token of its own


def test_every_route(app: Flask, client: PageClient, field: Field) -> None:
    """REM-5: deny by default. Each rule of the application, each method: of another course of hers everything is refused
    in words; of the link's own course, what is not on the list is; the list holds nothing that is not there."""
    (assigned, mine), (_theirs, other) = _asked(field, "Hooks"), _asked(field, "Ropes")
    ids = {"mine": mine, "other": other}
    tap(client, field.link(assigned))
    seen, let_in = set(), set()
    for rule in app.url_map.iter_rules():
        seen.add(rule.endpoint)
        wing = rule.endpoint.partition(".")[0]
        if rule.alias:
            continue  # leads to the rule it stands for
        if policy_of(app, rule.endpoint).public:
            assert wing in OPEN_TO_ALL, rule.endpoint
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for own, given in ids.items():
                path = _path(rule, given)
                answer = client.open(path, method=method, headers={"HX-Request": "true"})
                refused = answer.status_code == 403 and ONLY_THIS in answer.headers.get("HX-Trigger", "")
                if own != "mine" or rule.endpoint not in OPENS:
                    assert refused or rule.endpoint in NOBODYS, f"{own} {method} {path} {answer.status_code}"
                elif not refused:
                    let_in.add(rule.endpoint)
    assert set(OPENS) <= seen
    # There is neither a certificate nor work handed in yet: what the address names is in no course.
    assert set(OPENS) - let_in <= {"student.given_file", "student.certificate", "student.make_pdf"}
    refusal = client.get("/learn/record")
    assert "Back to the training" in refusal.text and "Sign in" in refusal.text


def _path(rule: Any, given: dict[str, object]) -> str:
    ids: dict[str, object] = dict.fromkeys(rule.arguments, 1) | WORDS | given
    return "".join(str(ids[part]) if is_argument else part for is_argument, part in rule._trace if part != "|")


def _asked(field: Field, title: str) -> tuple[TrainingAssignment, dict[str, object]]:
    """A course of hers with a quiz alone, an attempt open, and the ids of all that."""
    by = field.milo
    course = create_course(title, by=by)
    lesson = add_lesson(add_chapter(course, "Check", by=by), "quiz", "Check", by=by)
    quiz = create_quiz(lesson, by=by)
    question = add_question(quiz, "single", "A hook is missing.", OPTIONS, by=by)
    set_rule(course, "all", [{"kind": "lessons", "share": 100}], by)
    publish(course, by)
    assigned = field.assign(course)
    enrollment = db.session.get_one(Enrollment, assigned.enrollment_id)
    taken, view = quiz_of(enrollment, lesson.id), lesson_of(enrollment, lesson.id)
    assert taken is not None and view is not None
    attempt = start_submission(enrollment, taken, view)
    db.session.commit()
    return assigned, {
        "course_id": course.id, "lesson_id": lesson.id, "submission_id": attempt.id, "number": 1,
        "question_id": question.id, "enrollment_id": assigned.enrollment_id, "assignment_id": assigned.id,
        "subject_id": attempt.id, "kind": "quiz_report", "certificate_id": 10**6, "hand_in_id": 10**6,
        "employee_id": field.ana.id, "attempt_id": attempt.id, "launch_id": 1, "file_id": 1,
    }  # fmt: skip


def _assignment_of(employee_id: int) -> int:
    found = select(TrainingAssignment.id).where(TrainingAssignment.employee_id == employee_id)
    return db.session.scalars(found).one()


def test_an_account_that_is_closed_opens_nothing(client: PageClient, field: Field) -> None:
    """REM-5: an account that staff closed is not entered by a link that is still out."""
    tap(client, field.link())
    waiting = field.link()
    db.session.execute(update(User).where(User.id == field.ana.user_id).values(active=False))
    db.session.commit()
    assert client.get(f"/learn/courses/{field.short.id}").status_code == 302
    assert tap(client, waiting).status_code == 410
