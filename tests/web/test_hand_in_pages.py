"""Pages of assignments: handing in, grading, authoring (CRS-1, QIZ-5), hostile input included."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal

import pytest

from lmsapp.infra.db import db
from lmsapp.learning.enrollments.door import set_lock
from lmsapp.learning.grading.actions import grade
from lmsapp.learning.handins.models import Grading, HandIn
from lmsapp.people.roles import Role
from tests.cast import Cast, Person, make_cast, staff
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written
from tests.kept import kept
from tests.learning.handins.scene import PDF, Scene, scene_of, verdict

FRAGMENT = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script> **bold**"


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return scene_of(cast)


@pytest.fixture
@kept
def eva(cast: Cast) -> Person:
    person = staff("Eva Evaluator", Role.BATCH_EVALUATOR)
    db.session.commit()
    return person


def pdf(name: str = "plan.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def key_of(html: str) -> str:
    found = re.search(r'name="key" value="(\w+)"', html)
    assert found is not None
    return found[1]


def test_a_learner_writes_sends_files_and_hands_in(client: PageClient, scene: Scene, cast: Cast) -> None:
    """CRS-1, QIZ-3: saved as typed, files with and without script, one page is one hand-in, nothing typed is lost."""
    client.sign_in(cast.lena.user.id)
    here = scene.address
    first = client.get(here)
    assert "data-sending" not in first.text, "app.js keeps that name for a form that is on its way"
    for words in ("Write <strong>yours</strong>", "Names the hazards", "2 of 2 left", "60\u202f% of the points"):
        assert words in first.text
    saved = client.post(f"{here}/work/draft", data={"text": HOSTILE, "revision": "1"}, headers=FRAGMENT)
    assert json.loads(saved.text) | {"said": ""} == {"kept": True, "revision": 1, "said": ""}
    assert client.post(f"{here}/work/draft", data={"revision": "x" * 5}).status_code == 400
    listed = client.post(f"{here}/work/files", data={"files": [pdf("../../x.exe")]}, headers=FRAGMENT)
    assert "x.pdf" in listed.text and "<html" not in listed.text
    refused = client.post(f"{here}/work/files", data={"files": [pdf("x.pdf", b"MZ")]}, headers=FRAGMENT)
    assert refused.status_code == 200 and "is not a PDF" in refused.text
    file_address = re.search(r'href="(/learn/work-files/\d+)"', listed.text)
    assert file_address is not None
    mine = client.get(file_address[1])
    assert mine.data == PDF and mine.headers["Content-Disposition"].startswith("attachment")
    mine.close()
    key = key_of(client.get(here).text)
    form = {"text": HOSTILE, "link": "https://example.org/plan", "key": key, "revision": "1"}
    for _n in range(2):
        answer = client.post(f"{here}/work", data=form, follow_redirects=True)
        assert "It waits to be graded" in answer.text
    hand_in = db.session.query(HandIn).one()
    assert (hand_in.number, [one["name"] for one in hand_in.files]) == (1, ["x.pdf"])
    assert "<script>alert" not in answer.text and "&lt;script&gt;alert" in answer.text
    bad = client.post(f"{here}/work", data={"text": "Newer", "link": "javascript:alert(1)", "key": "n"})
    assert bad.status_code == 422 and "whole address" in bad.text and ">Newer</textarea>" in bad.text
    for person in (cast.otto, cast.carla, cast.mark):
        client.sign_in(person.user.id)
        for address in (file_address[1], f"/learn/hand-ins/{hand_in.id}/files/{hand_in.files[0]['id']}"):
            assert client.get(address).status_code in (403, 404)
    client.sign_in(cast.otto.user.id)
    assert "x.pdf" not in client.get(here).text
    kept = client.post(f"{here}/work", data={"text": "Mine", "key": "k", "keep": str(hand_in.files[0]["id"])})
    assert kept.status_code == 303
    assert db.session.query(HandIn).order_by(HandIn.id.desc()).first().files == []  # type: ignore[union-attr]


def test_grading_page_by_page(client: PageClient, scene: Scene, cast: Cast, eva: Person) -> None:
    """QIZ-5: queue, claim, forged and missing points, a regrade, the next one; the learner reads it all."""
    lena, otto = scene.give(cast.lena, HOSTILE, files=1), scene.give(cast.otto)
    one, two = (row["key"] for row in lena.task["rubric"])
    client.sign_in(eva.user.id)
    home = client.get("/", follow_redirects=True)
    assert home.request.path == "/studio/grading" and "/studio/courses" not in home.text
    assert "Lena Fischer" in home.text and "Otto Nobody" in home.text
    assert client.get("/studio/courses").status_code == 403
    assert client.get("/studio/grading?show=decided&course=999999&since=3&q=%25&page=0").status_code == 200
    following = client.post("/studio/grading/next", follow_redirects=True)
    here = f"/studio/grading/{lena.id}"
    assert following.request.path == here and "You are on it until" in following.text
    assert "<script>alert" not in following.text
    sent = client.get(f"{here}/files/{lena.files[0]['id']}")
    assert sent.headers["Content-Disposition"].startswith("attachment") and "private" in sent.headers["Cache-Control"]
    sent.close()
    assert client.get(f"/studio/grading/{otto.id}/files/{lena.files[0]['id']}").status_code == 404
    form = {"seen": "0", "decision": "pass", "feedback": HOSTILE, f"points-{one}": "6", f"points-{two}": "3"}
    for words, change in {
        "as a number": {f"points-{one}": "6e9"},
        "between 0 and 4 points": {f"points-{two}": "5"},
        "do not belong": {"points-c99": "1"},
        "Choose a decision": {"decision": ""},
        "Say what is missing": {"decision": "rework", "feedback": ""},
    }.items():
        answer = client.post(f"{here}/decision", data=form | change)
        assert answer.status_code == 422 and words in answer.text, words
        assert 'value="6' in answer.text, "nothing typed is lost"
    assert db.session.query(Grading).count() == 0
    done = client.post(f"{here}/decision", data=form | {"go": "next"}, follow_redirects=True)
    assert done.request.path == f"/studio/grading/{otto.id}" and "Lena Fischer is told" in done.text
    assert client.post(f"{here}/decision", data=form).status_code == 303, "the same click again"
    assert db.session.query(Grading).count() == 1
    late = client.post(f"{here}/decision", data=form | {"decision": "fail", f"points-{one}": "0", f"points-{two}": "0"})
    assert late.status_code == 422 and "Eva Evaluator passed this" in late.text
    client.sign_in(cast.lena.user.id)
    read = client.get(scene.address).text
    assert "Your work is passed" in read and "9 of 10 points" in read and "Eva Evaluator" in read
    assert "<script>alert" not in read and "To your certificate" in read
    assert "Passed: Rescue plan" in client.get("/account/notices").text
    for person in (cast.otto, cast.hana, cast.aki, cast.mark):
        client.sign_in(person.user.id)
        for address in ("/studio/grading", here, f"{here}/files/{lena.files[0]['id']}"):
            assert client.get(address).status_code == 403


def test_states_of_the_learner(client: PageClient, scene: Scene, cast: Cast, eva: Person) -> None:
    """QIZ-5, CRS-2, CRS-4: rework shows what is missing and starts from the last work; locked and withdrawn close it."""
    given = scene.give(cast.lena, "First draft of mine", files=1)
    db.session.refresh(given, ["enrollment"])
    enrollment = scene.enrollment(cast.lena)
    grade(given, verdict("rework", "1", "", feedback="Who carries the *kit*?"), by=eva.viewer)
    db.session.commit()
    client.sign_in(cast.lena.user.id)
    page = client.get(scene.address).text
    for words in ("Please go over it once more", "<em>kit</em>", ">First draft of mine</textarea>", "From your last"):
        assert words in page
    set_lock(enrollment, "payment")
    db.session.commit()
    assert client.get(scene.address).status_code == 403
    for path in ("work", "work/draft", "work/files"):
        assert client.post(f"{scene.address}/{path}", data={"text": "x", "key": "y"}).status_code == 403
    enrollment.locks, enrollment.withdrawn_at = [], enrollment.enrolled_at
    db.session.commit()
    assert client.get(scene.address).status_code == 404
    assert client.get(f"/learn/hand-ins/{given.id}/files/{given.files[0]['id']}").status_code == 404
    assert client.post(f"{scene.address}/work", data={"text": "x", "key": "y"}).status_code == 404


def test_an_author_writes_an_assignment(client: PageClient, cast: Cast, eva: Person) -> None:
    """CRS-1, CRS-3: task, settings, rubric and files in one form; the rule names it; nothing typed is lost."""
    written = Written(cast.carla.viewer)
    client.sign_in(cast.carla.user.id)
    new = f"/studio/chapters/{written.chapter.id}/lessons/new?kind=assignment"
    assert "How it is graded" in client.get(new).text
    form: dict[str, object] = {
        "title": "Site plan", "body": "Draw <b>it</b>.", "minutes": "30", "gives": ["text", "file"],
        "file_groups": ["pdf"], "max_files": "2", "max_mb": "5", "tries": "3", "passing_percent": "50",
        "rubric-key": ["", ""], "rubric-title": ["Hazards", ""], "rubric-points": ["ten", ""],
        "rubric-levels": ["10: all\n5: half", ""],
    }  # fmt: skip
    wrong = client.post(new, data=form)
    assert wrong.status_code == 422 and "needs points" in wrong.text and "10: all" in wrong.text
    made = client.post(new, data=form | {"rubric-points": ["10", ""], "uploads": [pdf("form.pdf")]})
    assert made.status_code == 303
    here = made.headers["Location"]
    page = client.get(here).text
    assert "form.pdf" in page and 'value="c1"' in page and "5: half" in page
    assert client.get(f"{here}/preview").status_code == 200
    edited = {**form, "rubric-points": ["8", ""], "rubric-key": ["c1", ""], "rubric-levels": ["8: all", ""]}
    assert client.post(here, data=edited | {"title": "Site plan 2"}).status_code == 303
    assert "Points at most" in client.get(here).text
    rule = {"mode": "all", "criteria": ["assignment_passed"], "assignment_lesson": here.rsplit("/", 1)[1]}
    rule |= {"share": "100", "percent": "80", "active_minutes": "1", "quiz_lesson": "0"}
    assert client.post(f"/studio/courses/{written.course.id}/rule", data=rule).status_code == 303
    assert "Have your work for “Site plan 2” passed" in client.get(f"/studio/courses/{written.course.id}/rule").text
    named = f"/studio/courses/{written.course.id}/evaluators"
    assert "Eva Evaluator" in client.get(named).text
    assert client.post(named, data={"evaluators": str(eva.user.id)}).status_code == 303
    assert client.post(named, data={"evaluators": str(cast.hana.user.id)}).status_code == 422
    client.sign_in(eva.user.id)
    assert client.get(named).status_code == 403
    assert Decimal(written.course.minutes) > 0
